import { link, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writePrivateFile } from "./files.ts";
import { readStartTime } from "./processes.ts";

const holderSchema = z.object({ pid: z.number(), started: z.string() });

/**
 * Keeps a second stack out of a data folder: two writers would destroy the database. A lock left behind by a killed
 * process is taken over. Returns how to release it.
 */
export async function lockFolder(dataFolder: string): Promise<() => Promise<void>> {
  const path = join(dataFolder, "lock");
  const holder = JSON.stringify({ pid: process.pid, started: (await readStartTime(process.pid)) ?? "" });
  if (!(await writeNew(path, holder))) {
    const pid = await findHolder(path);
    if (pid !== undefined) {
      throw new Error(`${dataFolder} is in use by another stack (process ${pid}). Stop it, or choose another --data.`);
    }
    await rm(path, { force: true });
    if (!(await writeNew(path, holder))) {
      throw new Error(`${dataFolder} has just been taken by another stack. Stop it, or choose another --data.`);
    }
  }
  return () => rm(path, { force: true });
}

/** Makes the file with its content in one step; false when it is there already. */
async function writeNew(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writePrivateFile(draft, text);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The process that holds the lock, if it still runs. */
async function findHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const holder = holderSchema.safeParse(parseJson(text));
  if (!holder.success) return undefined;
  const started = await readStartTime(holder.data.pid);
  return started === holder.data.started ? holder.data.pid : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
