import { randomUUID } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { createInvoice, finaliseInvoice } from "@billhook/database/invoices";
import { creditInvoice, recordPayment, writeOffInvoice } from "@billhook/database/payments";
import { extractText, getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness, eventually, signUpWithWorkspace, type PersonOfWorkspace } from "./harness.ts";
import { invoiceActions, payAtStripe, type StripeInvoice } from "./invoice-actions.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
const { approvedDrafts, draftInvoice, openInvoice, invoiceOf, api, send, askStripe, deliverEvent, addMember } =
  invoiceActions(() => harness);

/** A grey picture of that size (ISO/IEC 15948). */
function makePng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const rows = deflateSync(Buffer.alloc((width + 1) * height));
  return new Uint8Array(
    Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]),
  );
}

describe("an invoice", () => {
  test("goes from approved drafts to its number, its PDF, Stripe, and paid", async () => {
    const { owner } = harness;
    const { id, number } = await openInvoice(owner);
    expect(number).toMatch(/^INV-\d{4}-\d{4}$/);

    const pdf = await api(owner, "GET", `/api/invoices/${id}/pdf`);
    expect(pdf.status).toBe(200);
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect(pdf.headers.get("content-disposition")).toContain(number);
    const bytes = Buffer.from(await pdf.arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(bytes.subarray(-6).toString()).toContain("%%EOF");
    const again = Buffer.from(await (await api(owner, "GET", `/api/invoices/${id}/pdf`)).arrayBuffer());
    expect(again.equals(bytes)).toBe(true);

    const sent = await send(owner, id);
    expect(sent.status).toBe("open");
    const atStripe = await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`);
    // 1 h 30 m and 40 m at 90.00 are 135.00 and 60.00.
    expect(atStripe).toMatchObject({ status: "open", number, currency: "eur", total: 19_500 });
    expect(await invoiceOf(id)).toMatchObject({
      status: "open",
      total_minor: 19_500,
      stripe_invoice_id: sent.stripe_invoice_id,
      stripe_hosted_url: sent.hosted_url,
    });

    expect((await payAtStripe(sent.hosted_url)).status).toBe(303);
    await eventually("Stripe's word that it was paid", async () => (await invoiceOf(id)).status === "paid");
    expect(await invoiceOf(id)).toMatchObject({
      amount_paid_minor: 19_500,
      paid_at: expect.any(String),
      stripe_status: "paid",
    });
    const { data: told } = await owner.database.from("notifications").select("kind").eq("subject_id", id);
    expect(told).toEqual([{ kind: "invoice_paid" }]);
  });

  test("of a draft shows a PDF that is not kept", async () => {
    const id = await draftInvoice(harness.owner);
    const pdf = await api(harness.owner, "GET", `/api/invoices/${id}/pdf`);
    expect(pdf.status).toBe(200);
    expect((await invoiceOf(id)).pdf_key).toBeNull();
  });

  test("keeps the logo and the account that it was finalised with, and says so once it is void", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    const workspace = `/api/workspaces/${person.workspaceId}`;
    const ask = (who: PersonOfWorkspace, method: string, path: string, body: BodyInit | null) =>
      fetch(`${harness.stack.appUrl}${path}`, { method, body, headers: { authorization: `Bearer ${who.token}` } });
    expect((await ask(person, "PUT", `${workspace}/logo`, makePng(32, 16))).status).toBe(204);
    expect((await ask(person, "PUT", `${workspace}/logo`, "<svg/>")).status).toBe(415);
    expect((await ask(person, "PUT", `${workspace}/logo`, makePng(1201, 16))).status).toBe(400);
    expect((await ask(person, "PUT", `${workspace}/logo`, "x".repeat(524_289))).status).toBe(413);
    expect((await ask(harness.owner, "PUT", `${workspace}/logo`, makePng(16, 16))).status).toBe(404);
    const setIban = (iban: string) =>
      person.database.from("workspaces").update({ iban }).eq("id", person.workspaceId).select("logo_id").single();
    expect((await setIban("DE89370400440532013000")).data?.logo_id).not.toBeNull();

    const account = { account_holder: null, iban: "DE89370400440532013000", bic: null, bank_name: null };
    const paid = { payment_code: "automatic", country: null, bank_details: null };
    const look = { locale: "de-DE", currency: "EUR", accent_color: "#1f5f5b", ...account, ...paid };
    const preview = await ask(person, "POST", `${workspace}/invoice-preview`, JSON.stringify(look));
    expect(preview.headers.get("content-type")).toBe("application/pdf");
    expect((await ask(harness.owner, "POST", `${workspace}/invoice-preview`, JSON.stringify(look))).status).toBe(404);

    const { id } = await openInvoice(person);
    const readPdf = async (): Promise<Buffer> =>
      Buffer.from(await (await api(person, "GET", `/api/invoices/${id}/pdf`)).arrayBuffer());
    const first = await readPdf();
    expect(first.toString("latin1")).toContain("/Subtype /Image");
    await setIban("CH9300762011623852957");
    expect((await ask(person, "PUT", `${workspace}/logo`, null)).status).toBe(204);
    expect((await readPdf()).equals(first)).toBe(true);
    expect((await api(person, "POST", `/api/invoices/${id}/void`)).status).toBe(204);
    const voided = await readPdf();
    expect(voided.equals(first)).toBe(false);
    expect(voided.toString("latin1")).toContain("/Subtype /Image");
  });

  test("in a currency without decimals has the same amount on the invoice and in Stripe", async () => {
    const person = await signUpWithWorkspace(harness.stack, "JPY", 9000);
    // A number is used once in one account of Stripe, which the workspaces of a deployment share.
    await person.database
      .from("workspaces")
      .update({ invoice_number_pattern: "JP-{year}-{number}" })
      .eq("id", person.workspaceId);
    await person.database
      .from("clients")
      .update({ name: "株式会社サンプル", locale: "ja-JP" })
      .eq("id", person.clientId);
    const { id } = await openInvoice(person, ["feat: gift wrapping [1h 30m]", "fix: the total [20m]"]);
    expect(await invoiceOf(id)).toMatchObject({ currency: "JPY", total_minor: 16_500 });
    const sent = await send(person, id);
    expect(await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`)).toMatchObject({
      currency: "jpy",
      total: 16_500,
    });
    const pdf = await api(person, "GET", `/api/invoices/${id}/pdf`);
    // Set with a font that the Worker reads from its static files.
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(await pdf.arrayBuffer())));
    expect(text[0]).toContain("株式会社サンプル");
    expect(text[0]).toContain("￥16,500");
    await payAtStripe(sent.hosted_url);
    await eventually("the payment", async () => (await invoiceOf(id)).amount_paid_minor === 16_500);
  });

  test("made from the same drafts in several tabs at once is one invoice", async () => {
    const { owner } = harness;
    const drafts = await approvedDrafts(owner, ["One [1h]", "Two [2h]"]);
    const made = await Promise.all(
      Array.from({ length: 5 }, () => createInvoice(owner.database, owner.clientId, drafts)),
    );
    expect(made.every((result) => result.ok)).toBe(true);
    expect(new Set(made.map((result) => (result.ok ? result.value : ""))).size).toBe(1);
    const { data: lines } = await owner.database.from("invoice_lines").select("id").in("draft_line_item_id", drafts);
    expect(lines).toHaveLength(2);
  });

  test("gets one number however often and however simultaneously it is finalised, and numbers have no gaps", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    const ids = await Promise.all([draftInvoice(person), draftInvoice(person), draftInvoice(person)]);
    const numbers = await Promise.all([...ids, ...ids].map((id) => finaliseInvoice(person.database, id)));
    const distinct = [...new Set(numbers.map((result) => (result.ok ? result.value : "failed")))].toSorted();
    expect(distinct.map((number) => Number(number.split("-")[2]))).toEqual([1, 2, 3]);
  });

  test("sent twice at once and once more makes one invoice in Stripe", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner);
    const answers = await Promise.all([1, 2].map(() => api(owner, "POST", `/api/invoices/${id}/send`)));
    expect(answers.some((answer) => answer.status === 200)).toBe(true);
    const { stripe_invoice_id: stripeInvoiceId } = await send(owner, id);
    const { data } = await askStripe<{ data: StripeInvoice[] }>("/invoices?limit=100");
    const made = data.filter((invoice) => invoice.metadata["billhook_invoice_id"] === id);
    expect(made.map((invoice) => invoice.id)).toEqual([stripeInvoiceId]);
    expect(made[0]?.total).toBe(19_500);
  });

  test("with two taxes, a discount and money that came before is the same at Stripe to the cent, and so is what follows", async () => {
    const { database } = harness.owner;
    const id = await draftInvoice(harness.owner);
    const { data: lines } = await database
      .from("invoice_lines")
      .select("id")
      .eq("invoice_id", id)
      .order("seconds", { ascending: false });
    for (const [index, percent] of [21, 9].entries()) {
      const tax = { id: randomUUID(), workspace_id: harness.owner.workspaceId, name: "VAT", percent };
      expect((await database.from("tax_rates").insert(tax)).error).toBeNull();
      const p_line_id = lines?.[index]?.id ?? "";
      const changed = await database.rpc("update_invoice_line", { p_line_id, p_changes: { tax_rate_id: tax.id } });
      expect(changed.error).toBeNull();
    }
    const discounted = await database.rpc("update_invoice", { p_invoice_id: id, p_changes: { discount_percent: 10 } });
    expect(discounted.error).toBeNull();
    expect((await finaliseInvoice(database, id)).ok).toBe(true);
    const payment = { id: randomUUID(), amount_minor: 5000, paid_on: "2026-03-10", method: "Bank transfer" };
    expect((await recordPayment(database, id, payment)).ok).toBe(true);

    const { stripe_invoice_id: stripeId } = await send(harness.owner, id);
    // 135.00 and 60.00 less 10 per cent, 21 per cent of 121.50 and 9 per cent of 54.00.
    expect(await askStripe(`/invoices/${stripeId}`)).toMatchObject({
      subtotal: 17_550,
      total: 20_588,
      total_taxes: expect.arrayContaining([
        expect.objectContaining({ amount: 2552 }),
        expect.objectContaining({ amount: 486 }),
      ]),
      amount_paid: 5000,
      amount_remaining: 15_588,
    });
    await eventually("Stripe's word of it", async () => (await invoiceOf(id)).stripe_event_at !== null);
    expect(await invoiceOf(id)).toMatchObject({ status: "open", amount_paid_minor: 5000 });

    expect((await creditInvoice(database, id, { id: randomUUID(), amount_minor: 1000 })).ok).toBe(true);
    expect((await writeOffInvoice(database, id)).ok).toBe(true);
    for (const _ of [1, 2]) expect((await api(harness.owner, "POST", `/api/invoices/${id}/settle`)).status).toBe(204);
    expect(await askStripe(`/invoices/${stripeId}`)).toMatchObject({
      status: "uncollectible",
      amount_remaining: 14_588,
    });
    const notes = await askStripe<{ data: { total: number }[] }>(`/credit_notes?invoice=${stripeId}`);
    expect(notes.data.map(({ total }) => total)).toEqual([1000]);
  });

  test("paid by a debit is processing until the bank has paid, and what goes back is booked once", async () => {
    const { id } = await openInvoice(harness.owner);
    const sent = await send(harness.owner, id);
    const post = (url: string, body: Record<string, string>) =>
      fetch(url, {
        method: "POST",
        headers: { authorization: "Bearer sk_test_embedded" },
        body: new URLSearchParams(body),
        redirect: "manual",
      });
    await post(sent.hosted_url, { debit: "pm_sepaDebit" });
    await eventually("the debit", async () => (await invoiceOf(id)).stripe_payment_state === "processing");
    await post(sent.hosted_url, { bank: "accepted" });
    await eventually("the money", async () => (await invoiceOf(id)).status === "paid");
    const { data } = await askStripe<{ data: { payment: { payment_intent: string } }[] }>(
      `/invoice_payments?invoice=${sent.stripe_invoice_id}`,
    );
    const intent = data[0]?.payment.payment_intent ?? "";
    const refunded = await post(`${harness.stack.stripeUrl}/v1/refunds`, { payment_intent: intent, amount: "500" });
    const refund = (await refunded.json()) as { id: string };
    await eventually("the refund", async () => (await invoiceOf(id)).amount_paid_minor === 19_000);
    expect((await deliverEvent("refund.updated", refund)).status).toBe(200);
    expect(await invoiceOf(id)).toMatchObject({ status: "open", amount_paid_minor: 19_000 });
  });

  test("that is voided is void in Stripe, and its time is unbilled again", async () => {
    const { owner } = harness;
    const drafts = await approvedDrafts(owner, ["Withdrawn [1h]"]);
    const created = await createInvoice(owner.database, owner.clientId, drafts);
    const id = created.ok ? created.value : "";
    expect((await finaliseInvoice(owner.database, id)).ok).toBe(true);
    const sent = await send(owner, id);
    expect((await api(owner, "POST", `/api/invoices/${id}/void`)).status).toBe(204);
    expect((await api(owner, "POST", `/api/invoices/${id}/void`)).status).toBe(204);
    expect(await askStripe<StripeInvoice>(`/invoices/${sent.stripe_invoice_id}`)).toMatchObject({ status: "void" });
    expect(await invoiceOf(id)).toMatchObject({ status: "void", number: expect.any(String) });
    const { data } = await owner.database.from("draft_line_items").select("status, invoice_id").in("id", drafts);
    expect(data).toEqual([{ status: "approved", invoice_id: null }]);
    expect((await createInvoice(owner.database, owner.clientId, drafts)).ok).toBe(true);
  });

  test("that was paid is not voided, in Stripe or here", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner);
    const sent = await send(owner, id);
    await payAtStripe(sent.hosted_url);
    await eventually("the payment", async () => (await invoiceOf(id)).status === "paid");
    expect((await api(owner, "POST", `/api/invoices/${id}/void`)).status).toBe(409);
    expect(await invoiceOf(id)).toMatchObject({ status: "paid" });
    expect((await api(owner, "POST", `/api/invoices/${id}/send`)).status).toBe(409);
  });
});

