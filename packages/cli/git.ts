/** Runs git: never through a shell, never with the settings of a hook that may be running it, never asking anything. */
import { spawn } from "node:child_process";
import { CommandFailure } from "./failure.ts";

/** Settings of a clone that would start programs or change the form of what is read. */
const settings = ["core.fsmonitor=false", "core.quotePath=false", "log.showRoot=true", "log.showSignature=false"];

/** Most of git's own words that are kept. */
const mostErrorText = 4000;

/** git sets these for its hooks; they would point a command at another repository or index. See githooks(5). */
const repositoryVariables = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  "GIT_COMMON_DIR",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_EXTERNAL_DIFF",
  "GIT_CONFIG_PARAMETERS",
];

export interface GitOutcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

function start(folder: string, args: readonly string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  for (const name of repositoryVariables) delete env[name];
  const options = settings.flatMap((setting) => ["-c", setting]);
  const child = spawn("git", ["--no-pager", "--no-replace-objects", ...options, "-C", folder, ...args], {
    env,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errorText = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(0, mostErrorText);
  });
  // git may end before it has read everything; its exit code says what that means.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "ENOENT"
          ? new CommandFailure("repository", "git was not found.", "Install git, and see that it is on the PATH.")
          : error,
      );
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
  return { child, ended, readError: () => errorText.trim() };
}

/** Runs git to its end. For short answers; what may be long is streamed. */
export async function runGit(folder: string, args: readonly string[], input = ""): Promise<GitOutcome> {
  const { child, ended, readError } = start(folder, args);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(input);
  const code = await ended;
  return { ok: code === 0, stdout: Buffer.concat(chunks).toString("utf8").trim(), stderr: readError() };
}

/** The output of git as it comes; whoever reads slowly slows git down. Leaving the loop early ends git. */
export async function* streamGit(folder: string, args: readonly string[], input = ""): AsyncGenerator<Buffer> {
  const { child, ended, readError } = start(folder, args);
  // Awaited below; a failure to start must not be reported as unhandled before that.
  ended.catch(() => undefined);
  child.stdin.end(input);
  try {
    for await (const chunk of child.stdout) {
      if (Buffer.isBuffer(chunk)) yield chunk;
    }
    const code = await ended;
    if (code !== 0) throw new CommandFailure("repository", `git could not read the history: ${firstLine(readError())}`);
  } finally {
    child.kill();
  }
}

/** The output of one git, fed with the output of another as it comes. Leaving the loop early ends both. */
export async function* pipeGit(
  folder: string,
  first: readonly string[],
  second: readonly string[],
  input = "",
): AsyncGenerator<Buffer> {
  const source = start(folder, first);
  const sink = start(folder, second);
  // Awaited below; a failure to start must not be reported as unhandled before that.
  source.ended.catch(() => undefined);
  sink.ended.catch(() => undefined);
  source.child.stdin.end(input);
  source.child.stdout.pipe(sink.child.stdin);
  try {
    for await (const chunk of sink.child.stdout) {
      if (Buffer.isBuffer(chunk)) yield chunk;
    }
    for (const { ended, readError } of [source, sink]) {
      const code = await ended;
      if (code !== 0)
        throw new CommandFailure("repository", `git could not read the history: ${firstLine(readError())}`);
    }
  } finally {
    source.child.kill();
    sink.child.kill();
  }
}

export function firstLine(text: string): string {
  const line = text.split("\n").find((part) => part.trim() !== "") ?? "no reason was given";
  return line.replace(/^(?:fatal|error): /u, "").trim();
}
