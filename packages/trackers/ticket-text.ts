/**
 * A tracker's answers, read tolerantly: one odd field costs itself and not the ticket, one odd ticket not the batch.
 *
 * Titles and labels are anybody's text: each is capped, on one line, well-formed and without control characters or the
 * invisible ones that change how the rest is shown (Unicode Technical Report 36, section 3.1).
 */
import { toWebUrl } from "@billhook/http/text";
import * as z from "zod";

const longestTitle = 500;
const longestName = 200;
const mostLabels = 50;
const mostMinutes = 60 * 24 * 365 * 10;

/** Control, format (bidirectional and zero-width among them), private-use and line-separating characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]+/gu;

/** One line of at most `longest` UTF-16 units, cut between characters; null where nothing is left. */
export function toLine(value: string, longest: number): string | null {
  // What is cut off is never looked at, so that five megabytes cost what five hundred characters cost.
  const start = value.slice(0, longest * 4).toWellFormed();
  // Joiners belong to emoji and to several scripts; everything else of the kind is a space or nothing.
  const line = start
    .replaceAll(unprintable, (run) =>
      /^[\u200c\u200d]$/.test(run) ? run : /[\p{Cc}\p{Zl}\p{Zp}]/u.test(run) ? " " : "",
    )
    .replaceAll(/\s+/g, " ")
    .trim();
  if (line.length <= longest) return line || null;
  const cut = line.slice(0, longest - 1);
  return `${(cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd()}…`;
}

/** A ticket's title; empty where there is none. */
export const title = z
  .string()
  .transform((value) => toLine(value, longestTitle) ?? "")
  .catch("");

/** A name, a type, a status, a key; null where there is none. */
export const line = z
  .string()
  .transform((value) => toLine(value, longestName))
  .nullable()
  .catch(null);

/** Names of labels, each once. Anything else in the list is left out. */
export const labels = z
  .array(z.unknown())
  .transform((entries) => {
    const names = entries
      .slice(0, mostLabels * 4)
      .flatMap((entry) => (typeof entry === "string" ? [toLine(entry, longestName)] : []));
    return [...new Set(names.filter((name) => name !== null))].slice(0, mostLabels);
  })
  .catch([]);

export const link = z.string().transform(toWebUrl).nullable().catch(null);

/** An id that may be a number or a text, as text; null for anything else. */
export const id = z
  .union([z.string().min(1).max(200), z.int()])
  .transform((value) => toLine(String(value), longestName))
  .nullable()
  .catch(null);

/** An id that cannot be done without, fit to stand in a path; a number is given as text. */
export const ownId = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(z.string().regex(/^[\w-]{1,100}$/));

/** An instant in any form that names one, as ISO 8601 in UTC. */
export const instant = z
  .union([z.string().max(40), z.number()])
  .transform((value) => {
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) || moment.getTime() >= Date.UTC(10_000, 0) ? null : moment.toISOString();
  })
  .nullable()
  .catch(null);

/** A duration as whole minutes; null where it is none, or not a person's: no ticket takes more than ten years. */
export function toMinutes(amount: unknown, unit: "seconds" | "milliseconds" | "minutes" | "hours"): number | null {
  const perMinute = { seconds: 60, milliseconds: 60_000, minutes: 1, hours: 1 / 60 }[unit];
  if (typeof amount !== "number" || !Number.isFinite(amount) || amount < 0) return null;
  const minutes = Math.round(amount / perMinute);
  return minutes <= mostMinutes ? minutes : null;
}

/** A field that holds a duration, as whole minutes; null where it is absent or absurd. */
export const minutes = (unit: Parameters<typeof toMinutes>[1]) =>
  z
    .unknown()
    .optional()
    .transform((amount) => toMinutes(amount, unit));
