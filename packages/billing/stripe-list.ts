import Stripe from "stripe";
import { type InvoiceFacts, readInvoiceFacts } from "./stripe-facts.ts";
import { type StripeFailure, failureOf } from "./stripe-failure.ts";

export interface ListedFacts extends InvoiceFacts {
  number: string | null;
}

export interface ListedInvoices {
  ok: true;
  invoices: ListedFacts[];
}

const PAGE = 100;
/** Stripe lets an account be read a hundred times a second, and twenty-five in test mode (docs.stripe.com/rate-limits). */
const MOST_WAITS = 6;
const LONGEST_WAIT_SECONDS = 30;

/**
 * The invoices of an account that are open, and those made since `since` (seconds), a page at a time. A limit that is
 * reached is waited for, as long as Stripe says, or ever longer.
 */
export async function listInvoiceFacts(
  client: Stripe,
  since: number,
  wait: (seconds: number) => Promise<void> = sleep,
): Promise<ListedInvoices | StripeFailure> {
  try {
    const found = new Map<string, ListedFacts>();
    for (const filter of [{ status: "open" as const }, { created: { gte: since } }]) {
      let after: string | undefined;
      do {
        const page = await patiently(wait, () =>
          client.invoices.list({
            ...filter,
            limit: PAGE,
            ...(after === undefined ? {} : { starting_after: after }),
          }),
        );
        for (const invoice of page.data) found.set(invoice.id, readListed(invoice));
        after = page.has_more ? page.data.at(-1)?.id : undefined;
      } while (after !== undefined);
    }
    return { ok: true, invoices: [...found.values()] };
  } catch (error) {
    return failureOf(error);
  }
}

/** Invoices by their ids, and which of them Stripe does not know. */
export async function readInvoiceFactsById(
  client: Stripe,
  ids: readonly string[],
  wait: (seconds: number) => Promise<void> = sleep,
): Promise<(ListedInvoices & { missing: string[] }) | StripeFailure> {
  const invoices: ListedFacts[] = [];
  const missing: string[] = [];
  try {
    for (const id of ids) {
      try {
        invoices.push(readListed(await patiently(wait, () => client.invoices.retrieve(id))));
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeError) || error.code !== "resource_missing") throw error;
        missing.push(id);
      }
    }
    return { ok: true, invoices, missing };
  } catch (error) {
    return failureOf(error);
  }
}

const readListed = (invoice: Stripe.Invoice): ListedFacts => ({ ...readInvoiceFacts(invoice), number: invoice.number });

async function patiently<T>(wait: (seconds: number) => Promise<void>, ask: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 429 || waits === MOST_WAITS)
        throw error;
      const told = Number(error.headers?.["retry-after"] ?? Number.NaN);
      const longest = Math.min(2 ** waits, LONGEST_WAIT_SECONDS);
      await wait(Number.isFinite(told) ? Math.min(told, LONGEST_WAIT_SECONDS) : longest * (0.5 + Math.random() / 2));
    }
  }
}

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
