/** `billhook hook`: a hook in a clone that sends what is committed or pushed, in the background. See githooks(5). */
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clone } from "./clone.ts";
import { connectionKeys } from "./connection.ts";
import { CommandFailure } from "./failure.ts";
import { runGit } from "./git.ts";

export type HookEvent = "commit" | "push";

const hookNames = { commit: "post-commit", push: "pre-push" } as const;
const checkHook = "commit-msg";
const mark = "# billhook: ";
/** Where a hook that was there before is kept; it runs first. */
const keptSuffix = ".before-billhook";

export interface HookInstall {
  file: string;
  /** The hook that was there before and is run first; null where there was none. */
  kept: string | null;
}

/** Installs the hook that sends, or renews it. A hook that is not ours is kept and run first, never overwritten. */
export async function installHook(clone: Clone, event: HookEvent, options: { force: boolean }): Promise<HookInstall> {
  const folder = await findHooksFolder(clone);
  for (const other of ["commit", "push"] as const) {
    if (other !== event) await takeOut(folder, hookNames[other]);
  }
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return placeHook(clone, folder, hookNames[event], writeScript(event, process.execPath, main), options);
}

/** Installs the hook that looks at a commit's message before the commit is made; `script` is the file Node runs. */
export async function installMessageCheck(
  clone: Clone,
  script: string,
  options: { force: boolean },
): Promise<HookInstall> {
  const folder = await findHooksFolder(clone);
  return placeHook(clone, folder, checkHook, writeCheckScript(process.execPath, script), options);
}

async function placeHook(
  clone: Clone,
  folder: string,
  name: string,
  script: string,
  options: { force: boolean },
): Promise<HookInstall> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  const kept = `${file}${keptSuffix}`;
  const current = await readHook(file);
  if (current !== null && !isOurs(current)) {
    if (!options.force) await refuseUnkeepable(clone, file, kept);
    await rename(file, kept);
  }
  const draft = `${file}.${process.pid}.part`;
  await writeFile(draft, script);
  await chmod(draft, 0o755);
  await rename(draft, file);
  return { file, kept: (await readHook(kept)) === null ? null : kept };
}

/** Takes our hooks out and puts the ones from before back. Answers which were taken out. */
export async function uninstallHook(clone: Clone): Promise<string[]> {
  const folder = await findHooksFolder(clone);
  const removed: string[] = [];
  for (const name of [...Object.values(hookNames), checkHook]) {
    if (await takeOut(folder, name)) removed.push(join(folder, name));
  }
  return removed;
}

async function takeOut(folder: string, name: string): Promise<boolean> {
  const file = join(folder, name);
  const current = await readHook(file);
  if (current === null || !isOurs(current)) return false;
  if ((await readHook(`${file}${keptSuffix}`)) === null) await rm(file, { force: true });
  else await rename(`${file}${keptSuffix}`, file);
  return true;
}

/** `core.hooksPath` where it is set, else the clone's own folder. */
async function findHooksFolder(clone: Clone): Promise<string> {
  const found = await runGit(clone.folder, ["rev-parse", "--git-path", "hooks"]);
  return found.ok && found.stdout !== "" ? resolve(clone.folder, found.stdout) : join(clone.gitFolder, "hooks");
}

async function refuseUnkeepable(clone: Clone, file: string, kept: string): Promise<void> {
  if ((await readHook(kept)) !== null) {
    throw new CommandFailure(
      "repository",
      `${file} is not Billhook's, and ${kept} is there already.`,
      "Decide which of the two is to be kept; --force replaces the second by the first.",
    );
  }
  const tracked = await runGit(clone.folder, ["ls-files", "--error-unmatch", "--", relative(clone.folder, file)]);
  if (tracked.ok) {
    throw new CommandFailure(
      "repository",
      `${file} is part of the repository, so everyone who works on it would get this hook.`,
      "Point core.hooksPath of this clone elsewhere, or install it all the same with --force.",
    );
  }
}

async function readHook(file: string): Promise<string | null> {
  if (
    !(await stat(file).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    return null;
  return readFile(file, "latin1");
}

const isOurs = (script: string): boolean => script.includes(mark);

/** A push of more is the history of somebody else's work; `billhook send` brings that where it is wanted. */
const mostPushed = 5000;

const readCommitted = `list="ref $(git symbolic-ref --quiet HEAD || echo refs/heads/HEAD)
$(git rev-parse --verify HEAD)"`;

// Asked before the push, while the clone's view of its remotes still says what they do not have.
const readPushed = `list=$(printf '%s\\n' "$input" | while read -r local hash ref before; do
  case "$ref" in refs/heads/*) ;; *) continue ;; esac
  printf 'ref %s\\n' "$ref"
  git rev-list --ignore-missing --reverse --topo-order --max-count=${mostPushed} "$hash" "^$before" --not --remotes 2>/dev/null
done)`;

/**
 * POSIX sh. What is new is listed at once, and everything else happens in the background. The secret is taken from the
 * clone it runs in, so that in a folder of hooks that several clones share it does nothing in the others.
 */
function writeScript(event: HookEvent, node: string, main: string): string {
  const isPush = event === "push";
  return `#!/bin/sh
${mark}sends new commits to be billed.
# Made by \`billhook hook install\`, taken out by \`billhook hook uninstall\`. It never holds up or fails what git is doing.
${isPush ? "input=$(cat)\n" : ""}kept="$(dirname "$0")/${hookNames[event]}${keptSuffix}"
if [ -x "$kept" ]; then
  ${isPush ? `printf '%s\\n' "$input" | ` : ""}"$kept" "$@" || exit $?
fi
git config --local --get ${connectionKeys.url} >/dev/null 2>&1 || exit 0
${isPush ? readPushed : readCommitted}
folder=$(git rev-parse --absolute-git-dir)
printf '%s\\n' "$list" | ${quote(node)} ${quote(main)} hook run "$folder" >/dev/null 2>&1 &
exit 0
`;
}

/** POSIX sh. Where the check itself cannot run, the commit goes through: it is a help, not a gate that may break. */
function writeCheckScript(node: string, script: string): string {
  return `#!/bin/sh
${mark}looks at the message of a commit for its time and its ticket.
# Made by \`billhook hook install --check\`, taken out by \`billhook hook uninstall\`.
kept="$(dirname "$0")/${checkHook}${keptSuffix}"
if [ -x "$kept" ]; then
  "$kept" "$@" || exit $?
fi
[ -f ${quote(script)} ] && [ -x ${quote(node)} ] || exit 0
exec ${quote(node)} ${quote(script)} "$1" "$(git symbolic-ref --quiet --short HEAD)"
`;
}

/** One word for sh, whatever it holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
