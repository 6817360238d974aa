import { execFile, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * When a process started, in whatever form the system says it: together with the number it names one process for good,
 * since numbers are used again. Undefined when there is no such process.
 */
export async function readStartTime(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // proc(5): the 22nd field is the start time; the second is the command in brackets, which may hold spaces.
    return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  }
  const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.trim() === "" ? undefined : stdout.trim();
}

/** The direct children of this process whose command has the given name. */
export async function findChildren(command: string): Promise<number[]> {
  if (process.platform === "linux") {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    const found = await Promise.all(
      pids.map(async (pid) => {
        const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
        const isOurs =
          text.includes(`(${command})`) && text.slice(text.lastIndexOf(")") + 2).split(" ")[1] === String(process.pid);
        return isOurs ? pid : undefined;
      }),
    );
    return found.filter((pid) => pid !== undefined);
  }
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,comm="]).catch(() => ({ stdout: "" }));
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => parent === String(process.pid) && name?.endsWith(command) === true)
    .map(([pid]) => Number(pid));
}

/**
 * Ends workerd when this process is killed without a chance to do so itself: a shell waits for the end of a pipe whose
 * other end closes with this process. Returns how to call the watch off.
 */
export async function endChildrenWithThisProcess(command: string): Promise<() => void> {
  const children = await findChildren(command);
  if (children.length === 0 || process.platform === "win32") return () => undefined;
  const guard = spawn("sh", ["-c", 'read -r _; kill -9 "$@" 2>/dev/null', "sh", ...children.map(String)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  return () => {
    guard.kill("SIGKILL");
  };
}
