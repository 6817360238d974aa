/** From lines of work to words for them: redacted, asked once for many, checked. */
import type { BillhookClient } from "@billhook/database/client";
import { readCachedWords, type WordConnection, type WordExample } from "@billhook/database/words";
import { createRedactor, type Redactor } from "@billhook/describe/redact";
import { checkWords } from "@billhook/describe/summary-check";
import { type PreparedWork, prepareWork, type Work } from "@billhook/describe/summary-input";
import { linesSchema, promptLines, promptVersion } from "@billhook/describe/summary-prompt";
import type * as z from "zod";
import type { ModelAccess } from "./connection.ts";
import { askWithinBudget, digest, type Unworded, unworded } from "./request.ts";

/** Lines of one request, and UTF-16 units of all that is sent for them. */
const linesPerRequest = 20;
const lengthPerRequest = 60_000;
const requestsAtOnce = 3;

export interface AskedLine {
  id: string;
  clientId: string;
  locale: string;
  work: Work;
}

export type LineWords = { words: string } | Unworded;

interface PreparedLine extends AskedLine {
  prepared: PreparedWork;
  key: string;
}

export const noKey = "There is no key for the model. Set one in the settings, under Words.";

/** Answers for every line, by its id. Throws on a bug only. */
export async function askForWords(
  db: BillhookClient,
  connection: WordConnection,
  access: ModelAccess,
  lines: readonly AskedLine[],
  options: { kind: "lines" | "preview"; examples: Record<string, WordExample[]> },
): Promise<Map<string, LineWords>> {
  const answers = new Map<string, LineWords>();
  const redactor = createRedactor(connection.code_names);
  const prepared: PreparedLine[] = [];
  for (const line of lines) {
    const work = await prepareWork(line.work, redactor);
    const key = await digest([promptVersion, access.model.id, line.locale, work.input]);
    prepared.push({ ...line, prepared: work, key });
  }
  const cached = await readCachedWords(db, connection.workspace_id, [...new Set(prepared.map(({ key }) => key))]);
  const known = cached.ok ? cached.value : {};
  const open: PreparedLine[] = [];
  for (const line of prepared) {
    const words = known[line.key];
    if (words === undefined) open.push(line);
    else answers.set(line.id, { words: redactor.restore(words) });
  }
  const requests = splitRequests(open);
  const askNext = async (): Promise<void> => {
    for (let request = requests.shift(); request !== undefined; request = requests.shift()) {
      const examples = await redactExamples(options.examples[request[0]?.clientId ?? ""] ?? [], redactor);
      const answered = await askOnce(db, connection, access, request, options.kind, examples);
      for (const [id, words] of answered) {
        answers.set(id, words.words === null ? words : { words: redactor.restore(words.words) });
      }
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, askNext));
  return answers;
}

/** What people made of earlier words is somebody's text as well. */
export async function redactExamples(examples: readonly WordExample[], redactor: Redactor): Promise<WordExample[]> {
  const redacted: WordExample[] = [];
  for (const { proposed, final } of examples) {
    const [before, after] = [await redactor.redact(proposed), await redactor.redact(final)];
    redacted.push({ proposed: before.text, final: after.text });
  }
  return redacted;
}

/** One client's lines at a time: a language, and what that client's lines were made of before. */
function splitRequests(lines: readonly PreparedLine[]): PreparedLine[][] {
  const requests: PreparedLine[][] = [];
  for (const ofClient of Map.groupBy(lines, ({ clientId }) => clientId).values()) {
    let request: PreparedLine[] = [];
    let length = 0;
    for (const line of ofClient) {
      const own = JSON.stringify(line.prepared.input).length;
      if (request.length > 0 && (request.length >= linesPerRequest || length + own > lengthPerRequest)) {
        requests.push(request);
        [request, length] = [[], 0];
      }
      request.push(line);
      length += own;
    }
    if (request.length > 0) requests.push(request);
  }
  return requests;
}

async function askOnce(
  db: BillhookClient,
  connection: WordConnection,
  access: ModelAccess,
  lines: readonly PreparedLine[],
  kind: "lines" | "preview",
  examples: readonly WordExample[],
): Promise<Map<string, LineWords>> {
  const locale = lines[0]?.locale ?? "en";
  const answer = await askWithinBudget(db, connection, access, {
    kind,
    prompt: promptLines(
      lines.map(({ prepared }) => prepared.input),
      locale,
      examples,
    ),
    schema: linesSchema,
    lines: lines.length,
    sent: {
      language: locale,
      ...(examples.length === 0 ? {} : { examples: examples.map((example) => ({ ...example })) }),
      lines: lines.map(({ prepared }) => ({ ...prepared.shown, taken_out: prepared.found })),
    },
    keep: (value) => {
      const words = checkAnswer(value, lines);
      return Object.fromEntries(
        lines.flatMap(({ id, key }) => {
          const own = words.get(id);
          return own === undefined || own.words === null ? [] : [[key, own.words]];
        }),
      );
    },
  });
  return "value" in answer ? checkAnswer(answer.value, lines) : new Map(lines.map(({ id }) => [id, answer]));
}

/** A line that was answered twice, or not at all, keeps its words. */
function checkAnswer(answer: z.infer<typeof linesSchema>, lines: readonly PreparedLine[]): Map<string, LineWords> {
  return new Map(
    lines.map(({ id, locale }, index): [string, LineWords] => {
      const [own, ...others] = answer.lines.filter(({ line }) => line === index + 1);
      if (own === undefined || others.length > 0) return [id, unworded("The model did not answer for this line.")];
      const checked = checkWords(own.words, locale);
      return [id, checked.ok ? { words: checked.words } : unworded(checked.reason)];
    }),
  );
}
