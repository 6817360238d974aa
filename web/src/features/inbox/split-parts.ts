import { parseDuration, readDuration } from "@billhook/domain/duration";
import type { DraftPart } from "@billhook/database/drafts";

/** A part as it is typed; `project` and `date` as in an edit. */
export interface PartTexts {
  key: string;
  /** `1:30`, `40 %`, or empty: what the others leave. */
  size: string;
  description: string;
  project: string;
  date: string;
  /** An invoice draft's id, `new`, `new 2`; empty: it stays open in the inbox. */
  invoice: string;
}

export interface ReadParts {
  /** Whole minutes of each part, null where its size cannot be read. */
  minutes: (number | null)[];
  /** What is wrong with each part; undefined where nothing is. */
  errors: (string | undefined)[];
  /** What the parts lack (negative: have too much) beside the whole. */
  missing: number;
}

const percentOf = (text: string): number | null => {
  const match = /^(\d{1,3}(?:[.,]\d{1,4})?)\s*%$/u.exec(text.trim());
  return match === null ? null : Number((match[1] ?? "").replace(",", "."));
};

/** Reads sizes in hours or per cent of `total` minutes. Percentages are rounded on their running sum: 3 × 33.3 % leave a rest. */
export function readParts(
  parts: readonly Pick<PartTexts, "size" | "description" | "date">[],
  total: number,
): ReadParts {
  let percent = 0;
  const sizes = parts.map(({ size }): number | "rest" | null => {
    const text = size.trim();
    if (text === "") return "rest";
    const share = percentOf(text);
    if (share !== null) {
      const before = Math.round((total * percent) / 100);
      percent += share;
      return Math.round((total * percent) / 100) - before;
    }
    const minutes = readDuration(text);
    return minutes === null ? null : Math.round(minutes);
  });
  const taken = sizes.reduce<number>((sum, size) => sum + (typeof size === "number" ? size : 0), 0);
  const rests = sizes.filter((size) => size === "rest").length;
  const minutes = sizes.map((size) => (size === "rest" ? (rests === 1 ? total - taken : null) : size));
  const errors = parts.map((part, at): string | undefined => {
    const size = sizes[at] ?? null;
    const own = minutes[at] ?? null;
    if (part.description.trim() === "") return "Write what was done: the client reads it.";
    if (part.date === "") return "Enter the day of the work.";
    if (size === "rest" && rests > 1) return "Only one part can be what the others leave.";
    if (size === null) {
      const parsed = parseDuration(part.size);
      return parsed.ok ? undefined : parsed.error.replace("1h 30m.", "1h 30m, or as 40 %.");
    }
    if (own !== null && own < 1) return size === "rest" ? "The others leave nothing." : "A part has at least a minute.";
    return undefined;
  });
  const sum = minutes.reduce<number>((all, each) => all + (each ?? 0), 0);
  return { minutes, errors, missing: total - sum };
}

/** The parts as they are sent; only what differs from the line. */
export const toParts = (
  parts: readonly PartTexts[],
  minutes: readonly (number | null)[],
  line: { description: string; project_id: string; start_date: string },
): DraftPart[] =>
  parts.map((part, at) => ({
    minutes: minutes[at] ?? 0,
    ...(part.description.trim() === line.description ? {} : { description: part.description.trim() }),
    ...(part.project === line.project_id ? {} : { project_id: part.project }),
    ...(part.date === line.start_date ? {} : { start_date: part.date }),
    ...(part.invoice === "" ? {} : { invoice: part.invoice }),
  }));
