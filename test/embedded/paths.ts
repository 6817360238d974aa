import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, without a slash at the end. */
export const repositoryFolder = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Where what can be built again is kept between runs, in folders named by what they were built from. */
export const cacheFolder = join(repositoryFolder, "node_modules/.cache/billhook");

/** Removes the oldest folders of one kind from the cache. Those of stacks that run now are among the newest. */
export async function keepNewest(prefix: string, count: number): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => name.startsWith(prefix) && /-[0-9a-f]{16}$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cacheFolder, name))).mtimeMs })),
  );
  const old = dated.toSorted((one, other) => other.at - one.at).slice(count);
  await Promise.all(old.map(({ name }) => rm(join(cacheFolder, name), { recursive: true, force: true })));
}
