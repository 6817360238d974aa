import Stripe from "stripe";
import { type PaymentState, type SavedMethod, chargeInvoice, findSavedMethod } from "./stripe-charge.ts";
import { differenceOfDraft, differenceOfTotals } from "./stripe-compare.ts";
import { findOrCreateCustomer } from "./stripe-customer.ts";
import { createDraft, findInvoice } from "./stripe-draft.ts";
import { type InvoiceFacts, readInvoiceFacts } from "./stripe-facts.ts";
import { type StripeFailure, failStripe, failureOf } from "./stripe-failure.ts";
import { type StripeInvoiceInput, type StripeProgress, checkInvoice } from "./stripe-invoice.ts";
import { addMissingLines } from "./stripe-lines.ts";
import { postOnce } from "./stripe-post.ts";
import { type SettlingStore, settleInvoice } from "./stripe-settle.ts";

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
  /** Null where no payment is under way. */
  payment: PaymentState | null;
}

/** A card that was declined leaves an invoice that can be paid in another way. */
export type PushFailure = StripeFailure & { reached?: PushedInvoice };

export interface PushStore extends SettlingStore {
  /** Called after each step that yields an id, to store it; what it throws is thrown on. */
  checkpoint: (progress: StripeProgress) => Promise<void>;
}

/**
 * Brings a finalised invoice to Stripe and sends it, or charges it to what the client has on file: customer, draft, lines,
 * finalise, what was paid and credited before, send or pay. Whatever step fails or loses its answer, calling again with the
 * progress stored so far completes the same invoice, and two calls at once make one: each step first looks at what Stripe
 * has (by id, or by listing, which unlike search is consistent), and its POST has an idempotency key made of our id and the
 * step.
 *
 * Each line goes over as its exact total and tax, with time and rate in its description: hours times rate, rounded by
 * Stripe, need not give the total that we computed, and two totals for one line are what a client disputes. Stripe's
 * lines, taxes and total are compared with ours before the draft is finalised, and its totals again before it is sent.
 */
export async function pushInvoice(
  client: Stripe,
  invoice: StripeInvoiceInput,
  by: "email" | "card",
  store: PushStore,
): Promise<PushedInvoice | PushFailure> {
  const checked = checkInvoice(invoice);
  if (!checked.ok) return checked;
  const progress = { ...invoice.progress };
  const save = async (change: Partial<StripeProgress>): Promise<void> => {
    Object.assign(progress, change);
    await store.checkpoint({ ...progress });
  };
  return await watchErrors<PushedInvoice | PushFailure>(async () => {
    if (progress.stripeInvoiceId === null) {
      const reverse = invoice.lines.some((line) => line.tax?.category === "reverse_charge");
      const customerId = await findOrCreateCustomer(client, invoice.client, progress.customerId, reverse);
      // Kept each time, as nothing is made before it is known in which account.
      await save({ customerId });
      const found =
        (await findInvoice(client, invoice, customerId)) ?? (await createDraft(client, invoice, customerId));
      await save({ stripeInvoiceId: found });
    }
    const finalised = await finalise(client, invoice, progress.stripeInvoiceId ?? "");
    if (!finalised.ok) return finalised;
    const settled = await settleInvoice(client, invoice, finalised.invoice, store);
    return by === "card" ? await charge(client, settled) : await send(client, invoice, settled, progress.sentAt, save);
  });
}

/** From a draft, or whatever the invoice has become by now, to one that can be paid. */
async function finalise(
  client: Stripe,
  invoice: StripeInvoiceInput,
  stripeInvoiceId: string,
): Promise<{ ok: true; invoice: Stripe.Invoice } | StripeFailure> {
  let current: Stripe.Invoice = await client.invoices.retrieve(stripeInvoiceId);
  if (current.status === "draft") {
    current = await addMissingLines(client, invoice, current);
    const difference = await differenceOfDraft(client, invoice, current);
    if (difference !== null) return mismatch(current, difference);
    current = await postOnce(
      `invoice:${invoice.id}:finalize`,
      (options) => client.invoices.finalizeInvoice(stripeInvoiceId, { auto_advance: false }, options),
      async () => {
        const now = await client.invoices.retrieve(stripeInvoiceId);
        return now.status === "draft" ? null : now;
      },
    );
  }
  const difference = differenceOfTotals(invoice, current);
  if (difference !== null) return mismatch(current, difference);
  if (current.status === "void") {
    return failStripe("stripe_invoice_void", "This invoice was voided in Stripe.", {
      detail: stripeInvoiceId,
    });
  }
  return { ok: true, invoice: current };
}

async function send(
  client: Stripe,
  invoice: StripeInvoiceInput,
  settled: Stripe.Invoice,
  sentAt: string | null,
  save: (change: Partial<StripeProgress>) => Promise<void>,
): Promise<PushedInvoice> {
  if (settled.status !== "open" || sentAt !== null) return pushed(settled, null);
  const current = await postOnce<Stripe.Invoice>(
    `invoice:${invoice.id}:send`,
    (options) => client.invoices.sendInvoice(settled.id, {}, options),
    () => Promise.resolve(null),
  );
  await save({ sentAt: new Date().toISOString() });
  return pushed(current, null);
}

async function charge(client: Stripe, settled: Stripe.Invoice): Promise<PushedInvoice | PushFailure> {
  const { customerId } = readInvoiceFacts(settled);
  const charged = await chargeInvoice(client, settled.id, customerId ?? "");
  if (!charged.ok) return { ...charged, reached: pushed(settled, charged.payment) };
  const processing = charged.invoice.status === "open";
  return pushed(charged.invoice, processing ? "processing" : null);
}

function pushed(current: Stripe.Invoice, payment: PaymentState | null): PushedInvoice {
  const facts = readInvoiceFacts(current);
  return {
    ok: true,
    stripeInvoiceId: facts.stripeInvoiceId,
    hostedUrl: facts.hostedUrl,
    status: facts.status,
    customerId: facts.customerId ?? "",
    payment,
  };
}

function mismatch(current: Stripe.Invoice, difference: string): StripeFailure {
  return failStripe("total_mismatch", "The invoice in Stripe has other amounts than this one. It was not sent.", {
    detail: `${current.id}, ${current.status}: ${difference}`,
  });
}

/** What a customer's invoices can be charged to. */
export async function readSavedMethod(
  client: Stripe,
  customerId: string,
): Promise<{ ok: true; method: SavedMethod | null } | StripeFailure> {
  return await watchErrors(async () => ({ ok: true, method: await findSavedMethod(client, customerId) }));
}

/** Tells Stripe what happened here to an invoice it has: see `settleInvoice`. */
export async function settleStripeInvoice(
  client: Stripe,
  invoice: StripeInvoiceInput,
  stripeInvoiceId: string,
  store: SettlingStore,
): Promise<PushedInvoice | StripeFailure> {
  return await watchErrors<PushedInvoice | StripeFailure>(async () => {
    const current = await client.invoices.retrieve(stripeInvoiceId);
    if (current.status === "draft" || current.status === "void") return pushed(current, null);
    return pushed(await settleInvoice(client, invoice, current, store), null);
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
