/**
 * Random histories through real git repositories and the real receiver. HISTORIES=500 runs so many of each kind, without a
 * limit of time; SEED=… begins with another one than is printed.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { History, type Line, step } from "./history.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const asked = Number(process.env["HISTORIES"] ?? Number.NaN);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const bounds = Number.isNaN(asked) ? { numRuns: 25, interruptAfterTimeLimit: 35_000 } : { numRuns: asked };
const mostMs = Number.isNaN(asked) ? 120_000 : asked * 20_000 + 60_000;

async function check(history: History): Promise<void> {
  const lines = await history.lines();
  const byWork = Map.groupBy(
    lines.flatMap((line) => line.files.map((path) => ({ path, line }))),
    ({ path }) => path,
  );
  const missing = history.toldWorks().filter((path) => !byWork.has(path));
  if (missing.length > 0) throw new Error(`${missing.join(", ")} is not proposed: ${await history.describe()}`);
  for (const [path, found] of byWork) {
    const [first, ...others] = found.map(({ line }) => line);
    if (others.length === 0 || first === undefined) continue;
    if (!history.doubtful.has(path) && !history.wasRefused)
      throw new Error(`${path} is proposed twice: ${await history.describe()}`);
    for (const other of others) await expectLinked(history, other, [first, ...others]);
  }
  const flagged = lines.filter(
    ({ suspected, files }) => suspected.length > 0 && !files.some((p) => history.doubtful.has(p)),
  );
  if (!history.wasRefused) expect(flagged).toEqual([]);
  for (const [id, status] of history.settled) expect(lines.find((line) => line.id === id)).toMatchObject({ status });
}

/** What is proposed a second time says of which line it may be a rewriting, or that line says it. */
async function expectLinked(history: History, line: Line, all: Line[]): Promise<void> {
  const others = all.filter(({ id }) => id !== line.id);
  const named = new Set(await history.suspectedLines(line));
  const naming = await Promise.all(others.map((other) => history.suspectedLines(other)));
  if (!others.some(({ id }) => named.has(id)) && !naming.some((ids) => ids.includes(line.id)))
    throw new Error(`${line.files.join(", ")} is proposed twice without a word: ${await history.describe()}`);
}

test.each([
  ["that the clone tells itself", { hosted: false, refuses: false }],
  ["at a host that is asked, and whose webhooks get lost", { hosted: true, refuses: false }],
  ["at a host that refuses to be asked for a while", { hosted: true, refuses: true }],
])(
  "in any history %s every piece of work is proposed exactly once, and nothing settled comes back",
  async (_where, options) => {
    console.info(`histories: seed ${seed}`);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const history = await History.begin(harness, options);
        try {
          for (const each of steps) await history.take(each);
          await history.finish();
          await check(history);
        } finally {
          await history.close();
        }
      }),
      { ...bounds, seed, verbose: true, endOnFailure: true },
    );
  },
  mostMs,
);
