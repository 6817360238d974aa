import Stripe from "stripe";
import { type StripeFailure, failStripe, failureOf } from "./stripe-failure.ts";

export interface FoundCustomer {
  id: string;
  name: string | null;
  email: string | null;
}

/** Stripe finds parts of words from this length on (Stripe, "Search query language"). */
const SHORTEST_PART = 3;
const MOST_FOUND = 20;

/** Customers of an account by a part of their name or e-mail address, or by their id; none where nothing fits. */
export async function searchCustomers(
  client: Stripe,
  text: string,
): Promise<{ ok: true; customers: FoundCustomer[] } | StripeFailure> {
  const wanted = text.trim();
  try {
    if (/^cus_\w+$/.test(wanted)) {
      const found = await readCustomer(client, wanted);
      if (found.ok) return { ok: true, customers: [found.customer] };
      return found.code === "stripe_customer_missing" ? { ok: true, customers: [] } : found;
    }
    if (wanted.length < SHORTEST_PART) {
      const { data } = await client.customers.list({ limit: MOST_FOUND });
      return { ok: true, customers: data.map(toFound) };
    }
    const part = wanted.replaceAll(/["\\]/g, "\\$&");
    const { data } = await client.customers.search({
      query: `name~"${part}" OR email~"${part}"`,
      limit: MOST_FOUND,
    });
    return { ok: true, customers: data.map(toFound) };
  } catch (error) {
    // Accounts in India have no search (Stripe API reference, "Search").
    if (error instanceof Stripe.errors.StripeInvalidRequestError && wanted.includes("@")) {
      try {
        const { data } = await client.customers.list({ email: wanted, limit: MOST_FOUND });
        return { ok: true, customers: data.map(toFound) };
      } catch (listing) {
        return failureOf(listing);
      }
    }
    return failureOf(error);
  }
}

export async function readCustomer(
  client: Stripe,
  id: string,
): Promise<{ ok: true; customer: FoundCustomer } | StripeFailure> {
  const missing = failStripe("stripe_customer_missing", "There is no such customer in this Stripe account.");
  try {
    const customer = await client.customers.retrieve(id);
    return customer.deleted === true ? missing : { ok: true, customer: toFound(customer) };
  } catch (error) {
    return error instanceof Stripe.errors.StripeError && error.code === "resource_missing" ? missing : failureOf(error);
  }
}

const toFound = ({ id, name, email }: Stripe.Customer): FoundCustomer => ({ id, name: name ?? null, email });
