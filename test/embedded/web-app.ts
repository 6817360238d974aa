import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { type Dirent, existsSync } from "node:fs";
import { glob, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { addFonts, fontFiles } from "./fonts.ts";
import { cacheFolder, keepNewest, repositoryFolder } from "./paths.ts";

const SOURCES = ["web/**/*", "packages/{domain,database}/**/*.ts", "package-lock.json"];
const BUILDS_KEPT = 4;
const exclude = (entry: Dirent): boolean =>
  entry.name === "node_modules" || entry.name === "dist" || /\.test\.tsx?$/.test(entry.name);

/**
 * The folder with the built web app: built with vite when its sources are not those of the last build, kept by their hash.
 * Each build has its own folder, so a running stack never loses files to a newer one.
 */
export async function buildWebApp(): Promise<string> {
  if (!existsSync(join(repositoryFolder, "web/vite.config.ts"))) return preparePlaceholder();
  const folder = join(cacheFolder, `web-${await hashSources()}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  const vite = join(repositoryFolder, "node_modules/vite/bin/vite.js");
  await promisify(execFile)(
    process.execPath,
    [vite, "build", "--outDir", draft, "--emptyOutDir", "--logLevel", "error"],
    {
      cwd: join(repositoryFolder, "web"),
    },
  ).catch((error: unknown) => {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Error(`The web app does not build:\n${output}`);
  });
  await addFonts(draft);
  // Two stacks starting at once build the same thing; either may keep it.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  await keepNewest("web-", BUILDS_KEPT);
  return folder;
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  // Under a test runner React comes with its warnings, and half as large again: no build to run or to measure otherwise.
  hash.update(process.env["NODE_ENV"] ?? "");
  const files: string[] = [];
  for (const pattern of SOURCES) {
    for await (const entry of glob(pattern, { cwd: repositoryFolder, withFileTypes: true, exclude })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
    }
  }
  for (const file of files.toSorted()) {
    hash.update(`\0${file.slice(repositoryFolder.length)}\0`).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** A page that only says the API is there: for when there is no web app, or no need of one. */
export async function preparePlaceholder(): Promise<string> {
  const names = createHash("sha256")
    .update(fontFiles.map(({ name }) => name).join())
    .digest("hex");
  const folder = join(cacheFolder, `placeholder-${names.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await addFonts(draft);
  await writeFile(join(draft, "index.html"), "<!doctype html><title>Billhook</title><p>The API is running.</p>\n");
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return folder;
}
