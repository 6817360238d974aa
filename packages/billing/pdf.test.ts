import { readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { type Plugin, build } from "esbuild";
import { Miniflare } from "miniflare";
import { extractText, getDocumentProxy, getMeta } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InvoiceDocument, InvoiceDocumentLine } from "./invoice-document.ts";
import { renderInvoicePdf } from "./pdf.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = {
  regular: readFileSync(resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf")),
  bold: readFileSync(resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf")),
  load: (name: string) => Promise.reject(new Error(`${name} was asked for`)),
};

const LINE: InvoiceDocumentLine = {
  description: "Fixed the sign-in form",
  detail: null,
  ticket: "ROW-118",
  startDate: "2026-03-02",
  endDate: "2026-03-04",
  seconds: 8400,
  hourlyRateMinor: 8000,
  quantityThousandths: null,
  unitPriceMinor: null,
  discountMinor: 0,
  totalMinor: 18_667,
};

const INVOICE: InvoiceDocument = {
  biller: {
    name: "Northlight Software",
    address: "14 Quay Street\nBristol",
    country: null,
    email: "hello@northlight.example",
    taxId: "GB 123",
    account: { holder: null, iban: null, bic: null, bankName: null },
    bankDetails: "IBAN GB00 TEST",
    paymentCode: "automatic",
    accentColor: "#1f5f5b",
    logo: null,
  },
  client: {
    name: "Harbour Rowing Club",
    contactName: null,
    address: "2 Dock Road",
    country: null,
    email: null,
    taxId: null,
  },
  kind: "invoice",
  mark: null,
  corrects: null,
  number: "INV-2026-0042",
  issueDate: "2026-03-31",
  dueDate: "2026-04-14",
  currency: "EUR",
  locale: "en-GB",
  timeDisplay: "hm",
  lines: [LINE, { ...LINE, description: "Set-up fee", seconds: null, hourlyRateMinor: null, totalMinor: 5000 }],
  subtotalMinor: 23_667,
  taxMinor: 0,
  linesMinor: 23_667,
  discountMinor: 0,
  taxes: [],
  totalMinor: 23_667,
  payments: [],
  creditedMinor: 0,
  dueMinor: 23_667,
  notes: "Thank you.",
  evidence: null,
};

const SIXTY: InvoiceDocument = {
  ...INVOICE,
  lines: Array.from({ length: 60 }, (_, index) => ({ ...LINE, description: `Task ${index + 1}`, totalMinor: index })),
  subtotalMinor: 1770,
  taxMinor: 336,
  taxes: [{ label: "VAT 10%", taxableMinor: 3360, taxMinor: 336, note: null }],
  totalMinor: 2106,
};

async function readPages(pdf: Uint8Array): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
  return text.map((page) => page.replaceAll(/\s+/g, " "));
}

async function pagesOf(change: Partial<InvoiceDocument>): Promise<string[]> {
  return await readPages(await renderInvoicePdf({ ...INVOICE, ...change }, FONTS));
}

/** As wrangler does: a library's `require("stream")` becomes an import of `node:stream`. */
const requireNodeBuiltins: Plugin = {
  name: "require-node-builtins",
  setup(bundler) {
    const filter = new RegExp(`^(node:)?(${builtinModules.filter((name) => /^\w+$/.test(name)).join("|")})$`);
    bundler.onResolve({ filter }, ({ path, kind }) => {
      const name = path.startsWith("node:") ? path : `node:${path}`;
      return kind === "require-call" ? { path: name, namespace: "required" } : { path: name, external: true };
    });
    bundler.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `import library from ${JSON.stringify(path)}; module.exports = library;`,
    }));
  },
};

