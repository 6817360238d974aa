/** Tells a missing commit from a missing repository, which hosts answer alike. */
import type { CommitRange, ForgeFailure, ForgeFailureCode, ForgeResult } from "./api.ts";
import { failure } from "@billhook/http/call";

const doubtful: readonly ForgeFailureCode[] = ["not_found", "unexpected"];

/**
 * Why a list of commits could not be given. Hosts answer 404, 422 or even 500 for a range with a commit they do not
 * have; `has` asks for one commit, and `hasRepository` for the repository. `codes` are the failures that may mean it.
 */
export async function explainRange(
  failed: ForgeFailure,
  range: CommitRange,
  has: (commit: string) => Promise<ForgeResult<boolean>>,
  hasRepository: () => Promise<ForgeResult<boolean>>,
  codes: readonly ForgeFailureCode[] = doubtful,
): Promise<ForgeFailure> {
  if (!codes.includes(failed.code)) return failed;
  const repository = await hasRepository();
  if (!repository.ok || !repository.value) return failed;
  for (const commit of [range.base, range.head]) {
    if (commit === null) continue;
    const found = await has(commit);
    if (!found.ok) return failed;
    if (!found.value) return unknownCommit(commit, "is no commit of the repository", found.budget);
  }
  // GitHub: both are there and have no ancestor in common.
  const isUnrelated = failed.code === "not_found" && range.base !== null;
  return isUnrelated ? unknownCommit(range.base ?? "", "is in no way before the other commit", failed.budget) : failed;
}

/** The same for one commit. */
export function explainCommit(
  failed: ForgeFailure,
  hash: string,
  has: (commit: string) => Promise<ForgeResult<boolean>>,
  hasRepository: () => Promise<ForgeResult<boolean>>,
): Promise<ForgeFailure> {
  return explainRange(failed, { head: hash, base: null }, has, hasRepository);
}

function unknownCommit(commit: string, why: string, budget: ForgeFailure["budget"]): ForgeFailure {
  return { ...failure("unknown_commit", { path: "" }, "", budget), detail: `${commit.slice(0, 12)} ${why}` };
}
