import type Stripe from "stripe";
import { type Context, newId, onlySimulated } from "./context.ts";
import { missingResource, refuseRequest } from "./fault.ts";
import { type ListAnswer, listPage } from "./list.ts";
import { mergeMetadata } from "./metadata.ts";
import { findIntent } from "./payments.ts";
import type { Wire, WirePaymentIntent, WireRefund } from "./wire.ts";

/** Money that goes back by the way it came; the invoice stays paid. */
export function createRefund(params: Wire<Stripe.RefundCreateParams>, context: Context): WireRefund {
  onlySimulated(params, ["amount", "metadata", "payment_intent", "reason"]);
  const intent = findIntent(context, params.payment_intent ?? "");
  return refund(intent, params.amount ?? intent.amount_received, context, mergeMetadata({}, params.metadata));
}

export function refund(
  intent: WirePaymentIntent,
  amount: number,
  context: Context,
  metadata: Record<string, string> = {},
): WireRefund {
  const before = refundsOf(intent.id, context).reduce((sum, row) => sum + row.amount, 0);
  if (amount <= 0 || amount + before > intent.amount_received) {
    throw refuseRequest("Refund amount is greater than the unrefunded amount of the charge.", { param: "amount" });
  }
  const row: WireRefund = {
    id: newId("re"),
    object: "refund",
    amount,
    charge: intent.latest_charge,
    created: context.now,
    currency: intent.currency,
    metadata,
    payment_intent: intent.id,
    reason: null,
    status: "succeeded",
  };
  context.data.put("refunds", row);
  context.emit("refund.created", row);
  return row;
}

export function findRefund(context: Context, id: string): WireRefund {
  const row = context.data.get("refunds", id);
  if (row === undefined) throw missingResource("refund", id);
  return row;
}

function refundsOf(intentId: string, context: Context): WireRefund[] {
  return context.data.list("refunds").filter((row) => row.payment_intent === intentId);
}

export function listRefunds(params: Wire<Stripe.RefundListParams>, context: Context): ListAnswer<WireRefund> {
  onlySimulated(params, ["ending_before", "limit", "payment_intent", "starting_after"]);
  const rows = context.data.list("refunds");
  const { payment_intent: intent } = params;
  return listPage(
    intent === undefined ? rows : rows.filter((row) => row.payment_intent === intent),
    params,
    "/v1/refunds",
  );
}
