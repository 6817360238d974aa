/**
 * Building blocks for reading payloads tolerantly.
 *
 * A field that is absent or absurd becomes null, so that one odd commit costs its own detail and not the push. What a
 * push cannot do without (its ref, the list of commits being a list) is checked strictly where it is read.
 */
import type { FileChange, Person } from "@billhook/domain/push";
import * as z from "zod";
import { toHash } from "./commits.ts";
import { toIsoDate } from "./dates.ts";
import { toText, toWebUrl } from "@billhook/http/text";
import { toEmail, toMessage, toName } from "./text.ts";

export const name = z.string().transform(toName).nullable().catch(null);
export const email = z.string().transform(toEmail).nullable().catch(null);
export const webUrl = z.string().transform(toWebUrl).nullable().catch(null);
export const date = z.unknown().transform(toIsoDate).nullable().catch(null);
export const message = z.string().transform(toMessage).catch("");
export const flag = z.boolean().nullable().catch(null);
export const count = z.int().nonnegative().nullable().catch(null);

/** A host's id, which may be a number or a text, as text. */
export const id = z
  .union([z.string(), z.number()])
  .transform((value) => toText(String(value)).trim() || null)
  .nullable()
  .catch(null);

/** The first of these that can be a repository's id: at most 200 characters, as the database keeps. */
export function firstId(...candidates: (string | null | undefined)[]): string | null {
  return candidates.find((candidate) => candidate && candidate.length <= 200) ?? null;
}

/** Read where it is used: hashes, in whatever form the payload has them. */
export const anything = z.unknown().optional();

/** The list of commits or changes: absent or null is no list, and anything else than a list is malformed. */
export const list = z.array(z.unknown()).nullish();

/** A commit's parents. One that is no hash makes all of them unknown: a commit without parents is a root. */
export const parentsOf = (entry: z.ZodType) =>
  z
    .array(entry)
    .transform((entries) => entries.map(toHash))
    .transform((hashes) => (hashes.includes(null) ? null : hashes.filter((hash) => hash !== null)))
    .nullable()
    .catch(null);

const paths = z.array(z.unknown()).nullable().catch(null);

/** GitHub's, GitLab's and Gitea's three lists of a commit. */
export const fileLists = { added: paths, modified: paths, removed: paths };

/**
 * The files of a commit from its three lists; null where it has none of them. The hosts list a rename as one path
 * removed and another added, and count no lines.
 */
export function toFiles(lists: {
  added: unknown[] | null;
  modified: unknown[] | null;
  removed: unknown[] | null;
}): FileChange[] | null {
  if (lists.added === null && lists.modified === null && lists.removed === null) return null;
  const files = new Map<string, FileChange>();
  for (const status of ["added", "modified", "removed"] as const) {
    for (const entry of lists[status] ?? []) {
      if (typeof entry !== "string" || entry === "") continue;
      const path = toText(entry);
      const known = files.get(path);
      // Added and removed at once is a file replaced by another of its name.
      if (known) known.status = "modified";
      else files.set(path, { path, status, additions: null, deletions: null, binary: null });
    }
  }
  return [...files.values()];
}

/** Somebody, or null where nothing is known of them. */
export function toPerson(person: Person): Person | null {
  return person.name === null && person.email === null && person.username === null ? null : person;
}

export const nobody: Person = { name: null, email: null, username: null };
