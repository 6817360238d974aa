/** POST /api/webhooks/{provider}/{repository id}: cap, verify the raw bytes, normalise, accept durably, answer. */
import { type Acceptance, findWebhookTargetsInWorkspace } from "@billhook/database/deliveries";
import type { DatabaseError } from "@billhook/database/errors";
import { isInRanges } from "@billhook/domain/address-range";
import type { Provider, PushedRepository } from "@billhook/domain/push";
import type { Forge, Normalised } from "@billhook/forges/forge";
import { forgeFor } from "@billhook/forges/registry";
import { serviceDatabase } from "../env.ts";
import { readBody } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { decryptSecret } from "../secrets.ts";
import { acceptDelivery, findTarget, type Reception } from "./acceptance.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the webhook secrets of a connection are encrypted for; see secrets.ts. */
export const webhookSecretContext = (repositoryId: string): string => `webhook:${repositoryId}`;

const unavailable = (): Response =>
  problem(503, "The delivery could not be stored. Nothing was kept; send it again.", { retryAfterSeconds: 30 });

function storageProblem(error: DatabaseError): Response {
  log("error", "delivery_not_stored", { code: error.code, cause: error.cause });
  return error.code === "invalid_input" ? problem(400, "The body holds a value that cannot be stored.") : unavailable();
}

/** The checks that need no secret: 415 and 413. */
async function readDelivery(request: Request): Promise<Uint8Array<ArrayBuffer> | Response> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json" && type !== "application/x-www-form-urlencoded") {
    await request.body?.cancel();
    return problem(415, "Send application/json or application/x-www-form-urlencoded.");
  }
  return (await readBody(request)) ?? problem(413, "The body is larger than 25 MB.");
}

export async function receiveWebhook(
  request: Request,
  reception: Reception,
  provider: Provider,
  repositoryId: string,
): Promise<Response> {
  const unknown = () =>
    problem(404, "There is no such connection. Compare the address with the one shown under Repositories.");
  if (!uuid.test(repositoryId)) return unknown();
  const [target, body] = await Promise.all([findTarget(reception, repositoryId), readDelivery(request)]);
  if (!target.ok) return storageProblem(target.error);
  if (target.value?.provider !== provider) return unknown();
  if (body instanceof Response) return body;

  const forge = forgeFor(provider);
  const address = request.headers.get("cf-connecting-ip");
  const secrets = await Promise.all(
    target.value.secrets.map((secret) =>
      decryptSecret(reception.settings.encryptionKeys, webhookSecretContext(repositoryId), secret),
    ),
  );
  const delivery = await verifyAndNormalise(forge, request.headers, body, secrets);
  if (delivery instanceof Response) return delivery;
  const ranges = target.value.address_ranges;
  const refusal =
    ranges !== null && !isInRanges(address ?? "", ranges)
      ? `It came from ${address ?? "an unknown address"}, which is none of the addresses that the host publishes.`
      : null;
  return store(reception, forge, request.headers, body, delivery, repositoryId, refusal);
}

/**
 * POST /api/webhooks/{provider}: one secret for a whole deployment, as a GitHub App has. It serves the connections of
 * the operator's workspace only (PROVIDER_WIDE_WORKSPACE_ID), to which the delivery is handed one by one.
 */
export async function receiveProviderWideWebhook(
  request: Request,
  reception: Reception,
  provider: Provider,
): Promise<Response> {
  const { settings } = reception;
  const secret = settings.providerWide?.secrets[provider];
  if (settings.providerWide === null || secret === undefined) {
    return problem(404, "No provider-wide secret is configured here. Use the address of a connection.");
  }
  const body = await readDelivery(request);
  if (body instanceof Response) return body;
  const forge = forgeFor(provider);
  const delivery = await verifyAndNormalise(forge, request.headers, body, [secret]);
  if (delivery instanceof Response) return delivery;

  const repository = repositoryOf(delivery);
  if (repository === null) return answerIgnored("The delivery names no repository.");
  const targets = await findWebhookTargetsInWorkspace(
    serviceDatabase(settings),
    settings.providerWide.workspaceId,
    provider,
    repository,
  );
  if (!targets.ok) return storageProblem(targets.error);
  let answer = answerIgnored("No project is connected to this repository.");
  for (const repositoryId of targets.value) {
    answer = await store(reception, forge, request.headers, body, delivery, repositoryId);
    if (answer.status >= 500) return answer;
  }
  return answer;
}

type Delivery = Exclude<Normalised, { kind: "malformed" }>;

async function verifyAndNormalise(
  forge: Forge,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  secrets: string[],
): Promise<Delivery | Response> {
  const verification = await forge.verify(headers, body, secrets);
  if (!verification.ok) {
    log("warn", "signature_refused", { provider: forge.provider, reason: verification.reason });
    return problem(401, "The signature does not match. Compare the secret at the host with the connection's.");
  }
  const delivery = forge.normalise(headers, body);
  return delivery.kind === "malformed" ? problem(400, delivery.reason) : delivery;
}

function repositoryOf(delivery: Delivery): PushedRepository | null {
  const repository = delivery.kind === "push" ? delivery.event.repository : delivery.repository;
  return repository === null || repository.externalId === "" ? null : repository;
}

const eventOf = (delivery: Delivery): string => (delivery.kind === "ignored" ? delivery.event : delivery.kind);

async function store(
  reception: Reception,
  forge: Forge,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  delivery: Delivery,
  repositoryId: string,
  refusal: string | null = null,
): Promise<Response> {
  const deliveryId = await forge.deliveryId(headers, body);
  const accepted = await acceptDelivery(reception, {
    repositoryId,
    // The same delivery may come again from an address that is known by then.
    deliveryId: refusal === null ? deliveryId : `refused:${deliveryId}`.slice(0, 200),
    event: eventOf(delivery),
    verdict: refusal === null ? delivery.kind : "refused",
    reason: refusal ?? (delivery.kind === "ignored" ? delivery.reason : null),
    repository: refusal === null ? repositoryOf(delivery) : null,
    push: delivery.kind === "push" ? delivery.event : null,
    bodyBytes: body.byteLength,
    sourceAddress: headers.get("cf-connecting-ip"),
  });
  return accepted.ok ? answer(accepted.value) : storageProblem(accepted.error);
}

function answer(acceptance: Acceptance): Response {
  if (acceptance.outcome === "unknown_repository") return problem(404, "There is no such connection.");
  switch (acceptance.verdict) {
    case "push":
      return Response.json({ id: acceptance.id, status: "accepted" }, { status: 202 });
    case "ping":
      return Response.json({ id: acceptance.id, status: "ping", reason: "The connection works." });
    case "ignored":
      return answerIgnored(acceptance.reason ?? "Nothing to record.");
    case "refused":
      return problem(409, acceptance.reason ?? "This connection is bound to another repository.");
  }
}

const answerIgnored = (reason: string): Response => Response.json({ status: "ignored", reason });
