/**
 * Which commits are left out of billing. Nothing is left out by guess alone, and nothing is lost: a filtered commit is
 * recorded as ignored with the rule and the reason given here, and a person can bring it back.
 */
import type { GitConfig } from "./git-config.ts";
import { compileLinearPattern } from "./linear-pattern.ts";
import { parseMessage } from "./message.ts";
import { isCodingAgent } from "./people.ts";
import type { Person, PushedCommit } from "./push.ts";
import { findRoutine } from "./routine.ts";
import { findReverted } from "./trailers.ts";
import { findTickets } from "./tickets.ts";

export type FilterRule =
  | "exclude_pattern"
  | "merge"
  | "bot"
  | "release"
  | "dependency"
  | "revert"
  | "tickets_only"
  /** Not by a rule: it is work known already, and has the state of that. See identity.ts. */
  | "same_work";

export interface Filtered {
  rule: FilterRule;
  /** A sentence for the list of ignored commits. */
  reason: string;
}

/**
 * The subjects that git and GitHub give to merge commits. Those of Bitbucket (`Merged in …`, `Pull request #1: …`) and
 * Azure DevOps (`Merged PR 1: …`) are not among them: the same words are their default for squash merges, which are the
 * work itself, and both tell the parents.
 */
const mergeSubject =
  /^Merge (?:(?:remote-tracking )?branch(?:es)? '|tag '|commit '[0-9a-f]{7,64}'|pull request #\d{1,9} from )/u;

/** Names and logins of programs that commit, without a `[bot]` at the end. */
// prettier-ignore
const bots = new Set([
  "dependabot", "dependabot-preview", "renovate", "renovate bot", "renovate-bot", "renovatebot", "mend renovate",
  "github-actions", "github actions", "github-classroom", "greenkeeper", "greenkeeperio-bot", "snyk-bot", "snyk bot",
  "mergify", "semantic-release-bot", "pre-commit-ci", "allcontributors", "imgbot", "imgbotapp", "codecov-io", "pyup-bot",
  "pyup.io bot", "depfu", "scala-steward", "scala steward", "bors", "homu", "k8s-ci-robot", "gitlab-bot", "gitlab bot",
  "gitlab-dependency-bot", "bitbucket-pipelines", "azure pipelines", "weblate", "hosted weblate", "transifex",
  "transifex-github-integration", "crowdin bot", "crowdin-bot", "release-please", "web-flow-bot", "nixpkgs-update-bot",
  "r-ryantm", "deepsource-autofix", "sourcery-ai", "whitesource-bolt", "stale-bot", "circleci-bot", "travis-ci", "jenkins",
]);

function isBot(person: Person): boolean {
  const names = [person.name, person.username].flatMap((name) => (name === null ? [] : [name.trim().toLowerCase()]));
  if (names.some((name) => name.endsWith("[bot]") || bots.has(name))) return true;
  // GitHub's and GitLab's addresses of apps and of project or group access tokens.
  return /\[bot\]@users\.noreply\.[a-z0-9.-]+$|^(?:project|group)_?\d+_bot[^@]*@noreply\./iu.test(person.email ?? "");
}

function firstLine(message: string): string {
  return parseMessage(message.slice(0, 65_536)).subject;
}

function isMerge(commit: PushedCommit, subject: string): string | null {
  if (commit.parents !== null) {
    return commit.parents.length >= 2
      ? `A merge of ${commit.parents.length} parents; its work is in the merged commits.`
      : null;
  }
  return mergeSubject.test(subject) ? "The message is the one a merge commit gets by default." : null;
}

/**
 * The first rule that leaves the commit out, or null: the project's exclude patterns (matched in the first line of the
 * message, case-sensitive unless the pattern says `(?i)`; one that does not compile matches nothing), then those of these
 * that the project leaves out: merge commits, bots as author, releases, raised dependencies, reverts, and commits whose
 * message and branch name no ticket. Never throws.
 */
export function filterCommit(
  commit: PushedCommit,
  branch: string | null,
  config: Pick<
    GitConfig,
    | "exclude_patterns"
    | "ignore_merges"
    | "ignore_bots"
    | "ignore_releases"
    | "ignore_dependencies"
    | "revert_rule"
    | "tickets_only"
  >,
): Filtered | null {
  const subject = firstLine(commit.message);
  for (const source of config.exclude_patterns) {
    const compiled = compileLinearPattern(source);
    if (compiled.ok && compiled.pattern.test(subject)) {
      return {
        rule: "exclude_pattern",
        reason: `The message matches the exclude pattern ${source}`,
      };
    }
  }
  const merge = config.ignore_merges ? isMerge(commit, subject) : null;
  if (merge !== null) return { rule: "merge", reason: merge };
  // A coding assistant is a program too; the project has a rule of its own for its work.
  if (config.ignore_bots && isBot(commit.author) && !isCodingAgent(commit.author)) {
    const name = commit.author.name ?? commit.author.username ?? commit.author.email ?? "";
    return { rule: "bot", reason: `The author, ${name}, is a program.` };
  }
  const routine = findRoutine(subject, commit.files);
  if (config.ignore_releases && routine === "release") {
    return { rule: "release", reason: "It publishes a version; the work is in the commits before it." };
  }
  if (config.ignore_dependencies && routine === "dependency") {
    return { rule: "dependency", reason: "It raises a dependency and changes nothing else." };
  }
  if (config.revert_rule === "ignore" && findReverted(commit.message).length > 0) {
    return { rule: "revert", reason: "It takes an earlier commit back." };
  }
  if (config.tickets_only && findTickets(commit.message, branch).primary === null) {
    return { rule: "tickets_only", reason: "Neither the message nor the branch names a ticket." };
  }
  return null;
}
