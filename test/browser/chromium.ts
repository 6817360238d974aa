import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Where an installed Chrome or Chromium is usually found. */
const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * Starts a headless Chromium: the one of CHROME_PATH when it is set; else the one among the project's packages, which
 * runs on Linux on x64; else an installed one; else one that Playwright has downloaded.
 */
export async function launchBrowser(): Promise<Browser> {
  const { CHROME_PATH: chosen } = process.env;
  if (chosen !== undefined && chosen !== "") return launch(chosen);
  const failures: unknown[] = [];
  for (const find of [findPackaged, findInstalled, findDownloaded]) {
    try {
      return await launch(await find());
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, "No Chromium starts here. Install one, or say where it is with CHROME_PATH.");
}

function launch(executablePath: string | undefined): Promise<Browser> {
  // Chromium's sandbox does not work for root, which is who runs most CI.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return playwright.launch(executablePath === undefined ? { args } : { executablePath, args });
}

/** Without the package's own arguments: they lift what a browser forbids (CORS), and run it in a single process. */
async function findPackaged(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error("The packaged Chromium is for Linux on x64.");
  return chromium.executablePath();
}

function findInstalled(): Promise<string> {
  const path = USUAL_PLACES.find((place) => existsSync(place));
  return path === undefined ? Promise.reject(new Error("No Chrome in the usual places.")) : Promise.resolve(path);
}

/** Undefined lets Playwright use its own. */
function findDownloaded(): Promise<undefined> {
  return Promise.resolve(undefined);
}
