import { expect, test } from "vitest";
import { runEstimate } from "./estimate.ts";

const commit = (hash: string, time: string, extra: object = {}) =>
  JSON.stringify({
    type: "commit",
    hash,
    day: time.slice(0, 10),
    authored_at: time,
    files: 2,
    additions: 40,
    deletions: 3,
    source_files: 2,
    source_additions: 40,
    source_deletions: 3,
    binary_files: 0,
    ...extra,
  });
const approved = (date: string, minutes: number) => JSON.stringify({ type: "approved", date, minutes });

const lines = [
  commit("a1", "2026-03-02T09:00:00+02:00"),
  commit("a2", "2026-03-02T10:00:00+02:00"),
  approved("2026-03-02", 300),
  commit("b1", "2026-03-03T09:00:00+02:00"),
];

async function run(input: Parameters<typeof runEstimate>[0]) {
  let written = "";
  const outcome = await runEstimate(input, (text) => {
    written += text;
  });
  return { outcome, written };
}

test("each commit gets one line with its hash, minutes, range and method, in order", async () => {
  const { outcome, written } = await run(`${lines.join("\n")}\n`);
  expect(outcome).toEqual({ ok: true, commits: 3 });
  const rows: unknown[] = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([{ hash: "a1" }, { hash: "a2" }, { hash: "b1" }]);
  const number = expect.any(Number);
  for (const row of rows) {
    expect(row).toEqual({
      hash: expect.any(String),
      minutes: number,
      low: number,
      high: number,
      method: "calibrated",
    });
  }
});

test("it makes no difference how the input is cut, which line ends it has, or whether the last line is ended", async () => {
  const { written } = await run(lines.join("\n"));
  const other = `\uFEFF${lines.join("\r\n\r\n")}`;
  async function* cut(size: number) {
    for (let at = 0; at < other.length; at += size) yield other.slice(at, at + size);
  }
  for (const size of [1, 7, 1000]) expect((await run(cut(size))).written).toBe(written);
});

test("a line that is not JSON, or not of a history, is named by its number, and nothing is written", async () => {
  const failing = [
    ["{", "not JSON"],
    ["[1]", ""],
    ['{"type":"timer"}', "type"],
    [commit("c1", "2026-03-04T09:00:00Z", { day: "4 March" }), "day"],
    [commit("", "2026-03-04T09:00:00Z"), "hash"],
    ['{"type":"approved","date":"2026-03-02","minutes":"300"}', "minutes"],
  ] as const;
  for (const [line, message] of failing) {
    const { outcome, written } = await run([...lines, "", line, ...lines].join("\n"));
    expect(outcome).toEqual({ ok: false, line: 6, message: expect.stringContaining(message) });
    expect(written).toBe("");
  }
});

test("unknown counts and times are no error", async () => {
  const odd = commit("a1", "2026-03-02T09:00:00Z", {
    authored_at: null,
    files: null,
    additions: "many",
    deletions: -3,
  });
  expect((await run(odd)).outcome).toEqual({ ok: true, commits: 1 });
});

test("no input gives no output", async () => {
  expect(await run("")).toEqual({ outcome: { ok: true, commits: 0 }, written: "" });
});
