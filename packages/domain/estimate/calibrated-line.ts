/** One line of a person's history, as `billhook estimate` reads it and other tools write it: the names are theirs. */
import * as z from "zod";
import type { DayCommit } from "./calibrated-day.ts";

export interface CommitLine extends DayCommit {
  type: "commit";
  day: string;
}

/** What was approved for a day, in minutes; stands after the day's commits. */
export interface ApprovedLine {
  type: "approved";
  date: string;
  minutes: number;
}

export type HistoryLine = CommitLine | ApprovedLine;

const date = z.iso.date();
/** Anything that is no number is an unknown count: an estimate without it, and a flag, beats none. */
const count = z.number().nullable().catch(null).default(null);

const commitLine = z.object({
  type: z.literal("commit"),
  hash: z.string().min(1),
  day: date,
  authored_at: z.string().nullable().catch(null).default(null),
  files: count,
  additions: count,
  deletions: count,
  source_files: count,
  source_additions: count,
  source_deletions: count,
  binary_files: count,
});

const approvedLine = z.object({ type: z.literal("approved"), date, minutes: z.number() });

const historyLine = z.discriminatedUnion("type", [commitLine, approvedLine]);

export type ParsedLine = { ok: true; line: HistoryLine } | { ok: false; message: string };

/** Parses the JSON value of one line; the message says which field is wrong and how. */
export function parseHistoryLine(value: unknown): ParsedLine {
  const parsed = historyLine.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join(".") ?? "";
    const message = issue?.message ?? "not a line of a history";
    return { ok: false, message: field === "" ? message : `${field}: ${message}` };
  }
  const { data } = parsed;
  if (data.type === "approved") return { ok: true, line: data };
  return {
    ok: true,
    line: {
      type: "commit",
      hash: data.hash,
      day: data.day,
      authoredAt: data.authored_at,
      files: data.files,
      additions: data.additions,
      deletions: data.deletions,
      sourceFiles: data.source_files,
      sourceAdditions: data.source_additions,
      sourceDeletions: data.source_deletions,
      binaryFiles: data.binary_files,
    },
  };
}
