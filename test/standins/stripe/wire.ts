import type Stripe from "stripe";

/** A type of the stripe package as it is on the wire: decimals are strings there. */
export type Wire<T> = T extends Stripe.Decimal
  ? string
  : T extends string
    ? T
    : T extends (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [Key in keyof T]: Wire<T[Key]> }
        : T;

export type WireCustomer = Wire<Stripe.Customer>;
export type WireWebhookEndpoint = Wire<Stripe.WebhookEndpoint>;
export type WireInvoice = Wire<Stripe.Invoice>;
export type WireInvoiceItem = Wire<Stripe.InvoiceItem>;
export type WireLineItem = Wire<Stripe.InvoiceLineItem>;
/** What the stand-in keeps of a tax rate; `data` is what it was made from, by which it is found again. */
export interface WireTaxRate {
  id: string;
  data: string;
  display_name: string;
  inclusive: boolean;
  percentage: number;
}
export type WirePaymentMethod = Pick<
  Wire<Stripe.PaymentMethod>,
  "id" | "object" | "created" | "customer" | "livemode" | "metadata" | "type"
> & { card?: { brand: string; last4: string }; sepa_debit?: { last4: string }; us_bank_account?: { last4: string } };
export type WirePaymentIntent = Pick<
  Wire<Stripe.PaymentIntent>,
  | "id"
  | "object"
  | "amount"
  | "amount_received"
  | "created"
  | "currency"
  | "customer"
  | "livemode"
  | "metadata"
  | "payment_method"
  | "status"
> & { latest_charge: string | null; last_payment_error: { code: string; message: string } | null };
export type WireInvoicePayment = Wire<Stripe.InvoicePayment>;
export type WirePaymentRecord = Pick<
  Wire<Stripe.PaymentRecord>,
  "id" | "object" | "amount" | "amount_requested" | "created" | "description" | "livemode" | "metadata" | "reported_by"
>;
export type WireCreditNote = Wire<Stripe.CreditNote>;
export type WireRefund = Pick<
  Wire<Stripe.Refund>,
  "id" | "object" | "amount" | "charge" | "created" | "currency" | "metadata" | "payment_intent" | "reason" | "status"
>;
/** The stripe package types an event as a union of its 250 kinds; the stand-in needs only their common form. */
export interface WireEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: EventObject };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string; idempotency_key: string | null };
  type: EventType;
}

export type EventObject = WireInvoice | WireCreditNote | WirePaymentIntent | WireRefund;

export type EventType =
  | "credit_note.created"
  | "invoice.created"
  | "invoice.finalized"
  | "invoice.marked_uncollectible"
  | "invoice.paid"
  | "invoice.payment_action_required"
  | "invoice.payment_failed"
  | "invoice.sent"
  | "invoice.updated"
  | "invoice.voided"
  | "payment_intent.payment_failed"
  | "payment_intent.processing"
  | "refund.created";
