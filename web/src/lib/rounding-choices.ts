/** How billed time is rounded, as people choose it. */
import { type RoundingDirection, roundingMinutes } from "@billhook/domain/rounding";

export const roundingSteps: readonly { value: string; label: string }[] = roundingMinutes.map((minutes) => ({
  value: String(minutes),
  label: minutes === 0 ? "Not rounded" : minutes === 1 ? "To 1 minute" : `To ${minutes} minutes`,
}));

export const roundingDirectionNames: Readonly<Record<RoundingDirection, string>> = {
  nearest: "to the nearest",
  up: "up",
  down: "down",
};

export const roundingScopeNames: Readonly<Record<"entry" | "day" | "line", string>> = {
  entry: "each entry",
  day: "each day",
  line: "each line",
};
