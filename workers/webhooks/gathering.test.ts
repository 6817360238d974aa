import { afterEach, describe, expect, test, vi } from "vitest";
import { type Asking, Gathering } from "./gathering.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Answers each question with itself doubled, and keeps what was asked together. */
function askingDoubles(change: Partial<Asking<number, number>> = {}) {
  const rounds: number[][] = [];
  const kept: Promise<unknown>[] = [];
  const asking: Asking<number, number> = {
    askAll: async (questions) => {
      rounds.push(questions);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return questions.map((question) => question * 2);
    },
    unanswered: () => -1,
    waitUntil: (promise) => kept.push(promise),
    ...change,
  };
  return { asking, rounds, kept };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("gathering", () => {
  test("asks a lone question straight away", async () => {
    const gathering = new Gathering<number, number>();
    const { asking, rounds } = askingDoubles();
    expect(await gathering.ask(21, 1, asking)).toBe(42);
    expect(rounds).toEqual([[21]]);
  });

  test("asks together what arrives while a question is under way, and gives each its own answer", async () => {
    const gathering = new Gathering<number, number>();
    const { asking, rounds } = askingDoubles();
    const first = gathering.ask(1000, 1, asking);
    await Promise.resolve();
    const answers = await Promise.all(range(50).map((question) => gathering.ask(question, 1, asking)));
    expect(await first).toBe(2000);
    expect(answers).toEqual(range(50).map((question) => question * 2));
    expect(rounds).toEqual([[1000], range(50)]);
  });

  test("never puts more together than goes into one statement", async () => {
    const gathering = new Gathering<number, number>();
    const { asking, rounds } = askingDoubles();
    await Promise.all(range(500).map((question) => gathering.ask(question, 1, asking)));
    expect(Math.max(...rounds.map((round) => round.length))).toBeLessThanOrEqual(64);
    expect(rounds.flat().toSorted((a, b) => a - b)).toEqual(range(500));
  });

  test("leaves a large question to itself", async () => {
    const gathering = new Gathering<number, number>();
    const { asking, rounds } = askingDoubles();
    const megabytes = 20 * 1024 * 1024;
    await Promise.all([
      gathering.ask(1, 1, asking),
      gathering.ask(2, megabytes, asking),
      gathering.ask(3, megabytes, asking),
    ]);
    expect(rounds.every((round) => round.length === 1)).toBe(true);
  });

  test.each([
    ["cannot be answered together", () => Promise.resolve(null)],
    ["fails", () => Promise.reject(new Error("no"))],
  ])("lets each ask by itself where the common question %s", async (_name, refuse) => {
    const gathering = new Gathering<number, number>();
    const rounds: number[][] = [];
    const { asking } = askingDoubles({
      askAll: (questions) => {
        rounds.push(questions);
        return questions.length > 1 ? refuse() : Promise.resolve(questions.map((question) => question * 2));
      },
    });
    const first = gathering.ask(0, 1, asking);
    expect(await Promise.all([1, 2, 3].map((question) => gathering.ask(question, 1, asking)))).toEqual([2, 4, 6]);
    expect(await first).toBe(0);
    expect(rounds).toEqual([[0], [1, 2, 3], [1], [2], [3]]);
  });

  test("throws what the question of a single request throws", async () => {
    const gathering = new Gathering<number, number>();
    const { asking } = askingDoubles({ askAll: () => Promise.reject(new Error("no such thing")) });
    await expect(gathering.ask(1, 1, asking)).rejects.toThrow("no such thing");
  });

  test("tells those whose leader is lost before their hosts give up, and does not lead others astray", async () => {
    vi.useFakeTimers();
    const gathering = new Gathering<number, number>();
    const lost = askingDoubles({ askAll: () => new Promise(() => undefined) });
    const first = gathering.ask(1, 1, lost.asking);
    const follower = gathering.ask(2, 1, lost.asking);
    await vi.advanceTimersByTimeAsync(1000);
    const { asking } = askingDoubles();
    const later = gathering.ask(3, 1, asking);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await later).toBe(6);
    await vi.advanceTimersByTimeAsync(7500);
    expect(await Promise.all([first, follower])).toEqual([-1, -1]);
  });

  test("keeps the asking request alive until its answers are handed out", async () => {
    const gathering = new Gathering<number, number>();
    const { asking, kept } = askingDoubles();
    await Promise.all(range(3).map((question) => gathering.ask(question, 1, asking)));
    expect(kept.length).toBeGreaterThan(0);
    await expect(Promise.all(kept)).resolves.toBeDefined();
  });
});
