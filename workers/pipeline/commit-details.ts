/** What the host knows of single commits: counts, parents, people, and a patch-id computed from the diff in memory. */
import type { PushedCommit } from "@billhook/domain/push";
import type { ForgeFailure, ForgeResult } from "@billhook/forges/api";
import { patchId } from "@billhook/forges/patch-id";
import type { HostSession } from "../hosts/session.ts";
import { log } from "../log.ts";
import { namesPullRequest, withFacts } from "./commit-facts.ts";
import type { Work } from "./completion-work.ts";

/** A Worker opens six connections at once (developers.cloudflare.com/workers/platform/limits); the database needs one. */
const questionsAtOnce = 5;

/** Reads the commits and puts what it learns into the push; answers why it ended early, or null. */
export async function readDetails(
  session: HostSession,
  work: Work,
  wanted: PushedCommit[],
): Promise<ForgeFailure | "spent" | null> {
  const learned = new Map<string, PushedCommit>();
  const end = await readEach(session, work.repository, wanted, (commit, told) => {
    if (told !== null) learned.set(commit.hash, told);
    work.progress.read.push(commit.hash);
    work.hasMoved = true;
  });
  for (const change of work.delivery.event.changes) {
    change.commits = change.commits.map((commit) => learned.get(commit.hash) ?? commit);
  }
  return end;
}

/** Asks about each commit, a few at once; `tell` hears of each the host answered, with null where it has no more of it. */
export async function readEach<T extends PushedCommit>(
  session: HostSession,
  repository: string,
  wanted: readonly T[],
  tell: (commit: T, told: PushedCommit | null) => void,
): Promise<ForgeFailure | "spent" | null> {
  const waiting = [...wanted];
  let end: ForgeFailure | "spent" | null = null;
  const ask = async (): Promise<void> => {
    while (end === null) {
      if (waiting.length > 0 && session.isSpent) end ??= "spent";
      const commit = end === null ? waiting.shift() : undefined;
      if (commit === undefined) return;
      const told = await readFacts(session, repository, commit);
      if (told.ok) tell(commit, told.value);
      else if (told.code === "unknown_commit" || told.code === "unexpected") {
        log("warn", "commit_not_told", { code: told.code, detail: told.detail });
        tell(commit, null);
      } else end ??= told;
    }
  };
  await Promise.all(Array.from({ length: questionsAtOnce }, ask));
  return end;
}

async function readFacts(
  session: HostSession,
  repository: string,
  commit: PushedCommit,
): Promise<ForgeResult<PushedCommit>> {
  const connection = session.connection(repository);
  const read = session.heed(await session.api.readCommit(connection, commit.hash, { diff: commit.patchId === null }));
  if (!read.ok) return read;
  const { diff } = read.value;
  const told = withFacts(commit, read.value.commit, diff === null ? null : await patchId(diff));
  if (!namesPullRequest(told)) return { ...read, value: told };

  // What it was squashed from is more evidence, not a part of the commit: without it the commit is recorded all the same.
  const pulls = session.heed(await session.api.pullRequestsOf(connection, commit.hash));
  const squashed = pulls.ok ? pulls.value.find(({ mergeCommit }) => mergeCommit === commit.hash) : undefined;
  if (squashed === undefined) return { ...read, value: told };
  const own = session.heed(await session.api.pullRequestCommits(connection, squashed.id));
  const squashOf = own.ok ? own.value.filter((hash) => hash !== commit.hash) : [];
  const titled = { ...told, pullRequestTitle: squashed.title.slice(0, 500) };
  return { ...read, value: squashOf.length === 0 ? titled : { ...titled, squashOf } };
}