describe("who may do what with an invoice", () => {
  const actions = [
    ["GET", "pdf"],
    ["POST", "send"],
    ["POST", "void"],
  ] as const;

  test("a viewer and a member read its PDF, and are refused the rest", async () => {
    const { id } = await openInvoice(harness.owner);
    for (const role of ["viewer", "member"] as const) {
      const person = await addMember(role);
      const statuses = await Promise.all(
        actions.map(async ([method, action]) => (await api(person, method, `/api/invoices/${id}/${action}`)).status),
      );
      expect(statuses).toEqual([200, 403, 403]);
    }
    expect(await invoiceOf(id)).toMatchObject({ status: "open", stripe_invoice_id: null });
  });

  test("an admin sends it", async () => {
    const { id } = await openInvoice(harness.owner);
    const admin = await addMember("admin");
    expect((await send(admin, id)).status).toBe("open");
  });

  test("to an outsider it does not exist, and a stranger is asked to sign in", async () => {
    const { id } = await openInvoice(harness.owner);
    const outsider = await signUpWithWorkspace(harness.stack);
    for (const [method, action] of actions) {
      expect((await api(outsider, method, `/api/invoices/${id}/${action}`)).status).toBe(404);
      const stranger = await api(null, method, `/api/invoices/${id}/${action}`);
      expect(stranger.status).toBe(401);
      expect(stranger.headers.get("content-type")).toBe("application/problem+json");
    }
    expect(await invoiceOf(id)).toMatchObject({ status: "open", stripe_invoice_id: null });
  });

  test.each([
    ["that is no id", "1 or 1=1"],
    ["of nothing", "5c2f4f0e-8f57-4b4f-9a53-0d2a4a3f2b11"],
  ])("an address %s is answered as not found or malformed, never a 500", async (_name, id) => {
    for (const [method, action] of actions) {
      const answer = await api(harness.owner, method, `/api/invoices/${encodeURIComponent(id)}/${action}`);
      expect([404, 422]).toContain(answer.status);
    }
  });
});
