/** A commit as GitHub's API gives it, and Gitea's, which took the form over. */
import type { FileChange, Person, PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import { toHash } from "./commits.ts";
import { anything, count, date, email, message, name, nobody, parentsOf, toPerson, webUrl } from "./fields.ts";
import { toText } from "@billhook/http/text";

const signature = z.object({ name, email, date }).nullable().catch(null);
const account = z.object({ login: name }).nullable().catch(null);

const fileSchema = z.object({
  filename: z.string().min(1).transform(toText),
  status: z.string().catch("modified"),
  additions: count,
  deletions: count,
  patch: z.string().nullable().catch(null),
  sha: z.string().nullable().catch(null),
});

export const commitSchema = z.object({
  sha: anything,
  html_url: webUrl,
  commit: z.object({ message, author: signature, committer: signature }),
  author: account,
  committer: account,
  parents: parentsOf(z.object({ sha: anything }).transform((parent) => parent.sha)),
  files: z.array(fileSchema).nullable().catch(null),
});

export type ApiCommit = z.infer<typeof commitSchema>;

/** Null where it has no hash. */
export function toCommit(raw: ApiCommit): PushedCommit | null {
  const hash = toHash(raw.sha);
  if (hash === null) return null;
  const { author, committer } = raw.commit;
  const person = (signed: typeof author, login: typeof raw.author): Person | null =>
    toPerson({ name: signed?.name ?? null, email: signed?.email ?? null, username: login?.login ?? null });
  return {
    hash,
    message: raw.commit.message,
    parents: raw.parents,
    author: person(author, raw.author) ?? nobody,
    committer: person(committer, raw.committer),
    authoredAt: author?.date ?? null,
    committedAt: committer?.date ?? null,
    files: null,
    patchId: null,
    url: raw.html_url,
  };
}

const emptyBlobs = new Set([
  "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
]);

/**
 * The API does not say which files are binary: they have no patch and no lines. So have an empty file, whose blob is
 * known, a pure rename, and a change of mode (`changed`).
 */
export function toFile(file: z.infer<typeof fileSchema>): FileChange {
  const status = statusOf(file.status);
  const hasLines = file.patch !== null || (file.additions ?? 0) + (file.deletions ?? 0) > 0;
  const isUnchanged = status === "renamed" || ["changed", "unchanged", "copied"].includes(file.status);
  const isEmpty = file.sha !== null && emptyBlobs.has(file.sha);
  return {
    path: file.filename,
    status,
    additions: file.additions,
    deletions: file.deletions,
    binary: hasLines || isEmpty ? false : isUnchanged ? null : true,
  };
}

function statusOf(status: string): FileChange["status"] {
  if (status === "added" || status === "copied") return "added";
  if (status === "removed" || status === "deleted") return "removed";
  return status === "renamed" ? "renamed" : "modified";
}
