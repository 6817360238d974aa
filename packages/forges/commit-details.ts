/** The last step of reading a commit: its patch-id, wherever a diff came along. */
import type { CommitDetails, ForgeResult } from "./api.ts";
import { patchId } from "./patch-id.ts";

/** The details with the patch-id of their diff, and without the diff where it was not asked for. */
export async function withPatchId(
  result: ForgeResult<CommitDetails>,
  wanted: { diff?: boolean },
): Promise<ForgeResult<CommitDetails>> {
  if (!result.ok || result.value.diff === null) return result;
  const { commit, diff } = result.value;
  const named = { ...commit, patchId: await patchId(diff) };
  return { ...result, value: { commit: named, diff: wanted.diff === true ? diff : null } };
}
