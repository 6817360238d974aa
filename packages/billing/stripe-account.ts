import Stripe from "stripe";
import { type StripeFailure, failStripe, failureOf } from "./stripe-failure.ts";
import { lookedUpEvents, usedEvents } from "./stripe-webhook.ts";

/** `rk_live_…`, `sk_test_…`; null for what is no secret key, such as a publishable one. */
export function readKeyMode(key: string): "live" | "test" | null {
  const mode = /^[rs]k_(live|test)_\w+$/.exec(key)?.[1];
  return mode === "live" || mode === "test" ? mode : null;
}

/** What a restricted key needs, by the names that Stripe's dashboard shows, each tried with one call that reads. */
const permissions: { name: string; read: (client: Stripe) => Promise<unknown> }[] = [
  { name: "Customers (write)", read: (client) => client.customers.list({ limit: 1 }) },
  { name: "Invoices (write)", read: (client) => client.invoices.list({ limit: 1 }) },
  { name: "Credit notes (write)", read: (client) => client.creditNotes.list({ limit: 1 }) },
  { name: "Tax rates (write)", read: (client) => client.taxRates.list({ limit: 1 }) },
  { name: "PaymentIntents (write)", read: (client) => client.paymentIntents.list({ limit: 1 }) },
  { name: "Charges and refunds (write)", read: (client) => client.charges.list({ limit: 1 }) },
];
const heardEvents = [...usedEvents, ...lookedUpEvents];
const endpointPermission = "Webhook endpoints (write)";

export interface CheckedAccount {
  ok: true;
  /** `acct_…`. */
  accountId: string;
  /** Null where the key may not read it. */
  name: string | null;
  /** Permissions that invoices need and the key lacks, by name. */
  missing: string[];
}

/**
 * Which account a key belongs to, and what it may not do there. A key that Stripe does not know is a failure; one that
 * lacks permissions is not.
 */
export async function checkStripeAccount(client: Stripe): Promise<CheckedAccount | StripeFailure> {
  try {
    const refusals: string[] = [];
    const account = await client.accounts.retrieveCurrent().catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripePermissionError)) throw error;
      refusals.push(error.message);
      return null;
    });
    const results = await Promise.all(
      permissions.map(async ({ name, read }) => {
        try {
          await read(client);
          return null;
        } catch (error) {
          if (!(error instanceof Stripe.errors.StripePermissionError)) throw error;
          refusals.push(error.message);
          return name;
        }
      }),
    );
    // Most restricted keys may not read their own account; the refusal names it (github.com/dj-stripe/dj-stripe/pull/1131).
    const accountId = account?.id ?? /\bacct_\w+/.exec(refusals.join(" "))?.[0];
    if (accountId === undefined) {
      return failStripe("stripe_refused", "Stripe does not say which account this key belongs to.", {
        detail: refusals.join(" · "),
      });
    }
    const name = account?.settings?.dashboard.display_name ?? account?.business_profile?.name ?? null;
    return {
      ok: true,
      accountId,
      name: name === "" ? null : name,
      missing: results.filter((missing) => missing !== null),
    };
  } catch (error) {
    return failureOf(error);
  }
}

export type EnsuredEndpoint =
  | { ok: true; id: string; /** Only where it was made anew. */ secret: string | null }
  /** `missing`: the permission the key lacks; null where Stripe does not take the address. */
  | { ok: false; missing: string | null; detail: string };

/**
 * Makes Stripe tell of an account's invoices at `url`. The endpoint that is there already is kept, brought up to date
 * where it was disabled or hears too little; without its secret (`knownId` null) it is of no use and made anew.
 */
export async function ensureEndpoint(
  client: Stripe,
  url: string,
  knownId: string | null,
): Promise<EnsuredEndpoint | StripeFailure> {
  try {
    for await (const endpoint of client.webhookEndpoints.list({ limit: 100 })) {
      if (endpoint.url !== url) continue;
      if (endpoint.id !== knownId) {
        await client.webhookEndpoints.del(endpoint.id);
        continue;
      }
      const hears = heardEvents.every((event) => endpoint.enabled_events.includes(event));
      if (endpoint.status !== "enabled" || !hears) {
        await client.webhookEndpoints.update(endpoint.id, { disabled: false, enabled_events: [...heardEvents] });
      }
      return { ok: true, id: endpoint.id, secret: null };
    }
    const made = await client.webhookEndpoints.create({
      url,
      enabled_events: [...heardEvents],
      api_version: Stripe.API_VERSION,
      description: "Billhook: invoices and their payments",
    });
    return { ok: true, id: made.id, secret: made.secret ?? null };
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError) {
      return { ok: false, missing: endpointPermission, detail: error.message };
    }
    if (error instanceof Stripe.errors.StripeInvalidRequestError) {
      return { ok: false, missing: null, detail: error.message };
    }
    return failureOf(error);
  }
}

/** What is not there any more is as good as deleted. */
export async function deleteEndpoint(client: Stripe, id: string): Promise<{ ok: true } | StripeFailure> {
  try {
    await client.webhookEndpoints.del(id);
    return { ok: true };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return { ok: true };
    return failureOf(error);
  }
}
