/** What processes take: of the processor's time, and of memory. */
import { readFileSync } from "node:fs";

/** proc(5) counts in ticks, of which Linux shows programs a hundred a second, and in pages. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** The fields of /proc/PID/stat after the command in brackets, which may hold spaces. */
function readStat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Milliseconds that all threads of a process have run, in the program and in the kernel. */
export function readProcessorMs(pid: number): number {
  const fields = readStat(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** MiB of memory that the processes hold together. */
export function readResidentMiB(pids: readonly number[]): number {
  const pages = pids.reduce((sum, pid) => sum + Number(readStat(pid)[21]), 0);
  return (pages * PAGE_BYTES) / 2 ** 20;
}

/** Only Linux tells of other processes this way; elsewhere such lines are left out. */
export const canReadProcesses = process.platform === "linux";
