import { beforeAll, describe, expect, it } from "vitest";
import { type Caller, service, useDatabase } from "./database.ts";
import { connectStripe, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let other: Workspace;
beforeAll(async () => {
  [workspace, other] = [await makeWorkspace(database()), await makeWorkspace(database())];
});

const failure = (code: string) => expect.objectContaining({ code });
const stateOf = async (id: string) =>
  database().one<{ state: string; problem: string | null }>(
    "select state, problem from public.stripe_accounts where id = $1",
    [id],
  );
const secretsOf = async (id: string): Promise<string[]> =>
  (
    await database().query<{ purpose: string }>(
      "select purpose from public.stripe_secrets where account_id = $1 order by purpose",
      [id],
    )
  ).map(({ purpose }) => purpose);
const toldOf = (id: string) =>
  database().query("select kind, occurrences from public.notifications where subject_id = $1", [id]);
const bind = (invoiceId: string, accountId: string, more: Record<string, string> = {}) =>
  database().rpc(service, "save_stripe_progress", {
    p_invoice_id: invoiceId,
    p_progress: { account_id: accountId, ...more },
  });
const disconnect = (who: Caller, id: string) => database().rpc(who, "disconnect_stripe_account", { p_id: id });

const apply = (accountId: string | null, invoiceId: string, change: Record<string, unknown> = {}) =>
  database().rpc<string>(service, "apply_stripe_event", {
    p_event_id: `evt_${crypto.randomUUID()}`,
    p_event_type: "invoice.paid",
    p_event_at: "2026-04-01T12:00:00Z",
    p_stripe_invoice_id: `in_${invoiceId}`,
    p_invoice_id: invoiceId,
    p_status: "paid",
    p_amount_paid_minor: 9000,
    p_account_id: accountId,
    ...change,
  });

describe("a workspace's account", () => {
  it("is one at a time, and the same one again, with its invoices, after it was disconnected", async () => {
    const one = await makeWorkspace(database());
    const id = await connectStripe(database(), one, { account_id: "acct_one" });
    await expect(connectStripe(database(), one, { account_id: "acct_two" })).rejects.toEqual(failure("BH005"));
    await expect(connectStripe(database(), one, { account_id: "acct_one", livemode: false })).rejects.toEqual(
      failure("BH005"),
    );
    expect(await secretsOf(id)).toEqual(["key", "webhook"]);

    await expect(disconnect(one.member, id)).rejects.toEqual(failure("BH001"));
    await expect(disconnect(other.owner, id)).rejects.toEqual(failure("BH002"));
    await disconnect(one.owner, id);
    expect(await secretsOf(id)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: "disconnected" });
    const found = await database().rpc<{ id: string; key: string | null }>(service, "find_stripe_account", {
      p_workspace_id: one.id,
      p_account_id: "acct_one",
      p_livemode: true,
    });
    expect(found).toMatchObject({ id, key: null });
    expect(await connectStripe(database(), one, { id, account_id: "acct_one" })).toBe(id);
    expect(await stateOf(id)).toMatchObject({ state: "connected" });
  });

  it("whose key is refused says so once, and is well again once the key works", async () => {
    const one = await makeWorkspace(database());
    const id = await connectStripe(database(), one);
    const report = (state: string, problem: string | null = null) =>
      database().rpc(service, "report_stripe_account", { p_id: id, p_state: state, p_problem: problem });
    await report("key_refused", "Stripe refuses the key.");
    await report("key_refused", "Stripe refuses the key.");
    expect(await stateOf(id)).toEqual({ state: "key_refused", problem: "Stripe refuses the key." });
    expect(await toldOf(id)).toEqual([{ kind: "stripe_refused", occurrences: 1 }]);
    await report("connected");
    expect(await stateOf(id)).toEqual({ state: "connected", problem: null });
    expect(await toldOf(id)).toEqual([]);
    await disconnect(one.owner, id);
    await report("connected");
    expect(await stateOf(id)).toMatchObject({ state: "disconnected" });
  });
});

