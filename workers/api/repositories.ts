import { connectRepository, rotateWebhookSecret, setRepositoryToken } from "@billhook/database/repositories";
import { providers } from "@billhook/domain/push";
import * as z from "zod";
import type { EncryptionKeys, Settings } from "../env.ts";
import { accessTokenContext } from "../hosts/tokens.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { tellQueue } from "../pipeline/queue.ts";
import { encryptSecret, generateSecret } from "../secrets.ts";
import { webhookSecretContext } from "../webhooks/receive.ts";

const webAddress = z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(1000);
const accessToken = z.string().trim().min(1).max(4000);

const requestSchema = z.object({
  project_id: z.uuid(),
  provider: z.enum(providers),
  name: z.string().trim().min(1).max(300).optional(),
  url: webAddress.optional(),
  base_url: webAddress.optional(),
  access_token: accessToken.optional(),
});

const unknownRepository = (): Response => problem(404, "There is no such repository.");
const privately = { "cache-control": "no-store" };

async function encryptGrant(keys: EncryptionKeys, token: string): Promise<{ id: string; token: string }> {
  const id = crypto.randomUUID();
  return { id, token: await encryptSecret(keys, accessTokenContext(id), token) };
}

/** POST /api/repositories: connects a repository. The webhook's secret is in this answer and never shown again. */
export async function createRepository(request: Request, env: Env, settings: Settings): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const body = await readJson(request, requestSchema);
  if (body instanceof Response) return body;

  const id = crypto.randomUUID();
  const secret = generateSecret();
  const keys = settings.encryptionKeys;
  const connected = await connectRepository(db, {
    id,
    projectId: body.project_id,
    provider: body.provider,
    name: body.name ?? null,
    url: body.url ?? null,
    baseUrl: body.base_url ?? null,
    webhookSecret: await encryptSecret(keys, webhookSecretContext(id), secret),
    grant: body.access_token === undefined ? null : await encryptGrant(keys, body.access_token),
  });
  if (!connected.ok) return databaseProblem(connected.error);
  // Where the branches are now is what a push that never arrives is missed by.
  if (body.access_token !== undefined && body.name !== undefined) await tellQueue(env, [{ repositoryId: id }]);
  return Response.json(
    { id, webhook_url: `${settings.appUrl}/api/webhooks/${body.provider}/${id}`, webhook_secret: secret },
    { status: 201, headers: privately },
  );
}

const tokenSchema = z.object({ access_token: accessToken });

/** POST /api/repositories/:id/token: a new token for the host's API, in place of one that was revoked or has ended. */
export async function replaceToken(
  request: Request,
  env: Env,
  settings: Settings,
  repositoryId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(repositoryId)) return unknownRepository();
  const body = await readJson(request, tokenSchema);
  if (body instanceof Response) return body;
  const saved = await setRepositoryToken(
    db,
    repositoryId,
    await encryptGrant(settings.encryptionKeys, body.access_token),
  );
  if (!saved.ok) return databaseProblem(saved.error);
  await tellQueue(env, [{ repositoryId }]);
  return Response.json({ grant_id: saved.value });
}

const rotationSchema = z.object({ overlap_hours: z.number().int().min(0).max(720).default(24) });

/** POST /api/repositories/:id/secret/rotate: a new webhook secret; the old one is accepted until the overlap ends. */
export async function rotateSecret(request: Request, settings: Settings, repositoryId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(repositoryId)) return unknownRepository();
  const body = await readJson(request, rotationSchema);
  if (body instanceof Response) return body;
  const secret = generateSecret();
  const ciphertext = await encryptSecret(settings.encryptionKeys, webhookSecretContext(repositoryId), secret);
  const rotated = await rotateWebhookSecret(db, repositoryId, ciphertext, body.overlap_hours);
  if (!rotated.ok) return databaseProblem(rotated.error);
  return Response.json({ webhook_secret: secret, old_secret_valid_until: rotated.value }, { headers: privately });
}
