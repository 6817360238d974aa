/** The commits of a push that its payload does not list, and those of pushes before it that never arrived. */
import type { PushedCommit, RefChange } from "@billhook/domain/push";
import type { CommitPage, ForgeResult } from "@billhook/forges/api";
import type { HostSession } from "../hosts/session.ts";

/** A push with more commits than this is an import; what is older is left to one. */
const mostListed = 5_000;
/** Of a branch that begins nowhere known, as many as GitHub lists in a push. */
const mostOfNewBranch = 2_048;

/** `known` is the last head known of the branch: where the push does not go on from it, another one was lost before. */
export function needsList(change: RefChange, known: string | null): boolean {
  if (change.after === null) return false;
  if (change.truncated) return true;
  return (
    known !== null &&
    known !== change.after &&
    change.before !== null &&
    known !== change.before &&
    change.forced !== true
  );
}

/** Oldest first; "spent" where the go ended before the list did. */
export async function listMissing(
  session: HostSession,
  repository: string,
  change: RefChange,
  known: string | null,
  defaultBranch: string | null,
): Promise<ForgeResult<PushedCommit[]> | "spent"> {
  const head = change.after ?? "";
  const trunk = defaultBranch === change.branch ? null : defaultBranch;
  const bases: (string | null)[] = [...new Set([known, change.before ?? trunk])].filter(
    (base) => base !== null && base !== head,
  );
  if (bases.length === 0) bases.push(null);
  let last: ForgeResult<PushedCommit[]> = lost("has no commit to begin from");
  for (const base of bases) {
    last = await listRange(session, repository, head, base);
    if (session.isSpent && !last.ok) return "spent";
    // What is known may be gone after a force push, or may be ahead already where pushes arrive out of order.
    if (!last.ok && last.code === "unknown_commit") continue;
    if (!last.ok || !change.truncated || last.value.some(({ hash }) => hash === head)) return last;
    last = lost("listed commits without the one that was pushed");
  }
  return last;
}

const lost = (what: string): ForgeResult<PushedCommit[]> => ({
  ok: false,
  code: "unavailable",
  retryAfterSeconds: null,
  detail: `the list of commits ${what}`,
  budget: null,
});

async function listRange(
  session: HostSession,
  repository: string,
  head: string,
  base: string | null,
): Promise<ForgeResult<PushedCommit[]>> {
  const found = new Map<string, PushedCommit>();
  const most = base === null ? mostOfNewBranch : mostListed;
  let cursor: string | null = null;
  for (;;) {
    const page: ForgeResult<CommitPage> = session.heed(
      await session.api.listCommits(session.connection(repository), { head, base, cursor }),
    );
    if (!page.ok) return page;
    const { items, order } = page.value;
    const before = found.size;
    for (const commit of items) found.set(commit.hash, commit);
    cursor = page.value.cursor;
    // A page of nothing new is the last one, whatever the host says of the rest.
    if (cursor === null || found.size === before || found.size >= most) {
      const all = [...found.values()];
      return { ...page, value: order === "newest first" ? all.toReversed() : all };
    }
    if (session.isSpent) return lost("was not read to its end");
  }
}
