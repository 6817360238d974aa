/** A git repository on this computer. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CommandFailure } from "./failure.ts";
import { firstLine, runGit } from "./git.ts";
import { type Origin, readOrigin } from "./origin.ts";

export interface Clone {
  /** Where git is run. */
  folder: string;
  /** What all of the clone's worktrees share. */
  gitFolder: string;
  /** Commits whose parents this clone does not have, so that their changes are not known either. */
  shallow: ReadonlySet<string>;
  /** `owner/name`, or the folder's name where there is no remote. */
  name: string;
  origin: Origin | null;
}

export interface Branch {
  name: string;
  /** Its newest commit; null where it has none yet. */
  tip: string | null;
}

/** Opens the repository that holds `path`: a worktree, a folder in one, or a bare repository. */
export async function openClone(path: string): Promise<Clone> {
  const folder = resolve(path);
  const found = await stat(folder).catch(() => null);
  if (found === null) throw new CommandFailure("repository", `There is no folder ${folder}.`);
  if (!found.isDirectory()) throw new CommandFailure("repository", `${folder} is not a folder.`);
  const common = await runGit(folder, ["rev-parse", "--git-common-dir"]);
  if (!common.ok) {
    throw /not a git repository/iu.test(common.stderr)
      ? new CommandFailure("repository", `${folder} is not a git repository.`)
      : new CommandFailure("repository", `${folder} cannot be read: ${firstLine(common.stderr)}`);
  }
  const gitFolder = resolve(folder, common.stdout);
  const origin = readOrigin((await runGit(folder, ["config", "--get", "remote.origin.url"])).stdout);
  // The same in every worktree of the clone, in its hooks and in a bare repository.
  const ownName = basename(basename(gitFolder) === ".git" ? dirname(gitFolder) : gitFolder).replace(/\.git$/u, "");
  return {
    folder,
    gitFolder,
    shallow: await readShallow(gitFolder),
    name: origin?.name ?? (ownName === "" ? "repository" : ownName),
    origin,
  };
}

async function readShallow(gitFolder: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(gitFolder, "shallow"), "utf8").catch(() => "");
  return new Set(text.split("\n").filter((line) => line !== ""));
}

/**
 * The branch of that name, of this clone or of its origin; without a name the one that is checked out. A detached HEAD is
 * called by the branch that points at the same commit, or else `HEAD`.
 */
export async function readBranch(clone: Clone, name: string | null): Promise<Branch> {
  if (name !== null) {
    for (const prefix of ["refs/heads/", "refs/remotes/origin/"]) {
      const tip = await readCommit(clone, `${prefix}${name}`);
      if (tip !== null) return { name, tip };
    }
    const current = await runGit(clone.folder, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
    if (current.stdout === name) return { name, tip: null };
    throw new CommandFailure("repository", `There is no branch ${name} in ${clone.folder}.`);
  }
  const tip = await readCommit(clone, "HEAD");
  const current = await runGit(clone.folder, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  if (current.ok) return { name: current.stdout, tip };
  const format = "--format=%(refname)";
  const refs = await runGit(clone.folder, [
    "for-each-ref",
    "--points-at=HEAD",
    format,
    "refs/heads",
    "refs/remotes/origin",
  ]);
  const names = refs.stdout.split("\n").map((ref) => ref.replace(/^refs\/(?:heads|remotes\/origin)\//u, ""));
  return { name: names.find((ref) => ref !== "" && ref !== "HEAD") ?? "HEAD", tip };
}

async function readCommit(clone: Clone, revision: string): Promise<string | null> {
  const found = await runGit(clone.folder, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  return found.ok && found.stdout !== "" ? found.stdout : null;
}

/** Who works here, as git would write it; null where git was not told. */
export async function readUser(clone: Clone): Promise<{ name: string | null; email: string | null }> {
  const read = async (key: string): Promise<string | null> => (await readSetting(clone, key, "any")) ?? null;
  return { name: await read("user.name"), email: await read("user.email") };
}

/** A setting of this clone (`local`), or the one git would use (`any`). */
export async function readSetting(clone: Clone, key: string, scope: "local" | "any" = "local"): Promise<string | null> {
  const found = await runGit(clone.folder, ["config", ...(scope === "local" ? ["--local"] : []), "--get", key]);
  return found.ok && found.stdout !== "" ? found.stdout : null;
}

export async function writeSetting(clone: Clone, key: string, value: string): Promise<void> {
  const written = await runGit(clone.folder, ["config", "--local", "--replace-all", key, value]);
  if (!written.ok) {
    throw new CommandFailure("repository", `The clone's git config cannot be written: ${firstLine(written.stderr)}`);
  }
}

/** A name for this repository that other clones of the same origin have as well, and its own where there is no origin. */
export function identifyClone(clone: Clone): string {
  return createHash("sha256")
    .update(clone.origin?.identity ?? `file:${clone.gitFolder}`)
    .digest("hex")
    .slice(0, 40);
}
