/**
 * The form of a push that GitHub invented and GitLab, Gitea, Forgejo and Gogs took over: `ref`, `before`, `after` and
 * `commits` with an `id` and three lists of files. What the fields mean differs, and is said in each host's own file.
 */
import type { Person, PushedCommit, PushedRepository } from "@billhook/domain/push";
import * as z from "zod";
import { toHash } from "./commits.ts";
import {
  anything,
  date,
  email,
  fileLists,
  firstId,
  id,
  list,
  message,
  name,
  nobody,
  toFiles,
  toPerson,
  webUrl,
} from "./fields.ts";
import { toText } from "@billhook/http/text";

const personSchema = z.object({ name, email, username: name, login: name, date }).nullable().catch(null);

export const pushSchema = z.object({
  ref: z.string().min(1).transform(toText),
  before: anything,
  after: anything,
  commits: list,
});

const commitSchema = z.object({
  id: anything,
  message,
  timestamp: date,
  url: webUrl,
  author: personSchema,
  committer: personSchema,
  ...fileLists,
});

/** GitHub's and Gitea's repository; both tell the page's address apart from the API's. */
export const repositorySchema = z
  .object({
    id,
    full_name: name,
    name,
    html_url: webUrl,
    default_branch: name,
    master_branch: name,
    owner: z.object({ login: name, username: name, name }).nullable().catch(null),
  })
  .nullable()
  .catch(null);

/**
 * One commit of the list; null where it is not one or has no hash.
 *
 * `timestampOf` says whose date `timestamp` is. Where it is the author's and the only one, it stands for both: a
 * commit is never without a date because of the host's form.
 */
export function toCommit(raw: unknown, timestampOf: "author" | "committer"): PushedCommit | null {
  const parsed = commitSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { author, committer, message, timestamp, url, ...commit } = parsed.data;
  const hash = toHash(commit.id);
  if (hash === null) return null;
  const authoredAt = author?.date ?? (timestampOf === "author" ? timestamp : null);
  return {
    hash,
    message,
    parents: null,
    author: personOf(author) ?? nobody,
    committer: personOf(committer),
    authoredAt,
    committedAt: timestamp ?? committer?.date ?? null,
    files: toFiles(commit),
    patchId: null,
    url,
  };
}

function personOf(person: z.infer<typeof personSchema>): Person | null {
  return person && toPerson({ name: person.name, email: person.email, username: person.username ?? person.login });
}

export function toRepository(repository: z.infer<typeof repositorySchema>): PushedRepository | null {
  if (!repository) return null;
  const { owner } = repository;
  const login = owner?.login ?? owner?.username ?? owner?.name ?? null;
  const fullName = repository.full_name ?? (login && repository.name ? `${login}/${repository.name}` : repository.name);
  const externalId = firstId(repository.id, fullName);
  if (externalId === null) return null;
  return {
    externalId,
    name: fullName ?? "",
    url: repository.html_url,
    defaultBranch: repository.default_branch ?? repository.master_branch,
  };
}
