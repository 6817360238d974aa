/** The words of one line that stands for several. */
import type { BillhookClient } from "@billhook/database/client";
import { readCachedWords, type RollUpLines, type WordAccess } from "@billhook/database/words";
import { createRedactor } from "@billhook/describe/redact";
import { checkWords } from "@billhook/describe/summary-check";
import { promptSprint, promptVersion, sprintSchema } from "@billhook/describe/summary-prompt";
import { rollUp } from "@billhook/domain/roll-up";
import { type LineWords, redactExamples } from "./ask.ts";
import type { ModelAccess } from "./connection.ts";
import { askWithinBudget, digest, unworded } from "./request.ts";

/** Things done that are told of; UTF-16 units of each. */
const mostBullets = 100;
const longestBullet = 400;

export async function askForRollUp(
  db: BillhookClient,
  connection: WordAccess,
  access: ModelAccess,
  work: RollUpLines,
): Promise<LineWords> {
  const redactor = createRedactor(connection.code_names);
  const bullets: string[] = [];
  for (const bullet of rollUp(work.lines).bullets.slice(0, mostBullets)) {
    bullets.push((await redactor.redact(bullet)).text.slice(0, longestBullet));
  }
  const about = work.about === null ? null : (await redactor.redact(work.about)).text.slice(0, longestBullet);
  const key = await digest([promptVersion, access.model.id, work.locale, "sprint", bullets, about]);
  const cached = await readCachedWords(db, work.workspace_id, [key]);
  const known = cached.ok ? cached.value[key] : undefined;
  if (known !== undefined) return { words: redactor.restore(known) };
  const examples = await redactExamples(connection.examples[work.client_id] ?? [], redactor);
  const answer = await askWithinBudget(db, connection, access, {
    kind: "sprint",
    prompt: promptSprint(bullets, about, work.locale, examples),
    schema: sprintSchema,
    lines: 1,
    sent: { language: work.locale, lines: [{ messages: bullets, project: about ?? "" }] },
    keep: ({ words }) => {
      const checked = checkWords(words, work.locale);
      return checked.ok ? { [key]: checked.words } : {};
    },
  });
  if (!("value" in answer)) return answer;
  const checked = checkWords(answer.value.words, work.locale);
  return checked.ok ? { words: redactor.restore(checked.words) } : unworded(checked.reason);
}
