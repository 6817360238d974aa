import { applyStripeEvent } from "@billhook/database/invoices";
import { invoiceFactsOf, parseStripeWebhook } from "@billhook/billing/stripe-webhook";
import { serviceDatabase, type Settings } from "../env.ts";
import { readBody } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { log } from "../log.ts";

/** POST /api/webhooks/stripe: verified on the raw bytes, handled once, in any order. 2xx only when it is stored. */
export async function receiveStripeWebhook(request: Request, settings: Settings): Promise<Response> {
  const secret = settings.stripe?.webhookSecret ?? null;
  if (secret === null) return problem(404, "Stripe is not configured here.");
  const body = await readBody(request, 1024 * 1024);
  if (body === null) return problem(413, "The body is larger than 1 MB.");
  const parsed = await parseStripeWebhook(body, request.headers.get("stripe-signature"), secret);
  if (!parsed.ok) {
    log("warn", "stripe_event_refused", { code: parsed.code, detail: parsed.detail });
    return parsed.code === "bad_signature"
      ? problem(401, "The signature does not match.")
      : problem(400, "This is not an event.");
  }
  const facts = invoiceFactsOf(parsed.event);
  if (facts === null) return Response.json({ outcome: "ignored" });
  const applied = await applyStripeEvent(serviceDatabase(settings), { ...facts, type: parsed.event.type });
  if (!applied.ok) {
    log("error", "stripe_event_not_stored", { event: facts.eventId, cause: applied.error.cause });
    return problem(503, "The event could not be stored; send it again.", { retryAfterSeconds: 30 });
  }
  if (applied.value === "mismatch")
    log("warn", "stripe_event_mismatch", { event: facts.eventId, invoice: facts.stripeInvoiceId });
  return Response.json({ outcome: applied.value });
}
