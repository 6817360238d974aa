/** What about a model's words needs a secret: its key, and trying them out. */
import {
  checkWordManager,
  previewWords,
  readRollUpLines,
  readWordAccess,
  setWordKey,
  type WordLine,
} from "@billhook/database/words";
import { describeCommit } from "@billhook/describe/template";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { encryptSecret } from "../secrets.ts";
import { askForWords, noKey } from "../words/ask.ts";
import { findModelAccess, wordKeyContext } from "../words/connection.ts";
import { readDiffs } from "../words/diffs.ts";
import { askForRollUp } from "../words/roll-up.ts";
import { toAsked, withTicket } from "../words/write.ts";

const linesOfPreview = 6;

const keySchema = z.object({
  workspace_id: z.uuid(),
  api_key: z
    .string()
    .trim()
    .min(8, "is too short for a key")
    .max(500)
    .regex(/^[\x21-\x7e]+$/, "has characters that no key has"),
  base_url: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .max(1000)
    .nullish(),
});

/** POST /api/words/key: the workspace's own key for the model. It is stored encrypted and never shown again. */
export async function replaceWordKey(request: Request, settings: Settings): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, keySchema);
  if (body instanceof Response) return body;
  const set = await setWordKey(person, body.workspace_id, {
    ciphertext: await encryptSecret(settings.encryptionKeys, wordKeyContext(body.workspace_id), body.api_key),
    hint: body.api_key.slice(-4),
    baseUrl: body.base_url ?? null,
  });
  return set.ok ? new Response(null, { status: 204 }) : databaseProblem(set.error);
}

/** What the template makes of the line's newest commit. */
function wordByTemplate({ commits, description }: WordLine): string {
  const commit = commits.at(-1);
  if (commit === undefined) return description;
  const nobody = { name: null, email: null, username: null };
  const unknown = { parents: null, committer: null, authoredAt: null, committedAt: null, url: null, patchId: null };
  return describeCommit({ ...commit, author: nobody, ...unknown }).description;
}

/** POST /api/projects/{id}/words: the newest lines in both strategies' words. Nothing is changed; what it costs is paid. */
export async function previewProjectWords(request: Request, settings: Settings, projectId: string): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  if (!isUuid(projectId)) return problem(404, "There is no such project.");
  const checked = await checkWordManager(person, projectId);
  if (!checked.ok) return databaseProblem(checked.error);
  const db = serviceDatabase(settings);
  const begun = await previewWords(db, projectId, linesOfPreview);
  if (!begun.ok) return databaseProblem(begun.error);
  const access = await findModelAccess(settings, begun.value);
  if (access === null) return problem(409, noKey);
  const { lines, examples } = begun.value;
  const diffs = await readDiffs(db, settings, lines);
  const asked = lines.map((line) => toAsked(line, diffs.get(line.draft_id) ?? null));
  const words = await askForWords(db, begun.value, access, asked, { kind: "preview", examples });
  return Response.json(
    {
      lines: lines.map((line) => {
        const answer = words.get(line.draft_id);
        return {
          draft_id: line.draft_id,
          template: wordByTemplate(line),
          summary: answer?.words == null ? null : withTicket(answer.words, line.ticket_key),
          reason: answer?.words === null ? answer.reason : null,
          subject: line.commits.at(-1)?.message.split("\n", 1)[0] ?? "",
        };
      }),
    },
    { headers: { "cache-control": "private, no-store" } },
  );
}

const rollUpSchema = z.object({ draft_ids: z.array(z.uuid()).min(1).max(500) });

/** POST /api/words/roll-up {draft_ids}: words for one line that stands for several. Nothing is changed. */
export async function wordRollUp(request: Request, settings: Settings): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, rollUpSchema);
  if (body instanceof Response) return body;
  const work = await readRollUpLines(person, body.draft_ids);
  if (!work.ok) return databaseProblem(work.error);
  const db = serviceDatabase(settings);
  const connection = await readWordAccess(db, work.value.workspace_id);
  if (!connection.ok) return databaseProblem(connection.error);
  const access = await findModelAccess(settings, connection.value);
  if (access === null) return problem(409, noKey);
  const answer = await askForRollUp(db, connection.value, access, work.value);
  return Response.json(
    { words: answer.words, reason: answer.words === null ? answer.reason : null },
    { headers: { "cache-control": "private, no-store" } },
  );
}
