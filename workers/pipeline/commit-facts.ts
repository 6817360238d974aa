/** What is missing of a commit, and what the host's answers add to it. Nothing that the push said is overwritten. */
import type { Person, PushedCommit } from "@billhook/domain/push";

/** Does the host know more of it? Files of a merge are counted where they were written. */
export function needsDetails(commit: PushedCommit): boolean {
  if (commit.parents === null || commit.authoredAt === null || commit.author.email === null) return true;
  return commit.parents.length < 2 && !hasCounts(commit);
}

const hasCounts = ({ files }: PushedCommit): boolean =>
  files !== null && files.every(({ additions, binary }) => additions !== null || binary === true);

const joinPeople = (said: Person, told: Person): Person => ({
  name: said.name ?? told.name,
  email: said.email ?? told.email,
  username: said.username ?? told.username,
});

/** The commit of the push with what the host told of it; `patchId` where its change was read. */
export function withFacts(said: PushedCommit, told: PushedCommit, patchId: string | null = null): PushedCommit {
  return {
    ...said,
    message: said.message === "" ? told.message : said.message,
    parents: said.parents ?? told.parents,
    author: joinPeople(said.author, told.author),
    committer:
      said.committer === null
        ? told.committer
        : told.committer === null
          ? said.committer
          : joinPeople(said.committer, told.committer),
    authoredAt: said.authoredAt ?? inOffsetOf(told.authoredAt, said),
    committedAt: said.committedAt ?? told.committedAt,
    files: hasCounts(said) ? said.files : (told.files ?? said.files),
    patchId: said.patchId ?? patchId ?? told.patchId,
    url: said.url ?? told.url,
  };
}

/**
 * GitHub's API gives dates in UTC, its push the committer's own offset. Whoever commits their own work does so where
 * they wrote it: the author's hour of the day is then known too.
 */
function inOffsetOf(instant: string | null, { author, committer, committedAt }: PushedCommit): string | null {
  const offset = /([+-])(\d{2}):?(\d{2})$/.exec(committedAt ?? "");
  if (instant === null || !/(?:Z|[+-]00:?00)$/.test(instant) || offset === null) return instant;
  if (committer !== null && committer.email !== author.email) return instant;
  const [, sign = "+", hours = "0", minutes = "0"] = offset;
  const shift = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const moment = Date.parse(instant);
  if (Number.isNaN(moment)) return instant;
  return `${new Date(moment + shift * 60_000).toISOString().slice(0, 19)}${sign}${hours}:${minutes}`;
}

/** The list of the host, oldest first, with what the push said of each; what only the push listed comes after it. */
export function joinLists(pushed: readonly PushedCommit[], listed: readonly PushedCommit[]): PushedCommit[] {
  const saidOf = new Map(pushed.map((commit) => [commit.hash, commit]));
  const joined = new Map<string, PushedCommit>();
  for (const told of listed) {
    const said = saidOf.get(told.hash);
    joined.set(told.hash, said === undefined ? told : withFacts(said, told));
  }
  for (const said of pushed) if (!joined.has(said.hash)) joined.set(said.hash, said);
  return [...joined.values()];
}

/**
 * Does its message say that it came from a pull request? Hosts write the number of the request into what they squash:
 * `(#12)` on GitHub and Gitea, `See merge request group/project!12` on GitLab, `(pull request #12)` on Bitbucket,
 * `Merged PR 12:` on Azure.
 */
export function namesPullRequest({ message, parents }: PushedCommit): boolean {
  if (parents !== null && parents.length > 1) return false;
  return /^[^\n]*\((?:pull request )?#\d+\)\s*$|^See merge request \S*!\d+|^Merged PR \d+:|^Pull request #\d+:/m.test(
    message,
  );
}
