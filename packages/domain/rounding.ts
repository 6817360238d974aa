/** Rounding of billed time. `private.round_seconds` in the database does it; this shows it, and must agree. */

export const roundingMinutes = [0, 1, 5, 6, 10, 15, 30] as const;
export const roundingDirections = ["up", "down", "nearest"] as const;
export const roundingScopes = ["entry", "day", "line"] as const;
export type RoundingDirection = (typeof roundingDirections)[number];

/** Whole seconds in steps of so many minutes; `nearest` takes a half up. 0 minutes leave the time as it is. */
export function roundSeconds(seconds: number, minutes: number, direction: RoundingDirection): number {
  if (minutes === 0) return seconds;
  const step = minutes * 60;
  const steps = {
    up: Math.ceil(seconds / step),
    down: Math.floor(seconds / step),
    nearest: Math.floor(seconds / step + 0.5),
  };
  return steps[direction] * step;
}
