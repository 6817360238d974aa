/** What a model is told of a line of work: bounded, and redacted before anything is cut. */
import type { FileChange } from "@billhook/domain/push";
import { type DiffText, selectDiff } from "./diff-text.ts";
import type { RedactedKind, Redactor } from "./redact.ts";
import { truncate } from "./text.ts";

export interface Work {
  /** The commits' messages, oldest first. */
  messages: string[];
  files: FileChange[] | null;
  /** Patch text, where the host gave it; kept nowhere. */
  diff: string | null;
  ticket: { title: string; type: string | null; labels: string[] } | null;
  project: string;
}

/** As it is sent. */
export interface WorkInput {
  messages: string[];
  files: string[];
  ticket: { title: string; type: string | null; labels: string[] } | null;
  project: string;
  diff: string;
}

export interface PreparedWork {
  input: WorkInput;
  /** What may be kept of it for people to look at: everything but the diff, of which its size and files. */
  shown: Omit<WorkInput, "diff"> & { diff: { lines: number; files: string[] } | null };
  found: Partial<Record<RedactedKind, number>>;
}

const MAX_MESSAGES = 12;
const MAX_MESSAGE_LENGTH = 2000;
const MAX_FILES = 40;

export async function prepareWork(work: Work, redactor: Redactor): Promise<PreparedWork> {
  const found: PreparedWork["found"] = {};
  const redact = async (text: string, length: number): Promise<string> => {
    const redacted = await redactor.redact(text);
    for (const [kind, count] of Object.entries(redacted.found)) {
      found[kind as RedactedKind] = (found[kind as RedactedKind] ?? 0) + count;
    }
    return truncate(redacted.text, length);
  };
  const messages: string[] = [];
  for (const message of work.messages.slice(0, MAX_MESSAGES)) messages.push(await redact(message, MAX_MESSAGE_LENGTH));
  const paths = (work.files ?? []).slice(0, MAX_FILES).map(({ path }) => path);
  const files = paths.length === 0 ? [] : (await redact(paths.join("\n"), 8000)).split("\n");
  const ticket =
    work.ticket === null
      ? null
      : {
          title: await redact(work.ticket.title, 300),
          type: work.ticket.type === null ? null : await redact(work.ticket.type, 60),
          labels: await Promise.all(work.ticket.labels.slice(0, 10).map((label) => redact(label, 60))),
        };
  const diff: DiffText | null = work.diff === null ? null : selectDiff(await redact(work.diff, 200_000));
  const input = { messages, files, ticket, project: await redact(work.project, 200), diff: diff?.text ?? "" };
  const { diff: _diff, ...kept } = input;
  return { input, shown: { ...kept, diff: diff === null ? null : { lines: diff.lines, files: diff.files } }, found };
}
