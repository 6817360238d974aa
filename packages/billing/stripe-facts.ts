import * as z from "zod";
import { fromStripeAmount } from "./stripe-money.ts";

/** The fields Billhook reads of an invoice, which have been the same in every API version of recent years. */
const invoiceSchema = z.object({
  id: z.string(),
  object: z.literal("invoice"),
  status: z.enum(["draft", "open", "paid", "void", "uncollectible"]),
  currency: z.string(),
  total: z.int(),
  amount_paid: z.int(),
  hosted_invoice_url: z.string().nullish(),
  customer: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  status_transitions: z.object({ paid_at: z.int().nullish() }).nullish(),
});

export interface InvoiceFacts {
  stripeInvoiceId: string;
  /** Null where the invoice was not made by Billhook. */
  billhookInvoiceId: string | null;
  customerId: string | null;
  status: "draft" | "open" | "paid" | "void" | "uncollectible";
  /** ISO 4217, upper case. */
  currency: string;
  /** Our minor units. */
  totalMinor: number;
  amountPaidMinor: number;
  /** ISO 8601, in UTC. */
  paidAt: string | null;
  hostedUrl: string | null;
}

/** Throws a ZodError where Stripe's own object is not an invoice with these fields. */
export function readInvoiceFacts(object: unknown): InvoiceFacts {
  const invoice = invoiceSchema.parse(object);
  const paidAt = invoice.status_transitions?.paid_at ?? null;
  const customer = invoice.customer ?? null;
  return {
    stripeInvoiceId: invoice.id,
    billhookInvoiceId: invoice.metadata?.["billhook_invoice_id"] ?? null,
    customerId: typeof customer === "string" ? customer : (customer?.id ?? null),
    status: invoice.status,
    currency: invoice.currency.toUpperCase(),
    totalMinor: fromStripeAmount(invoice.total, invoice.currency),
    amountPaidMinor: fromStripeAmount(invoice.amount_paid, invoice.currency),
    paidAt: paidAt === null ? null : new Date(paidAt * 1000).toISOString(),
    hostedUrl: invoice.hosted_invoice_url ?? null,
  };
}

export function isInvoiceObject(object: unknown): boolean {
  return invoiceSchema.safeParse(object).success;
}
