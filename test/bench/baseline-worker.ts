/** What the product is measured against: a Worker that does nothing but the least. */
import { renderInvoicePdf } from "@billhook/billing/pdf";
import { createClient } from "@supabase/supabase-js";
import { Hono } from "hono";
import { invoiceFonts, type StaticFiles } from "../../workers/documents/invoice-fonts.ts";

type Bindings = { Bindings: Record<"SUPABASE_URL" | "SUPABASE_SECRET_KEY", string> & { ASSETS: StaticFiles } };

const app = new Hono<Bindings>();

/** Stores the body with one procedure call, and no more: no signature, no parsing, no queue. */
app.post("/api/store", async ({ req, env, body }) => {
  const database = createClient(env.SUPABASE_URL, env.SUPABASE_SECRET_KEY, { auth: { persistSession: false } });
  const { error } = await database.rpc("bench_store", { p_body: await req.text() });
  return body(null, error === null ? 202 : 503);
});

/** Reads the body and stores nothing. */
app.post("/api/nothing", async ({ req, body }) => {
  await req.text();
  return body(null, 202);
});

/** The shortest invoice there is, or one with so many `lines` of a `description` in a `locale`; no database is asked. */
app.get("/api/bare-pdf", async ({ env, body, req }) => {
  const { lines = "0", description = "", locale = "en" } = req.query();
  const party = { name: "Example", address: null, country: null, email: null, taxId: null };
  const account = { holder: null, iban: null, bic: null, bankName: null };
  const pdf = await renderInvoicePdf(
    {
      biller: { ...party, account, bankDetails: null, paymentCode: "none", accentColor: "#1f5f5b", logo: null },
      client: { ...party, contactName: null },
      kind: "invoice",
      mark: null,
      corrects: null,
      number: "1",
      issueDate: "2026-03-31",
      dueDate: null,
      currency: "EUR",
      locale,
      timeDisplay: "hm",
      lines: Array.from({ length: Number(lines) }, (_, index) => ({
        description: `${description} ${index}`,
        detail: null,
        ticket: `SHOP-${index}`,
        startDate: "2026-03-02",
        endDate: "2026-03-06",
        seconds: 5400 + index,
        hourlyRateMinor: 9500,
        quantityThousandths: null,
        unitPriceMinor: null,
        discountMinor: 0,
        totalMinor: 14_250 + index,
      })),
      subtotalMinor: 0,
      taxMinor: 0,
      linesMinor: 0,
      discountMinor: 0,
      taxes: [],
      totalMinor: 0,
      payments: [],
      creditedMinor: 0,
      dueMinor: 0,
      notes: null,
      evidence: null,
    },
    invoiceFonts(env.ASSETS),
  );
  return body(pdf, 200, { "content-type": "application/pdf" });
});

/** @public What workerd calls. */
// oxlint-disable-next-line import/no-default-export -- workerd looks for it
export default { fetch: app.fetch, queue: () => Promise.resolve(), scheduled: () => Promise.resolve() };
