import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { createInvoice, makeApproved, makeOpenInvoice, makeWorkspace, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64");
const setLogo = (logo: unknown, who = workspace.admin) =>
  database().rpc<string | null>(who, "set_workspace_logo", { p_workspace_id: workspace.id, p_logo: logo });
const logo = (change: object = {}) => ({ media_type: "image/png", image: PNG, width: 64, height: 32, ...change });
const keptLogos = async (): Promise<string[]> => {
  const logos = await database().query<{ id: string }>(
    "select id from public.workspace_logos where workspace_id = $1",
    [workspace.id],
  );
  return logos.map(({ id }) => id);
};
const setIban = (iban: string) =>
  database().as(workspace.admin, "update public.workspaces set iban = $2 where id = $1", [workspace.id, iban]);
const readDocument = (id: string) =>
  database().rpc<Record<string, unknown>>(workspace.viewer, "invoice_document", { p_invoice_id: id });

describe("where to pay", () => {
  it("is an IBAN with the right check digits, or none", async () => {
    // The registry's examples (ISO 13616, of Germany and of Switzerland).
    for (const iban of ["DE89370400440532013000", "CH9300762011623852957"]) await setIban(iban);
    for (const iban of ["DE89370400440532013001", "DE88370400440532013000", "de89370400440532013000", "DE", ""]) {
      await expect(setIban(iban), iban).rejects.toMatchObject({ code: "23514" });
    }
  });

  it("and how it looks stays on a finalised invoice as it was", async () => {
    await setIban("DE89370400440532013000");
    const first = await setLogo(logo());
    const { id } = await makeOpenInvoice(database(), workspace, 1);
    const biller = {
      iban: "DE89370400440532013000",
      logo_id: first,
      payment_code: "automatic",
      accent_color: "#1f5f5b",
    };
    await setIban("CH9300762011623852957");
    const second = await setLogo(logo());
    const third = await setLogo(logo());
    expect(await readDocument(id)).toMatchObject({ invoice: { biller } });
    // The one that the invoice shows is kept; the one that none does is not.
    expect(await keptLogos()).toEqual(expect.arrayContaining([first, third]));
    expect(await keptLogos()).not.toContain(second);
    await setLogo(null);
    expect(await keptLogos()).toEqual([first]);
  });
});

describe("a logo", () => {
  it.each([
    ["neither PNG nor JPEG", { image: Buffer.from("<svg/>").toString("base64") }],
    ["a PNG called a JPEG", { media_type: "image/jpeg" }],
    ["of another kind", { media_type: "image/svg+xml" }],
    ["too large", { image: Buffer.concat([Buffer.from(PNG, "base64"), Buffer.alloc(524_288)]).toString("base64") }],
    ["too wide", { width: 1201 }],
    ["without a size", { height: null }],
    ["not base64", { image: "*" }],
  ])("that is %s is refused", async (_, change) => {
    await expect(setLogo(logo(change))).rejects.toMatchObject({ code: "BH003", detail: "logo" });
  });

  it("is set by owners and admins, of their own workspace", async () => {
    await expect(setLogo(logo(), workspace.member)).rejects.toMatchObject({ code: "BH001" });
    const other = await makeWorkspace(database());
    await expect(setLogo(logo(), other.owner)).rejects.toMatchObject({ code: "BH002" });
  });
});

describe("the evidence of an invoice", () => {
  it("is shown as the client has it, until somebody says otherwise; never changed once it is finalised", async () => {
    await database().as(workspace.admin, "update public.clients set evidence_appendix = true where id = $1", [
      workspace.clientId,
    ]);
    const id = await createInvoice(database(), workspace, await makeApproved(database(), workspace, 2));
    const { evidence } = (await readDocument(id)) as { evidence: { lines: { entries: { commits: unknown[] }[] }[] } };
    expect(evidence).toMatchObject({ entries: 2, lines: [{ entries: [{ seconds: 3600 }] }, { entries: [{}] }] });
    expect(evidence.lines[0]?.entries[0]?.commits).toMatchObject([{ hash: expect.stringMatching(/^[0-9a-f]{7}$/u) }]);
    const change = (value: unknown) =>
      database().rpc(workspace.admin, "update_invoice", { p_invoice_id: id, p_changes: { evidence_appendix: value } });
    await expect(change("yes")).rejects.toMatchObject({ code: "BH003", detail: "evidence_appendix" });
    await change(false);
    expect(await readDocument(id)).toMatchObject({ evidence: null });
    await database().rpc(workspace.admin, "finalise_invoice", { p_invoice_id: id });
    await expect(change(true)).rejects.toMatchObject({ code: "BH005" });
  });
});

describe("what is written into lines", () => {
  it.each([
    ["de-AT", "Project, KW 10", "Korrektur zu Rechnung "],
    ["fr", "Project, semaine 10", "Avoir sur la facture "],
    ["es-MX", "Project, semana 10", "Rectificación de la factura "],
    ["pl", "Project, tydzień 10", "Korekta do faktury "],
    ["ja-JP", "Project、第10週", "請求書 "],
    ["pt", "Project, week 10", "Credit for "],
  ])("is in the language of a client's locale: %s", async (locale, week, credit) => {
    const place = await makeWorkspace(database());
    await database().as(place.admin, "update public.clients set locale = $2 where id = $1", [place.clientId, locale]);
    await makeApproved(database(), place, 1);
    const { invoice_id: id } = await database().rpc<{ invoice_id: string }>(place.admin, "bill_client", {
      p_client_id: place.clientId,
      p_options: {},
    });
    const words = (invoiceId: string) =>
      database().one<{ description: string }>("select description from public.invoice_lines where invoice_id = $1", [
        invoiceId,
      ]);
    expect(await words(id)).toEqual({ description: week });
    await database().rpc(place.admin, "finalise_invoice", { p_invoice_id: id });
    const note = await database().rpc<string>(place.admin, "credit_invoice", {
      p_invoice_id: id,
      p_credit: { amount_minor: 100 },
    });
    expect((await words(note)).description).toContain(credit);
  });
});
