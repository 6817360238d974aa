/** A commit of several people: who gets which part of its time, by the project's rule. */
import { splitMinutes } from "./estimate/calibrated.ts";
import type { PairRule } from "./git-config.ts";

/** Each person's part of the commit's time, 0 to 1, the author first; five decimals, as the database keeps it. */
export function findShares(rule: PairRule, people: number): number[] {
  if (rule === "author_only" || people <= 1) return [1];
  const share = rule === "split" ? Math.floor(100_000 / people) / 100_000 : 1;
  return Array.from({ length: people }, () => share);
}

export interface Range {
  minutes: number;
  low: number;
  high: number;
}

/**
 * The estimate by shares. Parts of one whole add up to it, to the minute, as do the lows and highs; shares of 1 are each
 * the whole. `low <= minutes <= high` holds for every part.
 */
export function shareRange({ minutes, low, high }: Range, shares: readonly number[]): Range[] {
  if (shares.every((share) => share >= 1)) return shares.map(() => ({ minutes, low, high }));
  const lows = splitMinutes(low, shares);
  const rises = splitMinutes(minutes - low, shares);
  const reaches = splitMinutes(high - minutes, shares);
  return shares.map((_, index) => {
    const least = lows[index] ?? 0;
    const own = least + (rises[index] ?? 0);
    return { minutes: own, low: least, high: own + (reaches[index] ?? 0) };
  });
}
