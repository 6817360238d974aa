/** The last step every host shares: from what a delivery says of the moved refs to the push event. */
import type { Person, Provider, PushedCommit, PushedRepository, RefChange } from "@billhook/domain/push";
import { isZeroHash, oldestFirst, type Order, toHash } from "./commits.ts";
import type { Normalised } from "./forge.ts";

/** What a delivery says besides its refs and commits. */
export interface Said {
  provider: Provider;
  event: string;
  repository: PushedRepository | null;
  pusher: Person | null;
}

/** What a host says of one moved ref. */
export interface ListedChange {
  /** Full name: `refs/heads/main`. */
  ref: string;
  before: unknown;
  after: unknown;
  /** True where the host says so in another way than by a hash of zeroes. */
  deleted: boolean;
  forced: boolean | null;
  truncated: boolean;
  /** In the host's order; null for an entry that is no commit. */
  commits: readonly (PushedCommit | null)[];
  /** The order the host keeps, where the list itself does not tell. */
  listed: Order;
}

export const tagsAreIgnored = "Tags are not billed: their commits arrive with a branch.";

const unnamedRepository: PushedRepository = {
  externalId: "",
  name: "",
  url: null,
  defaultBranch: null,
};

/**
 * Puts moved refs into the form of the push event: branches only, commits oldest first, each hash once in the whole
 * delivery, a deleted branch without any. A push that leaves nothing to do is ignored, with the reason.
 */
export function toPush(said: Said, listed: readonly ListedChange[]): Normalised {
  let reason = "The push moved no ref.";
  const seen = new Set<string>();
  const changes = listed.flatMap((change): RefChange[] => {
    const ref = readRef(change.ref);
    if ("skip" in ref) {
      reason = ref.skip;
      return [];
    }
    const moved = {
      ref: change.ref,
      branch: ref.branch,
      before: toHash(change.before),
      forced: change.forced,
    };
    if (change.deleted || isZeroHash(change.after)) return [{ ...moved, after: null, truncated: false, commits: [] }];

    const readable = change.commits.filter((commit) => commit !== null);
    const ordered = oldestFirst(readable, toHash(change.after), change.listed);
    const after = toHash(change.after) ?? ordered.at(-1)?.hash ?? null;
    if (after === null) {
      reason = "The push does not say where the branch is now.";
      return [];
    }
    const truncated = change.truncated || readable.length < change.commits.length;
    const commits = ordered.filter(({ hash }) => !seen.has(hash) && seen.add(hash));
    return [{ ...moved, after, truncated, commits }];
  });
  if (changes.length === 0) return ignore(said, reason);
  const { provider, repository, pusher } = said;
  const event = { provider, repository: repository ?? unnamedRepository, pusher, changes };
  return { kind: "push", repository, event };
}

export function ignore(
  { repository, event }: Pick<Said, "repository" | "event">,
  reason = "Only pushes are read.",
): Normalised {
  return { kind: "ignored", reason, repository, event };
}

/** The branch of a ref, or why its commits are none of Billhook's business. */
export function readRef(ref: string): { branch: string } | { skip: string } {
  if (ref.startsWith("refs/tags/")) return { skip: tagsAreIgnored };
  if (!ref.startsWith("refs/heads/") || ref === "refs/heads/") return { skip: "The ref is not a branch." };
  const branch = ref.slice("refs/heads/".length);
  if (branch.startsWith("gh-readonly-queue/")) {
    return {
      skip: "A merge queue's temporary branch: its commits arrive with the branch they are merged into.",
    };
  }
  return { branch };
}
