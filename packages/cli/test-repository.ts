/** Real git repositories in temporary folders, for the tests of this folder. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A folder that is removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "billhook-"));
  folders.push(folder);
  return folder;
}

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Dév Öne",
  GIT_AUTHOR_EMAIL: "dev.one@example.com",
  GIT_COMMITTER_NAME: "Committer",
  GIT_COMMITTER_EMAIL: "committer@example.com",
};

export class TestRepository {
  readonly folder: string;
  #minute = 0;

  constructor(folder: string, ...initOptions: string[]) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.git("init", "-q", "-b", "main", ...initOptions);
  }

  git(...args: string[]): string {
    return this.gitWith({}, ...args);
  }

  gitWith(variables: Record<string, string>, ...args: string[]): string {
    const env = { ...environment, ...variables };
    return execFileSync("git", ["-C", this.folder, ...args], { env, encoding: "utf8", stdio: "pipe" }).trim();
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Commits everything, ten minutes after the commit before; answers the hash. */
  commit(message: string | Uint8Array, ...options: string[]): string {
    this.#minute += 10;
    const at = new Date(Date.UTC(2026, 2, 2, 9, this.#minute)).toISOString().slice(0, 19);
    this.git("add", "-A");
    const file = join(this.folder, ".git", "message");
    writeFileSync(file, message);
    const dates = { GIT_AUTHOR_DATE: `${at}+02:00`, GIT_COMMITTER_DATE: `${at}-0330` };
    this.gitWith(
      dates,
      "commit",
      "-q",
      "--allow-empty",
      "--allow-empty-message",
      "--cleanup=verbatim",
      "-F",
      file,
      ...options,
    );
    return this.git("rev-parse", "HEAD");
  }
}

export const makeRepository = (...initOptions: string[]): TestRepository =>
  new TestRepository(join(makeFolder(), "shop"), ...initOptions);

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