describe("the PDF of an invoice", () => {
  test("says who bills whom for what, how much, and when it is due", async () => {
    const [page = ""] = await pagesOf({});
    for (const text of [
      "Northlight Software",
      "14 Quay Street",
      "Tax ID GB 123",
      "INV-2026-0042",
      "Harbour Rowing Club",
      "31 March 2026",
      "14 April 2026",
      "2–4 Mar 2026 Fixed the sign-in form ROW-118 2 h 20 m €80.00 €186.67",
      "Set-up fee",
      "€50.00",
      "Total (EUR) €236.67",
      "IBAN GB00 TEST",
      "Thank you.",
      "Page 1 of 1",
    ]) {
      expect(page).toContain(text);
    }
    expect(page).not.toContain("Draft");
    expect(page).not.toContain("Subtotal");
  });

  test("prints the totals it is given and computes none", async () => {
    const [page] = await pagesOf({
      subtotalMinor: 1,
      taxMinor: 2,
      totalMinor: 9,
      taxes: [{ label: "VAT", taxableMinor: 1, taxMinor: 2, note: "A note." }],
    });
    expect(page).toContain("Subtotal €0.01 VAT €0.02 Total (EUR) €0.09");
  });

  test("of a draft says that it is one", async () => {
    const [page] = await pagesOf({ number: null, mark: "draft" });
    expect(page?.match(/Draft/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test("of 60 lines takes two pages, each with the table's heading and its number", async () => {
    const pages = await readPages(await renderInvoicePdf(SIXTY, FONTS));
    expect(pages).toHaveLength(2);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain("Date Description Time Rate Amount");
      expect(page).toContain(`Page ${index + 1} of 2`);
    }
    for (let task = 1; task <= 60; task += 1) expect(pages.join(" ")).toContain(`Task ${task} `);
    expect(pages[1]).toContain("Subtotal €17.70 VAT 10% €3.36 Total (EUR) €21.06");
  });

  test("has every letter of Polish, Turkish, Greek, Ukrainian and Serbian, and the signs of currencies", async () => {
    const letters = "Zażółć gęślą jaźń İıŞş Ελληνικά ΐΰώ Ґґ Єє Її Ўў Љљ Ђђ Џџ € ₴ ₽ ₹ ₺ ₩ ₪ ₫ ₦ ₱ £ ¥";
    const [page] = await pagesOf({ lines: [{ ...LINE, description: letters }], locale: "uk-UA", currency: "UAH" });
    expect(page).toContain(letters);
    expect(page).toContain("236,67 ₴");
  });

  test.each([
    ["JPY", "en", "Total (JPY) ¥23,667"],
    ["BHD", "en", "Total (BHD) BHD 23.667"],
    ["EUR", "de-DE", "Gesamtbetrag (EUR) 236,67 €"],
    ["CHF", "de-CH", "Gesamtbetrag (CHF) CHF 236.67"],
  ])("shows %s as %s does", async (currency, locale, total) => {
    const [page] = await pagesOf({ currency, locale });
    expect(page).toContain(total);
  });

  test("wraps long words and long descriptions, over pages where it must", async () => {
    const description = `${"word ".repeat(1500)} ${"x".repeat(400)} end`;
    const pages = await pagesOf({ lines: [{ ...LINE, description }] });
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.join(" ")).toContain("end");
    expect(pages.join("").replaceAll(/[^x]/g, "").length).toBeGreaterThanOrEqual(400);
    expect(pages.join(" ").match(/word/g)).toHaveLength(1500);
  });

  test("leaves out what has no form on paper", async () => {
    const [page] = await pagesOf({
      lines: [{ ...LINE, description: "soft\u00adhyphen \u202eturned\u202c bell\u0007" }],
    });
    expect(page).toContain("softhyphen turned bell");
  });

  test("is the same bytes for the same invoice, at any time", async () => {
    const first = await renderInvoicePdf(SIXTY, FONTS);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(first, await renderInvoicePdf(SIXTY, FONTS))).toBe(0);
    const { info } = await getMeta(await getDocumentProxy(first));
    expect(info).toMatchObject({
      Title: "Invoice INV-2026-0042, Northlight Software",
      CreationDate: "D:20260331120000Z",
    });
  });

  test("ends with what was done for each line, its commits under it, the same each time", async () => {
    const commits = Array.from({ length: 300 }, (_, nth) => ({
      hash: "a1b2c3d",
      subject: `Change ${nth}.`,
      repository: "studio/site",
    }));
    const entry = {
      date: "2026-03-02",
      description: "Reworked it",
      seconds: 3600,
      ticket: "ROW-1",
      commits,
      commitsLeftOut: 7,
    };
    const evidence = { lines: [{ description: "Web shop", seconds: 5400, entries: [entry] }], entriesLeftOut: 2 };
    const pages = await pagesOf({ evidence });
    expect(pages[1]).toContain("Evidence · INV-2026-0042 Web shop 1 h 30 m");
    expect(pages[2]).toContain("Web shop 1 h 30 m");
    expect(pages.join(" ").match(/Change \d+\./gu)).toHaveLength(300);
    expect(pages.at(-1)).toContain("and 7 more Rounded +30 m and 2 more");
    expect(await pagesOf({ evidence })).toEqual(pages);
  });

  test("says what was paid and credited, and what is left; and across every page that it is void", async () => {
    const paid = [
      { date: "2026-04-01", amountMinor: 10_000 },
      { date: "2026-04-02", amountMinor: -1000 },
    ];
    const [page] = await pagesOf({ payments: paid, creditedMinor: 667, dueMinor: 14_000 });
    expect(page).toContain(
      "Total (EUR) €236.67 Paid on 1 April 2026 -€100.00 Refunded on 2 April 2026 €10.00 Credited -€6.67 Amount due €140.00",
    );
    const [voided] = await pagesOf({ mark: "void", dueMinor: 0 });
    expect(voided).toContain("Void");
    expect(voided).not.toContain("IBAN");
  });

  test("is refused for a currency or a locale that is none", async () => {
    await expect(renderInvoicePdf({ ...INVOICE, currency: "EURO" }, FONTS)).rejects.toThrow(RangeError);
    await expect(renderInvoicePdf({ ...INVOICE, locale: "x" }, FONTS)).rejects.toThrow(RangeError);
  });
});

describe("in the Worker's runtime", () => {
  let worker: Miniflare;
  beforeAll(async () => {
    const script = `
      import { renderInvoicePdf } from "./pdf.ts";
      import regular from "./regular.ttf";
      import bold from "./bold.ttf";
      export default {
        async fetch(request) {
          return new Response(await renderInvoicePdf(await request.json(), { regular, bold, load: () => Promise.reject() }));
        },
      };`;
    const { outputFiles } = await build({
      stdin: { contents: script, resolveDir: import.meta.dirname, sourcefile: "worker.js" },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      conditions: ["workerd", "worker", "browser"],
      external: ["node:*", "*.ttf"],
      plugins: [requireNodeBuiltins],
    });
    worker = new Miniflare({
      compatibilityDate: "2026-07-30",
      compatibilityFlags: ["nodejs_compat"],
      modules: [
        { type: "ESModule", path: "worker.js", contents: outputFiles[0]?.text ?? "" },
        { type: "Data", path: "regular.ttf", contents: new Uint8Array(FONTS.regular) },
        { type: "Data", path: "bold.ttf", contents: new Uint8Array(FONTS.bold) },
      ],
    });
    await worker.ready;
  });
  afterAll(async () => {
    await worker.dispose();
  });

  const render = async (invoice: InvoiceDocument): Promise<Uint8Array> => {
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(invoice) });
    expect(response.status).toBe(200);
    return new Uint8Array(await response.arrayBuffer());
  };

  test("the PDF says the same as elsewhere, and is the same bytes each time", async () => {
    const pdf = await render(SIXTY);
    expect(new TextDecoder().decode(pdf.subarray(0, 5))).toBe("%PDF-");
    expect(await readPages(pdf)).toEqual(await readPages(await renderInvoicePdf(SIXTY, FONTS)));
    expect(Buffer.compare(pdf, await render(SIXTY))).toBe(0);
  });

  test("60 lines take well under a second once it is warm", async () => {
    for (let run = 0; run < 5; run += 1) await render(SIXTY);
    const times: number[] = [];
    for (let run = 0; run < 9; run += 1) {
      const start = performance.now();
      await render(SIXTY);
      times.push(performance.now() - start);
    }
    const median = times.toSorted((a, b) => a - b)[4] ?? Number.POSITIVE_INFINITY;
    if (process.env["BILLHOOK_TIMES"] !== undefined) console.log(`median ${median.toFixed(0)} ms`);
    expect(median).toBeLessThan(800);
  });
});
