import { connectRepository } from "@billhook/database/repositories";
import { providers } from "@billhook/domain/push";
import * as z from "zod";
import type { Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem } from "../http/problem.ts";
import { encryptSecret, generateSecret } from "../secrets.ts";
import { webhookSecretContext } from "../webhooks/receive.ts";

const webAddress = z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(1000);

const requestSchema = z.object({
  project_id: z.uuid(),
  provider: z.enum(providers),
  name: z.string().trim().min(1).max(300).optional(),
  url: webAddress.optional(),
  base_url: webAddress.optional(),
  access_token: z.string().min(1).max(4000).optional(),
});

/** POST /api/repositories: connects a repository. The webhook's secret is in this answer and never shown again. */
export async function createRepository(request: Request, settings: Settings): Promise<Response> {
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
    accessToken: body.access_token === undefined ? null : await encryptSecret(keys, `access-token:${id}`, body.access_token),
  });
  if (!connected.ok) return databaseProblem(connected.error);
  return Response.json(
    { id, webhook_url: `${settings.appUrl}/api/webhooks/${body.provider}/${id}`, webhook_secret: secret },
    { status: 201, headers: { "cache-control": "no-store" } },
  );
}
