import { createInvoice, finaliseInvoice } from "@billhook/database/invoices";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedApprovedWork } from "./approved-work.ts";
import {
  callApi,
  eventually,
  type Harness,
  hmac,
  type PersonOfWorkspace,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  // The installation's key serves its first workspace alone, as it does where nothing else is said.
  harness = await startHarness({ bindings: { STRIPE_WORKSPACE_ID: "" } });
});
afterAll(() => harness.stop());

const everything = {
  customer: "write",
  invoice: "write",
  credit_note: "write",
  tax_rate: "write",
  payment_intent: "write",
  charge: "read",
} as const;

interface Connected {
  id: string;
  account_id: string;
  name: string | null;
  livemode: boolean;
  state: string;
  missing_permissions: string[];
  webhook_url: string;
  webhook_set: boolean;
}

const api = (person: PersonOfWorkspace, method: string, path: string, body?: unknown) =>
  callApi(harness.stack, method, path, { token: person.token, ...(body === undefined ? {} : { body }) });

const give = (person: PersonOfWorkspace, key: string, id?: string) =>
  api(person, "POST", "/api/stripe/accounts", {
    workspace_id: person.workspaceId,
    api_key: key,
    ...(id === undefined ? {} : { id }),
  });

async function connect(person: PersonOfWorkspace, key: string): Promise<Connected> {
  const answer = await give(person, key);
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Connected;
}

/** What is wrong, as people read it. */
async function problemOf(answer: Response): Promise<{ status: number; detail: string }> {
  const { detail } = (await answer.json()) as { detail: string };
  return { status: answer.status, detail };
}

