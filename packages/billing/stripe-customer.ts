import Stripe from "stripe";
import type { StripeClientInput } from "./stripe-invoice.ts";
import { postOnce } from "./stripe-post.ts";

const CLIENT_ID = "billhook_client_id";

/**
 * The client's customer in Stripe: by the id stored for it, else the one that carries our client's id, else a new one.
 * A customer that carries our id is kept up to date; one that was linked by hand is only given an e-mail address where it
 * has none.
 */
export async function findOrCreateCustomer(
  client: Stripe,
  input: StripeClientInput,
  storedId: string | null,
  reverseCharge: boolean,
): Promise<string> {
  const stored = storedId === null ? null : await retrieveCustomer(client, storedId);
  const customer = stored ?? (await findByClientId(client, input)) ?? (await createCustomer(client, input));
  const change: Stripe.CustomerUpdateParams = {};
  const ours = customer.metadata[CLIENT_ID] === input.id;
  if (input.email !== null && (ours ? customer.email !== input.email : (customer.email ?? "") === "")) {
    change.email = input.email;
  }
  if (ours && customer.name !== input.name) change.name = input.name;
  // Stripe prints the law's words for a reverse charge by this; it computes no tax on what Billhook sends.
  const exempt = reverseCharge ? "reverse" : "none";
  if (ours && (customer.tax_exempt ?? "none") !== exempt) change.tax_exempt = exempt;
  // No key: setting the same values twice is the same as once.
  if (Object.keys(change).length > 0) await client.customers.update(customer.id, change);
  return customer.id;
}

async function retrieveCustomer(client: Stripe, id: string): Promise<Stripe.Customer | null> {
  try {
    const customer = await client.customers.retrieve(id);
    return customer.deleted === true ? null : customer;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return null;
    throw error;
  }
}

/** Listing by e-mail is consistent; searching finds the others, but only a minute or so after they were made. */
async function findByClientId(client: Stripe, input: StripeClientInput): Promise<Stripe.Customer | null> {
  if (input.email !== null) {
    for await (const customer of client.customers.list({ email: input.email, limit: 100 })) {
      if (customer.metadata[CLIENT_ID] === input.id) return customer;
    }
  }
  try {
    const value = input.id.replaceAll(/["\\]/g, "\\$&");
    const found = await client.customers.search({
      query: `metadata["${CLIENT_ID}"]:"${value}"`,
      limit: 1,
    });
    return found.data[0] ?? null;
  } catch (error) {
    // Accounts in India have no search (Stripe API reference, "Search").
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return null;
    throw error;
  }
}

/** Made with our id alone, so that the request under this key never differs, whatever the client is called by now. */
async function createCustomer(client: Stripe, input: StripeClientInput): Promise<Stripe.Customer> {
  return await postOnce<Stripe.Customer>(
    `customer:${input.id}`,
    (options) => client.customers.create({ metadata: { [CLIENT_ID]: input.id } }, options),
    () => findByClientId(client, input),
  );
}
