/** What all hosts' commits have in common: hashes, and a list brought into one order. */
import type { PushedCommit } from "@billhook/domain/push";

const gitHash = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * A commit's hash, SHA-1 or SHA-256, in lower case; null for none: absent, all zeroes, or not a hash. Nothing else gets
 * past here, so that a hash can go into an address, a command or a query as it is.
 */
export function toHash(value: unknown): string | null {
  if (typeof value !== "string" || isZeroHash(value)) return null;
  const hash = value.trim().toLowerCase();
  return gitHash.test(hash) ? hash : null;
}

/** All zeroes stands for "no commit": a created or deleted ref. */
export function isZeroHash(value: unknown): boolean {
  return typeof value === "string" && /^0+$/.test(value.trim());
}

export type Order = "oldest first" | "newest first";

/**
 * The commits oldest first. The list itself tells its order, more surely than the host's habit does: GitLab's "Test"
 * button lists newest first where its pushes list oldest first. The new head is at one end of it, and a parent is
 * older than its child. Dates tell nothing: clocks differ, and a rebase keeps or collapses them.
 */
export function oldestFirst(
  commits: readonly PushedCommit[],
  head: string | null,
  habit: Order,
): readonly PushedCommit[] {
  const order = orderByHead(commits, head) ?? orderByParents(commits) ?? habit;
  return order === "oldest first" ? commits : commits.toReversed();
}

function orderByHead(commits: readonly PushedCommit[], head: string | null): Order | null {
  const first = commits[0]?.hash === head;
  const last = commits.at(-1)?.hash === head;
  return first === last ? null : first ? "newest first" : "oldest first";
}

function orderByParents(commits: readonly PushedCommit[]): Order | null {
  const position = new Map(commits.map(({ hash }, index) => [hash, index]));
  for (const [index, { parents }] of commits.entries()) {
    for (const parent of parents ?? []) {
      const at = position.get(parent);
      if (at !== undefined && at !== index) return at > index ? "newest first" : "oldest first";
    }
  }
  return null;
}

/**
 * Deals one list of commits, newest first, out to several branches moved by one push, where the host does not say
 * which belongs to which: a branch's own begin at its head. With one branch all are its own.
 */
export function dealOut(
  commits: readonly (PushedCommit | null)[],
  heads: readonly (string | null)[],
): (PushedCommit | null)[][] {
  const dealt = heads.map((): (PushedCommit | null)[] => []);
  let current = 0;
  for (const commit of commits) {
    const own = commit === null ? -1 : heads.indexOf(commit.hash);
    if (own >= 0) current = own;
    dealt[current]?.push(commit);
  }
  return dealt;
}
