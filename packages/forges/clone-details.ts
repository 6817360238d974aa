/**
 * What `billhook send` and its hooks know beyond GitHub's form, because they read a local clone.
 *
 * The command line delivers pushes in GitHub's form and adds one object to each commit, which GitHub never sends:
 *
 *     "billhook": {
 *       "parents": ["<hash>", …],
 *       "authored_at": "2026-03-01T09:12:00+02:00",
 *       "committer_date": "2026-03-01T09:15:00+02:00",
 *       "files": [{ "path": "src/a.ts", "status": "modified", "additions": 12, "deletions": 3, "binary": false }, …],
 *       "patch_id": "<hex digits of git patch-id --stable>"
 *     }
 *
 * Every part is optional, and one that is not valid is passed over; the signature says that a holder of the secret
 * wrote it, not that it is well formed.
 */
import type { PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import { anything, count, date, flag, parentsOf } from "./fields.ts";
import { toText } from "@billhook/http/text";

const fileSchema = z.object({
  path: z.string().min(1).transform(toText),
  status: z.enum(["added", "modified", "removed", "renamed"]),
  additions: count,
  deletions: count,
  binary: flag,
});

const detailsSchema = z.object({
  billhook: z.object({
    parents: parentsOf(anything),
    authored_at: date,
    committer_date: date,
    files: z.array(fileSchema).nullable().catch(null),
    patch_id: z
      .string()
      .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
      .nullable()
      .catch(null),
  }),
});

/** The commit with what its raw form carries from a clone. */
export function withCloneDetails(commit: PushedCommit, raw: unknown): PushedCommit {
  const parsed = detailsSchema.safeParse(raw);
  if (!parsed.success) return commit;
  const {
    parents,
    authored_at: authoredAt,
    committer_date: committedAt,
    files,
    patch_id: patchId,
  } = parsed.data.billhook;
  return {
    ...commit,
    parents: parents ?? commit.parents,
    authoredAt: authoredAt ?? commit.authoredAt,
    committedAt: committedAt ?? commit.committedAt,
    files: files ?? commit.files,
    patchId: patchId ?? commit.patchId,
  };
}
