import { setWorkspaceLogo } from "@billhook/database/logos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Harness,
  startHarness,
  callApi,
  eventually,
  signUpWithWorkspace,
  type PersonOfWorkspace,
} from "./harness.ts";
import { invoiceActions, payAtStripe } from "./invoice-actions.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
const { draftInvoice, openInvoice, api, send, addMember } = invoiceActions(() => harness);

describe("the client's page of an invoice", () => {
  const browser = { "sec-fetch-dest": "document", "sec-fetch-site": "none", "user-agent": "Mozilla/5.0 Firefox/140.0" };
  const look = (url: string, headers: Record<string, string> = browser) => fetch(url, { headers });

  async function makeLink(person: PersonOfWorkspace, id: string, body: object = {}) {
    const answer = await callApi(harness.stack, "POST", `/api/invoices/${id}/link`, { token: person.token, body });
    if (!answer.ok) throw new Error(`link answered ${answer.status} ${await answer.text()}`);
    return { status: answer.status, ...((await answer.json()) as { id: string; url: string }) };
  }

  test("opens without signing in, with the PDF, and counts who looks", async () => {
    const { owner } = harness;
    const { id, number } = await openInvoice(owner);
    const link = await makeLink(owner, id);
    expect(link).toMatchObject({ status: 201, url: expect.stringMatching(/\/i\/[A-Za-z0-9_-]{43}$/) as string });
    expect(await makeLink(owner, id)).toEqual({ ...link, status: 200 });
    const known = await api(owner, "GET", `/api/invoices/${id}/link`);
    expect(await known.json()).toEqual({ id: link.id, url: link.url });

    const page = await look(link.url);
    expect(page.status).toBe(200);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow, noarchive",
      "content-security-policy": expect.stringContaining("default-src 'none'; style-src 'nonce-") as string,
    });
    const text = await page.text();
    expect(text).toContain(number);
    expect(text).toContain("195.00");
    expect(text).not.toContain("<details");
    const pdf = await fetch(`${link.url}/pdf`);
    expect(pdf.headers.get("content-disposition")).toBe(`attachment; filename="${number}.pdf"`);
    expect(pdf.headers.get("x-robots-tag")).toContain("noindex");
    expect((await pdf.text()).slice(0, 5)).toBe("%PDF-");

    await look(link.url, { ...browser, "user-agent": "Slackbot 1.0" });
    await fetch(link.url, { method: "HEAD", headers: browser });
    const { data } = await owner.database.from("invoice_links").select("opened_count").eq("invoice_id", id).single();
    expect(data?.opened_count).toBe(1);
  });

  test("has the logo and the colour that the invoice was finalised with", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    const image =
      "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mOQj48mCTGMahjVMHw1AAAihNkBvFxcDwAAAABJRU5ErkJggg==";
    const logo = { media_type: "image/png", image, width: 16, height: 16 } as const;
    const set = await setWorkspaceLogo(person.database, person.workspaceId, logo);
    const colour = await person.database
      .from("workspaces")
      .update({ accent_color: "#7a1f5f" })
      .eq("id", person.workspaceId);
    expect([set.ok, colour.error]).toEqual([true, null]);
    const { id } = await openInvoice(person);
    const { url } = await makeLink(person, id);
    await setWorkspaceLogo(person.database, person.workspaceId, null);
    const text = await (await look(url)).text();
    expect(text).toContain(`src="data:image/png;base64,${image}"`);
    expect(text).toContain("--accent: light-dark(#7a1f5f,");
  });

  test("has the evidence where the workspace wants it, and commit messages as text", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner, ["fix: <img src=x onerror=alert(1)> in the basket [1h]"]);
    const link = await makeLink(owner, id, { show_evidence: true });
    const shown = await (await look(link.url)).text();
    expect(shown).toContain("fix: &lt;img src=x onerror=alert(1)&gt; in the basket");
    expect(shown).not.toContain("<img");
    expect(shown).not.toContain("https://github.com/");
    await owner.database.rpc("change_invoice_link", { p_link_id: link.id, p_changes: { show_evidence: false } });
    expect(await (await look(link.url)).text()).not.toContain("<details");
  });

  test("can be paid at Stripe, then says that it is paid, and says when it is void", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner);
    const { url } = await makeLink(owner, id);
    expect(await (await look(url)).text()).not.toContain("Pay €");
    const sent = await send(owner, id);
    expect(await (await look(url)).text()).toContain(`href="${sent.hosted_url}"`);
    await payAtStripe(sent.hosted_url);
    await eventually("the payment", async () => (await (await look(url)).text()).includes("Paid on"));
    expect(await (await look(url)).text()).not.toContain(sent.hosted_url);

    const other = await openInvoice(owner);
    const voided = await makeLink(owner, other.id);
    expect((await api(owner, "POST", `/api/invoices/${other.id}/void`)).status).toBe(204);
    expect(await (await look(voided.url)).text()).toContain("Nothing is owed on it.");
  });

  test("is the same plain 404 where the address is wrong, was revoked or was never one", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner);
    const link = await makeLink(owner, id);
    await owner.database.rpc("revoke_invoice_link", { p_link_id: link.id });
    const { origin } = new URL(link.url);
    const answers = await Promise.all(
      [link.url, `${link.url}/pdf`, `${origin}/i/${"A".repeat(43)}`, `${origin}/i/x`, `${origin}/i/x/y/z`].map((url) =>
        look(url),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    const plain = bodies.map((body) => body.replace(/nonce="[^"]+"/u, ""));
    expect(new Set(plain).size).toBe(1);
    expect(plain[0]).toContain("Ask whoever sent you the invoice for a new one.");
    expect((await api(owner, "GET", `/api/invoices/${id}/link`)).status).toBe(404);
    expect((await makeLink(owner, id)).url).not.toBe(link.url);
  });

  test("is for managers of the workspace to make, and not for a draft", async () => {
    const { owner } = harness;
    const { id } = await openInvoice(owner);
    await makeLink(owner, id);
    const outsider = await signUpWithWorkspace(harness.stack);
    const member = await addMember("member");
    for (const [person, status] of [
      [outsider, 404],
      [member, 403],
      [null, 401],
    ] as const) {
      const asked = { ...(person === null ? {} : { token: person.token }), body: {} };
      expect((await callApi(harness.stack, "POST", `/api/invoices/${id}/link`, asked)).status).toBe(status);
      expect((await api(person, "GET", `/api/invoices/${id}/link`)).status).toBe(status);
    }
    const draft = await draftInvoice(owner);
    const refused = await callApi(harness.stack, "POST", `/api/invoices/${draft}/link`, {
      token: owner.token,
      body: {},
    });
    expect(refused.status).toBe(409);
  });
});
