/**
 * What can go wrong when the database is asked, and what a person reads about it.
 *
 * Business rules raise SQLSTATEs of class BH (supabase/migrations, `private.fail`); PostgREST passes them on as `code`.
 */
import type { PostgrestError } from "@supabase/supabase-js";

export type DatabaseErrorCode =
  | "not_allowed"
  | "not_found"
  | "invalid_input"
  | "wrong_state"
  | "already_invoiced"
  | "mixed_invoice"
  | "nothing_to_invoice"
  | "over_cap"
  | "conflict"
  | "signed_out"
  | "unavailable"
  | "unexpected";

export interface DatabaseError {
  code: DatabaseErrorCode;
  /** For people: says what happened and what they can do. */
  message: string;
  /** The field or row concerned, where the rule names one. */
  field: string | null;
  /** For the log only. */
  cause: string;
}

export type DatabaseResult<T> = { ok: true; value: T } | { ok: false; error: DatabaseError };

/** The network carried nothing back: whether the request arrived is not known, so it is sent again as it was. */
export const isOffline = (error: DatabaseError): boolean =>
  error.code === "unavailable" && error.cause.startsWith("0 ");

/** SQLSTATE to code and words. `message: null` passes the rule's own sentence on: it was written for people. */
const bySqlState: Record<string, { code: DatabaseErrorCode; message: string | null }> = {
  BH001: { code: "not_allowed", message: "Your role in this workspace does not allow this. Ask an owner or admin." },
  BH002: { code: "not_found", message: "This no longer exists, or you cannot see it." },
  BH003: { code: "invalid_input", message: null },
  BH005: { code: "wrong_state", message: null },
  BH006: { code: "already_invoiced", message: "Some of these drafts are already on an invoice." },
  BH007: { code: "mixed_invoice", message: "An invoice is for one client in one currency." },
  BH008: { code: "nothing_to_invoice", message: null },
  BH009: { code: "over_cap", message: null },
  BH010: {
    code: "conflict",
    message: "Something else changed this at the same moment. Nothing was changed; try again.",
  },
  "23514": { code: "invalid_input", message: "A value is out of its allowed range." },
  "23503": { code: "invalid_input", message: "This refers to something that does not exist, or is still in use." },
  "23505": { code: "invalid_input", message: "This exists already." },
  "22P02": { code: "invalid_input", message: "A value has the wrong form." },
  "22008": { code: "invalid_input", message: "A date is out of range." },
  "42501": { code: "not_allowed", message: "Your role in this workspace does not allow this." },
  PGRST116: { code: "not_found", message: "This no longer exists, or you cannot see it." },
  PGRST301: { code: "signed_out", message: "Your session has ended. Sign in again." },
  PGRST303: { code: "signed_out", message: "Your session has ended. Sign in again." },
};

/** Classes of SQLSTATE (first two characters) after which trying again later can help: PostgreSQL, appendix A. */
const passingClasses = new Set(["08", "40", "53", "55", "57", "58"]);

const sentence = (text: string): string => {
  const trimmed = text.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
};

/** Turns PostgREST's or the network's error into one of ours. `status` is the HTTP status, 0 where there was no answer. */
export function toDatabaseError(
  error: PostgrestError | { message: string; code?: string; details?: string },
  status: number,
): DatabaseError {
  const state = error.code ?? "";
  const cause = `${status} ${state} ${error.message}`;
  const known = bySqlState[state];
  if (known) {
    const details = typeof error.details === "string" && error.details !== "" ? error.details : null;
    return {
      code: known.code,
      message: known.message ?? sentence(error.message),
      field: state.startsWith("BH") ? details : null,
      cause,
    };
  }
  if (status === 0 || status >= 502 || status === 429 || passingClasses.has(state.slice(0, 2))) {
    return {
      code: "unavailable",
      message: "The database cannot be reached. Nothing was changed; try again.",
      field: null,
      cause,
    };
  }
  if (status === 401)
    return { code: "signed_out", message: "Your session has ended. Sign in again.", field: null, cause };
  return { code: "unexpected", message: "This could not be done. Nothing was changed; try again.", field: null, cause };
}
