import { expect, test } from "vitest";
import { listInvoiceFacts, readInvoiceFactsById } from "./stripe-list.ts";
import { createStripeClient } from "./stripe.ts";

const invoice = (id: string) => ({
  id,
  object: "invoice",
  status: "open",
  currency: "eur",
  total: 100,
  amount_paid: 0,
  number: id,
  metadata: {},
});

/** A client of which `answer` is asked instead of Stripe; the searches are kept. */
function clientThat(answer: (url: URL) => { status?: number; headers?: Record<string, string>; body: unknown }) {
  const asked: string[] = [];
  const client = createStripeClient({
    secretKey: "sk_test_list",
    maxNetworkRetries: 0,
    fetch: (input) => {
      const url = new URL(new Request(input).url);
      asked.push(`${url.pathname}?${url.searchParams.toString()}`);
      const { status = 200, headers = {}, body } = answer(url);
      return Promise.resolve(Response.json(body, { status, headers }));
    },
  });
  return { client, asked };
}

test("invoices are listed in pages, those that are open and those made lately, each once", async () => {
  const { client, asked } = clientThat((url) => {
    const ids = url.searchParams.get("status") === "open" ? ["in_1", "in_2", "in_3"] : ["in_3", "in_4"];
    const start = ids.indexOf(url.searchParams.get("starting_after") ?? "") + 1;
    const data = ids.slice(start, start + 2).map(invoice);
    return { body: { object: "list", data, has_more: start + 2 < ids.length, url: "/v1/invoices" } };
  });
  const listed = await listInvoiceFacts(client, 1_700_000_000);
  expect(listed.ok && listed.invoices.map(({ stripeInvoiceId }) => stripeInvoiceId)).toEqual([
    "in_1",
    "in_2",
    "in_3",
    "in_4",
  ]);
  expect(asked.map((each) => decodeURIComponent(each))).toEqual([
    "/v1/invoices?status=open&limit=100",
    "/v1/invoices?status=open&limit=100&starting_after=in_2",
    "/v1/invoices?created[gte]=1700000000&limit=100",
  ]);
});

test("a limit that is reached is waited for, as long as Stripe says, and given up in the end", async () => {
  const waited: number[] = [];
  const wait = (seconds: number): Promise<void> => {
    waited.push(seconds);
    return Promise.resolve();
  };
  const busy = { status: 429, body: { error: { type: "rate_limit_error", message: "Too many requests" } } };
  let refusals = 2;
  const { client } = clientThat(() => {
    refusals -= 1;
    if (refusals === 1) return { ...busy, headers: { "retry-after": "7" } };
    return refusals === 0 ? busy : { body: { object: "list", data: [], has_more: false, url: "/v1/invoices" } };
  });
  expect(await listInvoiceFacts(client, 0, wait)).toEqual({ ok: true, invoices: [] });
  expect(waited[0]).toBe(7);
  expect(waited[1]).toBeGreaterThan(0.9);
  expect(waited).toHaveLength(2);

  const never = clientThat(() => busy);
  expect(await listInvoiceFacts(never.client, 0, wait)).toMatchObject({ ok: false, code: "stripe_busy" });
});

test("invoices that Stripe does not know are told apart from the others", async () => {
  const { client } = clientThat((url) =>
    url.pathname.endsWith("in_gone")
      ? { status: 404, body: { error: { type: "invalid_request_error", code: "resource_missing", message: "None" } } }
      : { body: invoice("in_1") },
  );
  const read = await readInvoiceFactsById(client, ["in_1", "in_gone"]);
  expect(read).toMatchObject({
    ok: true,
    missing: ["in_gone"],
    invoices: [{ stripeInvoiceId: "in_1", number: "in_1" }],
  });
});