describe("an invoice", () => {
  it("stays in the account it went to", async () => {
    const id = await connectStripe(database(), workspace, { account_id: "acct_first" });
    const { id: invoiceId } = await makeOpenInvoice(database(), workspace, 1);
    await bind(invoiceId, id, { customer_id: "cus_1" });
    await disconnect(workspace.owner, id);
    const second = await connectStripe(database(), workspace, { account_id: "acct_second" });
    await expect(bind(invoiceId, second)).rejects.toEqual(failure("BH005"));
    const found = await database().rpc<{ bound: { id: string; state: string }; account: { id: string } }>(
      service,
      "stripe_account_for_invoice",
      { p_invoice_id: invoiceId },
    );
    expect(found).toMatchObject({
      bound: { id, state: "disconnected" },
      account: { id: second },
      customers: { [id]: "cus_1" },
    });
    await disconnect(workspace.owner, second);
  });

  it("that is a test goes to the test mode of an account, and nothing else does", async () => {
    const one = await makeWorkspace(database());
    const { id: inBooks } = await makeOpenInvoice(database(), one, 1);
    await database().as(one.owner, "update public.workspaces set test_mode = true where id = $1", [one.id]);
    const { id: test, number } = await makeOpenInvoice(database(), one, 1);
    expect(number).toMatch(/^TEST-/);
    const live = await connectStripe(database(), one, { account_id: "acct_modes" });
    await expect(bind(test, live)).rejects.toEqual(failure("BH005"));
    await bind(inBooks, live);
    await disconnect(one.owner, live);
    const practice = await connectStripe(database(), one, { account_id: "acct_modes", livemode: false });
    expect(practice).not.toBe(live);
    await bind(test, practice);
  });

  it("heeds the events of its own account and of no other", async () => {
    const theirs = await connectStripe(database(), other, { account_id: "acct_theirs" });
    const ours = await connectStripe(database(), workspace, { account_id: "acct_ours" });
    const { id: invoiceId } = await makeOpenInvoice(database(), workspace, 1);
    // Before anything of it is at Stripe, nobody's word counts.
    expect(await apply(ours, invoiceId)).toBe("unrelated");
    await bind(invoiceId, ours, { invoice_id: `in_${invoiceId}` });
    expect(await apply(theirs, invoiceId)).toBe("unrelated");
    expect(await apply(null, invoiceId)).toBe("unrelated");
    // The id of another tenant's invoice in one's own event.
    expect(await apply(theirs, invoiceId, { p_stripe_invoice_id: "in_of_theirs" })).toBe("unrelated");
    const eventId = `evt_${crypto.randomUUID()}`;
    expect(await apply(theirs, invoiceId, { p_event_id: eventId })).toBe("unrelated");
    expect(await apply(ours, invoiceId, { p_event_id: eventId })).toBe("applied");
    expect(await apply(ours, invoiceId, { p_event_id: eventId })).toBe("applied");
    expect(await database().one("select status from public.invoices where id = $1", [invoiceId])).toEqual({
      status: "paid",
    });
    await disconnect(workspace.owner, ours);
  });
});

describe("a client's customer", () => {
  it("is another one in each account, chosen by a manager and forgotten by one", async () => {
    const first = await connectStripe(database(), workspace, { account_id: "acct_c1" });
    const link = (accountId: string, customerId: string, clientId = workspace.clientId) =>
      database().rpc(service, "link_stripe_customer", {
        p_client_id: clientId,
        p_account_id: accountId,
        p_user_id: workspace.owner.userId,
        p_customer: { id: customerId, name: "Lantern", email: "accounts@client.example" },
      });
    await link(first, "cus_first");
    await disconnect(workspace.owner, first);
    const second = await connectStripe(database(), workspace, { account_id: "acct_c2" });
    await link(second, "cus_second");
    await link(second, "cus_third");
    await expect(link(second, "cus_third", other.clientId)).rejects.toMatchObject({ code: expect.any(String) });
    const read = () =>
      database().query(
        "select account_id, customer_id from public.stripe_customers where client_id = $1 and account_id = any ($2)",
        [workspace.clientId, [first, second]],
      );
    expect(await read()).toEqual(
      expect.arrayContaining([
        { account_id: first, customer_id: "cus_first" },
        { account_id: second, customer_id: "cus_third" },
      ]),
    );
    await expect(link(await connectStripe(database(), await makeWorkspace(database())), "cus_x")).rejects.toEqual(
      failure("BH002"),
    );
    const unlink = (who: Caller) =>
      database().rpc(who, "unlink_stripe_customer", { p_client_id: workspace.clientId, p_account_id: second });
    await expect(unlink(workspace.member)).rejects.toEqual(failure("BH001"));
    await unlink(workspace.owner);
    expect(await read()).toEqual([{ account_id: first, customer_id: "cus_first" }]);
  });
});