async function askStripe<T>(key: string, path: string, method = "GET"): Promise<T> {
  const answer = await fetch(`${harness.stack.stripeUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
  });
  return (await answer.json()) as T;
}

async function newPerson(): Promise<PersonOfWorkspace> {
  const person = await signUpWithWorkspace(harness.stack);
  await harness.stack.query("update public.clients set email = 'accounts@client.example' where id = $1", [
    person.clientId,
  ]);
  await seedApprovedWork(harness.stack, person, 4);
  // A number is used once in one account of Stripe, which these people share.
  await harness.stack.query("update public.workspaces set invoice_number_pattern = $2 where id = $1", [
    person.workspaceId,
    `${person.workspaceId.slice(0, 6)}-{number}`,
  ]);
  return person;
}

/** A finalised invoice over an hour of work. */
async function openInvoice(person: PersonOfWorkspace): Promise<string> {
  const { data } = await person.database
    .from("draft_line_items")
    .select("id")
    .eq("workspace_id", person.workspaceId)
    .eq("status", "approved")
    .is("invoice_id", null)
    .limit(1);
  const made = await createInvoice(person.database, person.clientId, [data?.[0]?.id ?? ""]);
  if (!made.ok) throw new Error(made.error.cause);
  const finalised = await finaliseInvoice(person.database, made.value);
  if (!finalised.ok) throw new Error(finalised.error.cause);
  return made.value;
}

async function invoiceOf(id: string) {
  const { data, error } = await harness.service.from("invoices").select("*").eq("id", id).single();
  if (error !== null) throw new Error(error.message);
  return data;
}

const send = (person: PersonOfWorkspace, id: string) => api(person, "POST", `/api/invoices/${id}/send`);

async function sent(person: PersonOfWorkspace): Promise<{ id: string; stripeId: string; hostedUrl: string }> {
  const id = await openInvoice(person);
  const answer = await send(person, id);
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const { stripe_invoice_id: stripeId, hosted_url: hostedUrl } = (await answer.json()) as Record<string, string>;
  return { id, stripeId: stripeId ?? "", hostedUrl: hostedUrl ?? "" };
}

const pay = (hostedUrl: string) =>
  fetch(hostedUrl, { method: "POST", body: new URLSearchParams({ card: "accepted" }), redirect: "manual" });

async function accountOf(id: string) {
  const { data } = await harness.service.from("stripe_accounts").select("*").eq("id", id).single();
  return data;
}

describe("a workspace's own account", () => {
  test("is connected by its key, hears of its payments, and is where its invoices go", async () => {
    const person = await newPerson();
    expect(await problemOf(await send(person, await openInvoice(person)))).toMatchObject({
      status: 409,
      detail: expect.stringContaining("Settings, Payments"),
    });

    const account = await connect(person, "rk_live_harbour_one");
    expect(account).toMatchObject({
      account_id: "acct_harbour",
      name: "Harbour stand-in",
      livemode: true,
      state: "connected",
      missing_permissions: [],
      webhook_set: true,
    });
    const row = await accountOf(account.id);
    expect(row).toMatchObject({ key_hint: "rk_live_…_one", webhook_endpoint_id: expect.stringMatching(/^we_/) });
    const secrets = await harness.stack.query<{ ciphertext: string }>("select ciphertext from public.stripe_secrets");
    expect(secrets.every(({ ciphertext }) => !/rk_|whsec_/.test(ciphertext))).toBe(true);

    const { id, stripeId, hostedUrl } = await sent(person);
    expect(await askStripe("sk_live_harbour", `/invoices/${stripeId}`)).toMatchObject({
      status: "open",
      livemode: true,
    });
    expect(await invoiceOf(id)).toMatchObject({ stripe_account_id: account.id });
    await pay(hostedUrl);
    await eventually("the payment", async () => (await invoiceOf(id)).status === "paid");
    expect((await accountOf(account.id))?.webhook_heard_at).not.toBeNull();
  });

  test("whose key lacks permissions says which, takes a secret that is pasted, and is checked again", async () => {
    const person = await newPerson();
    const key = "rk_live_harbour_narrow";
    harness.stack.stripe?.restrictKey(key, { customer: "write", invoice: "write", charge: "read" });
    const account = await connect(person, key);
    expect(account).toMatchObject({
      account_id: "acct_harbour",
      name: null,
      state: "permissions_missing",
      missing_permissions: ["Credit notes (write)", "Tax rates (write)", "PaymentIntents (write)"],
      webhook_set: false,
    });

    const paste = (secret: string) =>
      api(person, "POST", `/api/stripe/accounts/${account.id}/webhook-secret`, { secret });
    expect((await paste("not a secret")).status).toBe(422);
    expect((await paste("whsec_made_by_hand")).status).toBe(204);
    const payload = JSON.stringify({ id: "evt_ping", object: "event", type: "ping", created: 1, data: { object: {} } });
    const deliver = (secret: string) => {
      const at = Math.floor(Date.now() / 1000);
      const signature = `t=${at},v1=${hmac(secret, `${at}.${payload}`)}`;
      return fetch(account.webhook_url, { method: "POST", headers: { "stripe-signature": signature }, body: payload });
    };
    expect((await deliver("whsec_made_by_hand")).status).toBe(200);
    expect((await deliver(harness.stack.keys.stripe_webhook_secret)).status).toBe(401);

    harness.stack.stripe?.restrictKey(key, everything);
    const again = await api(person, "POST", `/api/stripe/accounts/${account.id}/check`);
    expect(await again.json()).toMatchObject({ id: account.id, state: "connected", missing_permissions: [] });
  });

  test("takes no key that is none, unknown, or of another account", async () => {
    const person = await newPerson();
    expect(await problemOf(await give(person, "pk_live_publishable"))).toMatchObject({ status: 422 });
    expect(await problemOf(await give(person, "rk_live_nobody"))).toEqual({
      status: 422,
      detail: "Stripe does not know this key. Compare it with the one shown there.",
    });
    const account = await connect(person, "rk_live_harbour");
    expect(await problemOf(await give(person, "rk_live_quay", account.id))).toMatchObject({ status: 422 });
    expect(await problemOf(await give(person, "rk_test_harbour", account.id))).toMatchObject({ status: 422 });
    expect(await problemOf(await give(person, "rk_live_quay"))).toMatchObject({ status: 409 });
    const { data: left } = await askStripe<{ data: object[] }>("sk_live_quay", "/webhook_endpoints");
    expect(left).toEqual([]);
    expect((await give(person, "sk_live_harbour_new", account.id)).status).toBe(201);
    const stranger = await newPerson();
    expect((await api(stranger, "DELETE", `/api/stripe/accounts/${account.id}`)).status).toBe(404);
    expect((await give({ ...stranger, workspaceId: person.workspaceId }, "rk_live_quay")).status).toBe(404);
  });

  test("that was changed does not get an invoice of the one before, until that is connected again", async () => {
    const person = await newPerson();
    const first = await connect(person, "rk_live_harbour");
    const { id, stripeId } = await sent(person);
    expect((await api(person, "DELETE", `/api/stripe/accounts/${first.id}`)).status).toBe(204);
    const { data: endpoints } = await askStripe<{ data: { url: string }[] }>(
      "sk_live_harbour",
      "/webhook_endpoints?limit=100",
    );
    expect(endpoints.map(({ url }) => url)).not.toContain(first.webhook_url);
    expect((await fetch(first.webhook_url, { method: "POST", body: "{}" })).status).toBe(404);

    const second = await connect(person, "rk_live_quay");
    expect(await problemOf(await api(person, "POST", `/api/invoices/${id}/void`))).toEqual({
      status: 409,
      detail: expect.stringContaining("Harbour stand-in, which is disconnected"),
    });
    expect(await invoiceOf(id)).toMatchObject({ status: "open", stripe_account_id: first.id });
    await api(person, "DELETE", `/api/stripe/accounts/${second.id}`);
    expect(await connect(person, "rk_live_harbour")).toMatchObject({ id: first.id });
    expect((await api(person, "POST", `/api/invoices/${id}/void`)).status).toBe(204);
    expect(await askStripe("sk_live_harbour", `/invoices/${stripeId}`)).toMatchObject({ status: "void" });
  });

  test("whose key is taken back says what to do, tells it once, and goes on with another key", async () => {
    const person = await newPerson();
    const account = await connect(person, "rk_live_quay_lost");
    harness.stack.stripe?.revokeKey("rk_live_quay_lost");
    const id = await openInvoice(person);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await problemOf(await send(person, id))).toEqual({
        status: 422,
        detail: "Stripe refused the API key. Replace it under Settings, Payments.",
      });
    }
    expect(await accountOf(account.id)).toMatchObject({ state: "key_refused" });
    const { data: told } = await person.database
      .from("notifications")
      .select("kind, occurrences")
      .eq("subject_id", account.id);
    expect(told).toEqual([{ kind: "stripe_refused", occurrences: 1 }]);
    expect((await give(person, "rk_live_quay_new", account.id)).status).toBe(201);
    expect((await send(person, id)).status).toBe(200);
    expect(await accountOf(account.id)).toMatchObject({ state: "connected" });
  });

  test("in test mode takes tests only, whose numbers are their own", async () => {
    const person = await newPerson();
    const books = await openInvoice(person);
    const account = await connect(person, "rk_test_quay");
    expect(await problemOf(await send(person, books))).toMatchObject({
      status: 409,
      detail: expect.stringContaining("test mode"),
    });
    expect(await invoiceOf(books)).toMatchObject({ stripe_account_id: null, stripe_invoice_id: null });
    await harness.stack.query("update public.workspaces set test_mode = true where id = $1", [person.workspaceId]);
    const { id, stripeId } = await sent(person);
    expect((await invoiceOf(id)).number).toMatch(/^TEST-.*-0001$/);
    expect(await askStripe("sk_test_quay", `/invoices/${stripeId}`)).toMatchObject({ livemode: false });
    expect(account.livemode).toBe(false);
  });
});

describe("a word from an account", () => {
  test("counts for its own invoices alone, whoever signed it", async () => {
    const person = await newPerson();
    await connect(person, "rk_live_harbour");
    const { id, stripeId } = await sent(person);
    const other = await newPerson();
    const theirs = await connect(other, "rk_live_quay");
    await api(other, "POST", `/api/stripe/accounts/${theirs.id}/webhook-secret`, { secret: "whsec_of_the_other" });
    const deliver = (change: object) => {
      const at = Math.floor(Date.now() / 1000);
      const object = {
        id: stripeId,
        object: "invoice",
        status: "paid",
        currency: "eur",
        total: 9000,
        amount_paid: 9000,
      };
      const payload = JSON.stringify({
        id: `evt_${crypto.randomUUID()}`,
        object: "event",
        type: "invoice.paid",
        created: at,
        livemode: true,
        data: { object: { ...object, metadata: { billhook_invoice_id: id } } },
        ...change,
      });
      const signature = `t=${at},v1=${hmac("whsec_of_the_other", `${at}.${payload}`)}`;
      return fetch(theirs.webhook_url, { method: "POST", headers: { "stripe-signature": signature }, body: payload });
    };
    for (const change of [{}, { livemode: false }, { account: "acct_harbour" }]) {
      const answer = await deliver(change);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ outcome: "unrelated" });
    }
    expect(await invoiceOf(id)).toMatchObject({ status: "open", amount_paid_minor: 0 });
    expect(await (await deliver({ type: "account.application.deauthorized" })).json()).toEqual({ outcome: "applied" });
    expect(await accountOf(theirs.id)).toMatchObject({ state: "key_refused" });
  });
});

describe("a client's customer", () => {
  test("is searched for in the account, chosen, and sent to", async () => {
    const person = await newPerson();
    const account = await connect(person, "rk_live_quay");
    const path = `/api/stripe/accounts/${account.id}/customers`;
    const made = await fetch(`${harness.stack.stripeUrl}/v1/customers`, {
      method: "POST",
      headers: { authorization: "Bearer sk_live_quay" },
      body: new URLSearchParams({ name: "Lantern Studio", email: "pay@lantern.example" }),
    });
    const { id: customer } = (await made.json()) as { id: string };
    const found = await api(person, "GET", `${path}?query=lantern.ex`);
    expect(await found.json()).toEqual({
      customers: [{ id: customer, name: "Lantern Studio", email: "pay@lantern.example" }],
    });
    const choose = (id: string) => api(person, "POST", path, { client_id: person.clientId, customer_id: id });
    expect((await choose("cus_nobody")).status).toBe(422);
    expect((await choose(customer)).status).toBe(204);
    const { stripeId } = await sent(person);
    expect(await askStripe("sk_live_quay", `/invoices/${stripeId}`)).toMatchObject({ customer });
    const { data } = await person.database.from("stripe_customers").select("customer_id, name, account_id");
    expect(data).toEqual([{ customer_id: customer, name: "Lantern Studio", account_id: account.id }]);
  });
});

describe("the comparison of both sides", () => {
  test("finds a payment that was never told of, makes the endpoint anew, and reports what it cannot mend", async () => {
    const person = await newPerson();
    const account = await connect(person, "rk_live_harbour");
    const { webhook_endpoint_id: endpoint } = (await accountOf(account.id)) ?? {};
    await askStripe("sk_live_harbour", `/webhook_endpoints/${endpoint ?? ""}`, "DELETE");
    const [first, second, third] = [await sent(person), await sent(person), await sent(person)];
    await pay(first.hostedUrl);
    expect(await invoiceOf(first.id)).toMatchObject({ status: "open" });
    await harness.stack.runCron("7 * * * *");
    expect(await invoiceOf(first.id)).toMatchObject({ status: "paid", amount_paid_minor: 9000 });

    // The endpoint that somebody had deleted is there again.
    await pay(second.hostedUrl);
    await eventually("the second payment", async () => (await invoiceOf(second.id)).status === "paid");
    await harness.stack.query("update public.invoices set stripe_customer_id = 'cus_other' where id = $1", [third.id]);
    const compared = await api(person, "POST", `/api/stripe/accounts/${account.id}/compare`);
    expect(await compared.json()).toMatchObject({ open: 1, found: 1, healed: 0 });
    const { data } = await person.database.from("stripe_differences").select("invoice_id, kind, ours");
    expect(data).toEqual([{ invoice_id: third.id, kind: "customer", ours: "cus_other" }]);
    expect((await accountOf(account.id))?.compared_at).not.toBeNull();
  });
});

test("the installation's key serves its first workspace, and no other", async () => {
  const { owner } = harness;
  await seedApprovedWork(harness.stack, owner, 1);
  await harness.stack.query("update public.clients set email = 'accounts@client.example' where id = $1", [
    owner.clientId,
  ]);
  const { id } = await sent(owner);
  const { data } = await owner.database.from("stripe_accounts").select("id, source, account_id");
  expect(data).toEqual([
    { id: (await invoiceOf(id)).stripe_account_id, source: "operator", account_id: "acct_embedded" },
  ]);
  const other = await newPerson();
  expect(await problemOf(await send(other, await openInvoice(other)))).toMatchObject({ status: 409 });
});
