import Stripe from "stripe";
import { findOrCreateCustomer } from "./stripe-customer.ts";
import { createDraft, findInvoice } from "./stripe-draft.ts";
import { type InvoiceFacts, readInvoiceFacts } from "./stripe-facts.ts";
import { type StripeFailure, failStripe, failureOf } from "./stripe-failure.ts";
import { type StripeInvoiceInput, type StripeProgress, checkInvoice } from "./stripe-invoice.ts";
import { addMissingLines } from "./stripe-lines.ts";
import { postOnce } from "./stripe-post.ts";

export interface StripeClientOptions {
  secretKey: string;
  /** Stripe's own where it isn't given. Scheme, host and port; Stripe's client takes no path. */
  apiBase?: string;
  /** How often the client itself repeats a request that failed on the way; 2 where it isn't given. */
  maxNetworkRetries?: number;
  fetch?: typeof fetch;
}

/** Throws a TypeError where `apiBase` is no URL. */
export function createStripeClient(options: StripeClientOptions): Stripe {
  const base = options.apiBase === undefined ? null : new URL(options.apiBase);
  return new Stripe(options.secretKey, {
    httpClient: Stripe.createFetchHttpClient(options.fetch),
    maxNetworkRetries: options.maxNetworkRetries ?? 2,
    timeout: 20_000,
    telemetry: false,
    appInfo: { name: "Billhook" },
    ...(base === null
      ? {}
      : {
          protocol: base.protocol === "http:" ? "http" : "https",
          host: base.hostname,
          port: base.port === "" ? (base.protocol === "http:" ? 80 : 443) : Number(base.port),
        }),
  });
}

export interface PushedInvoice {
  ok: true;
  stripeInvoiceId: string;
  /** Where the client pays. */
  hostedUrl: string | null;
  status: InvoiceFacts["status"];
  customerId: string;
}

/**
 * Brings a finalised invoice to Stripe and sends it: customer, draft, lines, finalise, send. Whatever step fails or
 * loses its answer, calling again with the progress stored so far completes the same invoice, and two calls at once make
 * one: each step first looks at what Stripe has (by id, or by listing, which unlike search is consistent), and its POST
 * has an idempotency key made of our id and the step.
 *
 * Each line goes over as its exact total (`amount`), with time and rate in its description: hours times rate, rounded by
 * Stripe, need not give the total that we computed, and two totals for one line are what a client disputes. Stripe's
 * total is compared with ours before the draft is finalised and again before it is sent.
 *
 * `checkpoint` is called after each step that yields an id, to store it; what it throws is thrown on.
 */
export async function pushInvoice(
  client: Stripe,
  invoice: StripeInvoiceInput,
  checkpoint: (progress: StripeProgress) => Promise<void>,
): Promise<PushedInvoice | StripeFailure> {
  const checked = checkInvoice(invoice);
  if (!checked.ok) return checked;
  const progress = { ...invoice.progress };
  const save = async (change: Partial<StripeProgress>): Promise<void> => {
    Object.assign(progress, change);
    await checkpoint({ ...progress });
  };
  const stripe = watchErrors(async () => {
    if (progress.stripeInvoiceId === null) {
      const customerId = await findOrCreateCustomer(client, invoice.client, progress.customerId);
      // Kept each time, as nothing is made before it is known in which account.
      await save({ customerId });
      const found =
        (await findInvoice(client, invoice, customerId)) ?? (await createDraft(client, invoice, customerId));
      await save({ stripeInvoiceId: found });
    }
    return await complete(client, invoice, checked.total, progress.stripeInvoiceId ?? "", progress.sentAt, save);
  });
  return await stripe;
}

/** From a draft, or whatever the invoice has become by now, to sent. */
async function complete(
  client: Stripe,
  invoice: StripeInvoiceInput,
  total: number,
  stripeInvoiceId: string,
  sentAt: string | null,
  save: (change: Partial<StripeProgress>) => Promise<void>,
): Promise<PushedInvoice | StripeFailure> {
  let current: Stripe.Invoice = await client.invoices.retrieve(stripeInvoiceId);
  if (current.status === "draft") {
    current = await addMissingLines(client, invoice, current);
    if (current.total !== total) return mismatch(current, total);
    current = await postOnce(
      `invoice:${invoice.id}:finalize`,
      (options) => client.invoices.finalizeInvoice(stripeInvoiceId, { auto_advance: false }, options),
      async () => {
        const now = await client.invoices.retrieve(stripeInvoiceId);
        return now.status === "draft" ? null : now;
      },
    );
  }
  if (current.total !== total) return mismatch(current, total);
  if (current.status === "void") {
    return failStripe("stripe_invoice_void", "This invoice was voided in Stripe.", {
      detail: stripeInvoiceId,
    });
  }
  if (current.status === "open" && sentAt === null) {
    current = await postOnce(
      `invoice:${invoice.id}:send`,
      (options) => client.invoices.sendInvoice(stripeInvoiceId, {}, options),
      () => Promise.resolve(null),
    );
    await save({ sentAt: new Date().toISOString() });
  }
  const facts = readInvoiceFacts(current);
  return {
    ok: true,
    stripeInvoiceId,
    hostedUrl: facts.hostedUrl,
    status: facts.status,
    customerId: facts.customerId ?? "",
  };
}

function mismatch(current: Stripe.Invoice, total: number): StripeFailure {
  return failStripe("total_mismatch", "The invoice in Stripe has another total than this one. It was not sent.", {
    detail: `${current.id}: Stripe ${current.total}, ours ${total}, status ${current.status}`,
  });
}

/**
 * Withdraws an invoice: an open or uncollectible one is voided, a draft is deleted, a void one is left alone. A paid one
 * is refused. Where Stripe knows no such invoice (a draft deleted before, or another account), the failure says so.
 */
export async function voidStripeInvoice(
  client: Stripe,
  stripeInvoiceId: string,
): Promise<{ ok: true; status: "void" } | StripeFailure> {
  return await watchErrors(async () => {
    const current = await client.invoices.retrieve(stripeInvoiceId);
    switch (current.status) {
      case "draft":
        await client.invoices.del(stripeInvoiceId);
        break;
      case "void":
        break;
      case "paid":
        return failStripe("invoice_already_paid", "The invoice is already paid in Stripe. Refund it there instead.", {
          detail: stripeInvoiceId,
        });
      default:
        await postOnce(
          `stripe-invoice:${stripeInvoiceId}:void`,
          (options) => client.invoices.voidInvoice(stripeInvoiceId, {}, options),
          async () => {
            const now = await client.invoices.retrieve(stripeInvoiceId);
            return now.status === "void" ? now : null;
          },
        );
    }
    return { ok: true, status: "void" };
  });
}

export async function retrieveStripeInvoice(
  client: Stripe,
  stripeInvoiceId: string,
): Promise<{ ok: true; facts: InvoiceFacts } | StripeFailure> {
  return await watchErrors(async () => ({
    ok: true,
    facts: readInvoiceFacts(await client.invoices.retrieve(stripeInvoiceId)),
  }));
}

async function watchErrors<T>(work: () => Promise<T>): Promise<T | StripeFailure> {
  try {
    return await work();
  } catch (error) {
    return failureOf(error);
  }
}
