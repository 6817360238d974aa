/**
 * The files of a commit at Azure DevOps, and their lines: `FileDiffs` compares two commits and gives blocks of lines
 * without their text. learn.microsoft.com, "File Diffs".
 */
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import * as z from "zod";
import type { ForgeConnection, ForgeFailure, ForgeResult } from "./api.ts";
import { azureHost, pathOf, version } from "./azure-host.ts";
import { count, flag, name } from "./fields.ts";
import { readJson } from "@billhook/http/call";
import { toText } from "@billhook/http/text";

/** FileDiffs takes no more files at once. */
const mostFileDiffs = 10;
/** A commit of more files than this is not worth a request for every ten of them. */
const mostCountedFiles = 200;

export const changeSchema = z.object({
  changeType: z.string(),
  item: z.object({ path: z.string().transform(toText), isFolder: flag, gitObjectType: name }),
  sourceServerItem: z.string().transform(toText).nullable().catch(null),
});

const fileDiffSchema = z.object({
  path: z.string().transform(toText),
  lineDiffBlocks: z
    .array(
      z.object({ changeType: z.union([z.number(), z.string()]), originalLinesCount: count, modifiedLinesCount: count }),
    )
    .nullable()
    .catch(null),
});

/** `add`, `edit`, `delete`, `rename`, or several of them: `edit, rename`. */
function statusOf(changeType: string): FileChange["status"] {
  const types = new Set(changeType.toLowerCase().split(/,\s*/));
  if (types.has("rename") || types.has("sourcerename")) return "renamed";
  if (types.has("add") || types.has("undelete")) return "added";
  return types.has("delete") ? "removed" : "modified";
}

/** The files with their lines, where the host counts them: it compares two commits, so a first commit has none. */
export async function countFiles(
  connection: ForgeConnection,
  commit: PushedCommit,
  changes: readonly z.infer<typeof changeSchema>[],
): Promise<ForgeResult<FileChange[]>> {
  const withoutSlash = (path: string): string => path.replace(/^\//, "");
  const files = changes.map(({ changeType, item }): FileChange => ({
    path: withoutSlash(item.path),
    status: statusOf(changeType),
    additions: null,
    deletions: null,
    binary: null,
  }));
  const parent = commit.parents?.[0];
  let budget: ForgeFailure["budget"] = null;
  if (parent === undefined || files.length > mostCountedFiles) return { ok: true, value: files, budget };

  const byPath = new Map(files.map((file) => [file.path, file]));
  for (let start = 0; start < changes.length; start += mostFileDiffs) {
    const fileDiffParams = changes
      .slice(start, start + mostFileDiffs)
      .map(({ changeType, item, sourceServerItem }) => ({
        path: statusOf(changeType) === "removed" ? "" : item.path,
        originalPath: statusOf(changeType) === "added" ? "" : (sourceServerItem ?? item.path),
      }));
    const read = await readJson(azureHost, connection, z.object({ value: z.array(fileDiffSchema.loose()) }), {
      method: "POST",
      isRead: true,
      path: `${pathOf(connection)}/FileDiffs`,
      query: version,
      body: { baseVersionCommit: parent, targetVersionCommit: commit.hash, fileDiffParams },
    });
    // A host without this leaves the lines unknown; one that is away is asked again later.
    if (!read.ok && (read.code === "unexpected" || read.code === "not_found")) break;
    if (!read.ok) return read;
    budget = read.budget;
    for (const diff of read.value.body.value) {
      const original = typeof diff["originalPath"] === "string" ? diff["originalPath"] : "";
      const file = byPath.get(withoutSlash(diff.path || original));
      if (file && diff.lineDiffBlocks) Object.assign(file, countBlocks(diff.lineDiffBlocks));
    }
  }
  return { ok: true, value: files, budget };
}

/** A block of lines is unchanged (0, `none`), added (1), deleted (2) or edited (3), which is both. */
function countBlocks(
  blocks: NonNullable<z.infer<typeof fileDiffSchema>["lineDiffBlocks"]>,
): Pick<FileChange, "additions" | "deletions"> {
  let additions = 0;
  let deletions = 0;
  for (const { changeType, originalLinesCount, modifiedLinesCount } of blocks) {
    const type = String(changeType).toLowerCase();
    if (type === "1" || type === "3" || type === "add" || type === "edit") additions += modifiedLinesCount ?? 0;
    if (type === "2" || type === "3" || type === "delete" || type === "edit") deletions += originalLinesCount ?? 0;
  }
  return { additions, deletions };
}
