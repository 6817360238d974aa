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
/** The stripe package types an event as a union of its 250 kinds; the stand-in needs only their common form. */
export interface WireEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: WireInvoice };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string; idempotency_key: string | null };
  type: InvoiceEventType;
}

export type InvoiceEventType =
  | "invoice.created"
  | "invoice.finalized"
  | "invoice.marked_uncollectible"
  | "invoice.paid"
  | "invoice.payment_failed"
  | "invoice.sent"
  | "invoice.updated"
  | "invoice.voided";
