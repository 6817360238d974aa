import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { type Context, newId, onlySimulated } from "./context.ts";
import { missingResource, refuseRequest } from "./fault.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import type { Wire, WireWebhookEndpoint } from "./wire.ts";

/** As many as an account may have in one mode (docs.stripe.com/webhooks). */
const MOST_ENDPOINTS = 16;

/** Stripe shows the secret in this answer only. */
export function createEndpoint(
  params: Wire<Stripe.WebhookEndpointCreateParams>,
  context: Context,
): WireWebhookEndpoint {
  onlySimulated(params, ["api_version", "description", "enabled_events", "metadata", "url"]);
  if (context.data.list("webhook_endpoints").length >= MOST_ENDPOINTS) {
    throw refuseRequest(`You have reached the maximum of ${MOST_ENDPOINTS} test webhook endpoints.`);
  }
  const endpoint: WireWebhookEndpoint = {
    id: newId("we"),
    object: "webhook_endpoint",
    api_version: params.api_version ?? null,
    application: null,
    created: context.now,
    description: typeof params.description === "string" ? params.description : null,
    enabled_events: params.enabled_events,
    livemode: context.livemode,
    metadata: mergeMetadata({}, params.metadata),
    status: "enabled",
    url: readUrl(params.url),
    secret: `whsec_${randomBytes(24).toString("hex")}`,
  };
  context.data.put("webhook_endpoints", endpoint);
  return endpoint;
}

export function updateEndpoint(
  params: Wire<Stripe.WebhookEndpointUpdateParams>,
  context: Context,
  id: string,
): WireWebhookEndpoint {
  onlySimulated(params, ["description", "disabled", "enabled_events", "metadata", "url"]);
  const endpoint = findStored(context, id);
  if (params.url !== undefined) endpoint.url = readUrl(params.url);
  if (params.enabled_events !== undefined) endpoint.enabled_events = params.enabled_events;
  if (params.disabled !== undefined) endpoint.status = params.disabled ? "disabled" : "enabled";
  endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata);
  context.data.put("webhook_endpoints", endpoint);
  return withoutSecret(endpoint);
}

export function findEndpoint(context: Context, id: string): WireWebhookEndpoint {
  return withoutSecret(findStored(context, id));
}

export function listEndpoints(
  params: Wire<Stripe.WebhookEndpointListParams>,
  context: Context,
): ListAnswer<WireWebhookEndpoint> {
  return listPage(context.data.list("webhook_endpoints").map(withoutSecret), params, "/v1/webhook_endpoints");
}

export function deleteEndpoint(_: unknown, context: Context, id: string): Stripe.DeletedWebhookEndpoint {
  findStored(context, id);
  context.data.remove("webhook_endpoints", id);
  return { id, object: "webhook_endpoint", deleted: true };
}

function findStored(context: Context, id: string): WireWebhookEndpoint {
  const endpoint = context.data.get("webhook_endpoints", id);
  if (endpoint === undefined) throw missingResource("webhook endpoint", id);
  return endpoint;
}

function withoutSecret(endpoint: WireWebhookEndpoint): WireWebhookEndpoint {
  const shown = { ...endpoint };
  delete shown.secret;
  return shown;
}

/** Where Stripe wants an address the public can reach, the stand-in takes its own machine's. */
function readUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw refuseRequest(`Invalid URL: An explicit scheme (such as https) must be provided.`, {
      code: "url_invalid",
      param: "url",
    });
  }
  return url;
}
