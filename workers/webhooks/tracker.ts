/**
 * POST /api/webhooks/{ticket system}/{connection id}: what changed there is read again. What a delivery says of a ticket is
 * not taken: deliveries come twice and out of order, and reading is what the token is for.
 */
import { markTickets } from "@billhook/database/tickets";
import { findTrackerWebhook } from "@billhook/database/trackers";
import type { TrackerKind } from "@billhook/domain/tracker";
import { trackerFor } from "@billhook/trackers/registry";
import { serviceDatabase, type Settings } from "../env.ts";
import { readBody } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { tellQueue } from "../pipeline/queue.ts";
import { decryptSecret } from "../secrets.ts";
import { trackerWebhookContext } from "../tickets/secret.ts";

/** An issue with all its fields and its changes. */
const mostBytes = 5 * 1024 * 1024;

export async function receiveTrackerWebhook(
  request: Request,
  env: Env,
  settings: Settings,
  kind: TrackerKind,
  connectionId: string,
): Promise<Response> {
  const unknown = () =>
    problem(404, "There is no such connection. Compare the address with the one shown in the settings.");
  const { webhook } = trackerFor(kind);
  if (webhook === undefined || !isUuid(connectionId)) return unknown();
  const db = serviceDatabase(settings);
  const [target, body] = await Promise.all([findTrackerWebhook(db, connectionId), readBody(request, mostBytes)]);
  if (!target.ok) return problem(503, "The delivery could not be kept. Send it again.", { retryAfterSeconds: 30 });
  if (target.value === null || target.value.kind !== kind) return unknown();
  if (body === null) return problem(413, "The body is larger than 5 MB.");
  const { grant_id: grantId, secret: ciphertext } = target.value;
  const secret = await decryptSecret(settings.encryptionKeys, trackerWebhookContext(grantId), ciphertext);
  const verified = await webhook.verify(request.headers, body, [secret]);
  if (!verified.ok) return problem(401, "The signature is not that of this connection's secret.");

  const { keys, ids } = webhook.readChanges(request.headers, body);
  const marked = await markTickets(db, connectionId, keys, ids);
  if (!marked.ok) {
    log("error", "tickets_not_marked", { connection: connectionId, cause: marked.error.cause });
    return problem(503, "The delivery could not be kept. Send it again.", { retryAfterSeconds: 30 });
  }
  if (marked.value === 0) return Response.json({ ignored: "None of its tickets is known here." });
  await tellQueue(env, [{ trackerId: connectionId }]);
  return Response.json({ tickets: marked.value }, { status: 202 });
}
