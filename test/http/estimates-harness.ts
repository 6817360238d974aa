/** Pushes with all that a clone knows of its commits, and the drafts that come of them. */
import { expect } from "vitest";
import {
  connect,
  type ConnectedRepository,
  deliverGithub,
  type ExampleCommit,
  githubPush,
  type Harness,
  type PersonOfWorkspace,
  settled,
} from "./harness.ts";

export interface ClonedCommit extends ExampleCommit {
  authoredAt?: string | null;
  committedAt?: string | null;
  /** Path with added and deleted lines. */
  files?: [path: string, additions: number, deletions: number][];
}

export interface EstimatedDraft {
  id: string;
  minutes: number;
  low: number;
  high: number;
  method: string;
  reason: string;
  status: string;
  codes: string[];
  messages: string;
  author: string | null;
  rate: number | null;
  billable: boolean;
  total: number | null;
}

/** Sends commits as `billhook send` does: GitHub's form, with the details of the clone. */
export async function send(harness: Harness, repository: ConnectedRepository, commits: ClonedCommit[]): Promise<void> {
  const push = githubPush(commits);
  const body = {
    ...push,
    commits: push.commits.map((listed, index) => {
      const commit = commits[index];
      return {
        ...listed,
        ...(commit?.author === undefined ? {} : { author: commit.author, committer: commit.author }),
        billhook: {
          authored_at: commit?.authoredAt === undefined ? listed.timestamp : commit.authoredAt,
          committer_date: commit?.committedAt === undefined ? listed.timestamp : commit.committedAt,
          files: (commit?.files ?? [["src/basket.ts", 40, 12]]).map(([path, additions, deletions]) => ({
            path,
            status: "modified",
            additions,
            deletions,
            binary: false,
          })),
        },
      };
    }),
  };
  const answer = await deliverGithub(repository, JSON.stringify(body));
  expect(answer.status).toBe(202);
  const deliveries = await settled(harness.service, repository.id);
  expect(deliveries.map((delivery) => [delivery.status, delivery.error])).toEqual(deliveries.map(() => ["done", null]));
}

/** The drafts of a connection by the subject of their commit, in the order they were made for it: the author's first. */
export async function draftsBySubject(harness: Harness, repositoryId: string): Promise<Map<string, EstimatedDraft[]>> {
  const rows = await harness.stack.query<Record<string, unknown>>(
    `select d.*, k.message from public.draft_line_items d
     join public.commit_draft_items l on l.draft_line_item_id = d.id
     join public.commits k on k.id = l.commit_id
     where k.repository_id = $1 order by k.authored_at, d.co_authored, d.author_name`,
    [repositoryId],
  );
  const drafts = new Map<string, EstimatedDraft[]>();
  for (const row of rows) {
    const subject = String(row["message"]).split("\n")[0] ?? "";
    const flags = row["flags"] as { code: string; message: string }[];
    const draft: EstimatedDraft = {
      id: String(row["id"]),
      minutes: Number(row["minutes"]),
      low: Number(row["estimate_low"]),
      high: Number(row["estimate_high"]),
      method: String(row["estimate_method"]),
      reason: String(row["estimate_reason"]),
      status: String(row["status"]),
      codes: flags.map((flag) => flag.code),
      messages: flags.map((flag) => flag.message).join(" "),
      author: row["author_name"] as string | null,
      rate: row["hourly_rate_minor"] === null ? null : Number(row["hourly_rate_minor"]),
      billable: row["billable"] === true,
      total: row["total_minor"] === null ? null : Number(row["total_minor"]),
    };
    drafts.set(subject, [...(drafts.get(subject) ?? []), draft]);
  }
  return drafts;
}

/** Sends commits to a new connection and answers its drafts, one for each subject. */
export async function draftsOf(
  harness: Harness,
  commits: ClonedCommit[],
  person: PersonOfWorkspace = harness.owner,
): Promise<Record<string, EstimatedDraft>> {
  const repository = await connect(harness, "github", {}, person);
  await send(harness, repository, commits);
  return firstDrafts(harness, repository.id);
}

export async function firstDrafts(harness: Harness, repositoryId: string): Promise<Record<string, EstimatedDraft>> {
  const drafts = await draftsBySubject(harness, repositoryId);
  return Object.fromEntries(
    [...drafts].flatMap(([subject, [first]]) => (first === undefined ? [] : [[subject, first]])),
  );
}

/** What holds of every estimate, however odd its commit. */
export function expectSound(draft: EstimatedDraft | undefined): void {
  expect(draft).toBeDefined();
  if (draft === undefined) return;
  expect(draft.minutes).toBeGreaterThanOrEqual(draft.low);
  expect(draft.minutes).toBeLessThanOrEqual(draft.high);
  expect(draft.low).toBeGreaterThanOrEqual(0);
  expect(draft.high).toBeLessThanOrEqual(1440);
  expect(draft.reason).not.toBe("");
  // Proposed, and never more: a person approves.
  expect(draft.status).toBe("draft");
}
