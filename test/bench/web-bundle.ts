import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildWebApp } from "../embedded/web-app.ts";
import type { Row } from "./row.ts";

const BUDGET_KIB = 180;

/** The JavaScript that a browser loads to show the inbox, as a server sends it. */
export async function measureWebBundle(): Promise<Row[]> {
  const folder = await buildWebApp();
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const assets = join(folder, "assets");
  const entry = /<script[^>]+src="\/assets\/([^"]+\.js)"/.exec(html)?.[1];
  const inbox = readdirSync(assets).find((name) => /^inbox-page-.*\.js$/.test(name));
  if (entry === undefined || inbox === undefined) throw new Error("The built web app has no inbox.");
  const files = findFilesOnTheWay(assets, entry, inbox);
  const bytes = [...files].map((name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).byteLength);
  return [
    {
      name: "JavaScript of the inbox, gzipped",
      value: bytes.reduce((sum, size) => sum + size, 0) / 1024,
      unit: "KiB",
      baseline: BUDGET_KIB,
      against: "the budget",
    },
  ];
}

/** The chunks on the shortest way from one to the other over static and dynamic imports, with all they import statically. */
function findFilesOnTheWay(assets: string, entry: string, target: string): Set<string> {
  const parents = new Map<string, string | null>([[entry, null]]);
  const queue = [entry];
  for (const name of queue) {
    const { fixed, later } = importsOf(assets, name);
    for (const next of [...fixed, ...later]) {
      if (parents.has(next)) continue;
      parents.set(next, name);
      queue.push(next);
    }
  }
  const files = new Set<string>();
  const add = (name: string): void => {
    if (files.has(name)) return;
    files.add(name);
    for (const next of importsOf(assets, name).fixed) add(next);
  };
  for (let name: string | null = target; name !== null; name = parents.get(name) ?? null) add(name);
  return files;
}

function importsOf(assets: string, name: string): { fixed: string[]; later: string[] } {
  const text = readFileSync(join(assets, name), "utf8");
  const names = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");
  return {
    fixed: names(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g),
    later: names(/\bimport\(\s*["'`]\.\/([\w.-]+\.js)["'`]\s*\)/g),
  };
}
