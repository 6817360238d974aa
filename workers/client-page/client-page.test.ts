import type { LinkedInvoicePage } from "@billhook/database/invoice-links";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type InvoicePage, invoicePageOf, webAddress } from "./invoice-page.ts";
import { answerPage } from "./page-shell.ts";
import { preferredLanguage } from "./page-words.ts";
import { renderInvoice } from "./render-invoice.ts";
import { isVisit } from "./visit.ts";

const now = new Date("2026-04-01T12:00:00Z");

/** What a link opens, with one text wherever somebody can write one. */
function linked(
  written: string,
  invoice: Record<string, unknown> = {},
  rest: Partial<LinkedInvoicePage> = {},
  payments: LinkedInvoicePage["document"]["payments"] = [],
): LinkedInvoicePage {
  const biller = {
    name: written,
    address: written,
    email: written,
    tax_id: written,
    bank_details: written,
    iban: "DE89370400440532013000",
    accent_color: "#c2410c",
    locale: "en",
    time_display: "hm",
  };
  const line = {
    id: "line",
    description: written,
    detail: written,
    ticket_key: written,
    start_date: "2026-03-02",
    end_date: "2026-03-03",
    seconds: 5400,
    entry_seconds: 5000,
    hourly_rate_minor: 9000,
    quantity_thousandths: null,
    unit_price_minor: null,
    amount_minor: 13_500,
    total_minor: 13_500,
  };
  const document = {
    client: { name: written },
    workspace: { timezone: "UTC" },
    corrects: null,
    payments,
    evidence: null,
    lines: [line],
    invoice: {
      kind: "invoice",
      status: "open",
      number: "INV-2026-0001",
      currency: "EUR",
      issue_date: "2026-03-31",
      due_date: "2026-04-14",
      biller,
      recipient: { ...biller, contact_name: written, country: "DE", locale: "en-IE" },
      lines_minor: 13_500,
      discount_total_minor: 0,
      subtotal_minor: 13_500,
      tax_minor: 0,
      total_minor: 13_500,
      amount_paid_minor: 0,
      credited_minor: 0,
      taxes: [{ name: written, category: "exempt", percent: 0, note: written, taxable_minor: 13_500, tax_minor: 0 }],
      notes: written,
      is_test: false,
      stripe_status: null,
      stripe_hosted_url: null,
      ...invoice,
    },
  } as unknown as LinkedInvoicePage["document"];
  return {
    document,
    link_sources: false,
    overdue: false,
    credit_notes: [],
    evidence: {
      entries: 4,
      lines: [
        {
          line_id: "line",
          entries: [
            {
              date: "2026-03-02",
              seconds: 5000,
              description: written,
              ticket_key: written,
              ticket_title: written,
              ticket_url: "https://tickets.example/SHOP-1",
              commits: [
                { hash: "a1b2c3d", subject: written, repository: written, url: "https://git.example/c/a1b2c3d" },
              ],
              commits_left_out: 2,
            },
          ],
        },
      ],
    },
    ...rest,
  };
}

const pageOf = (...given: Parameters<typeof linked>): InvoicePage => invoicePageOf(linked(...given), now);
const render = async (page: InvoicePage): Promise<string> => String(await renderInvoice(page, "/i/token").body);
/** All but the code for a banking app, which is of what is written. */
const tagsOf = (markup: string): string[] => markup.replace(/<svg.*?<\/svg>/su, "").match(/<[^>]*>/gu) ?? [];

describe("a client's page", () => {
  test("has the same elements whatever anybody wrote", async () => {
    const plain = tagsOf(await render(pageOf("x")));
    const hostile = fc.string({
      unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "=", " ", "`", "\n", "a", "script", "onload", "javascript:"),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        // Parties' empty lines are left out, and so is what is only spaces.
        const written = `x${text.replaceAll("\n", " ")}`;
        expect(tagsOf(await render(pageOf(written)))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  test("runs nothing, fetches nothing and says so", async () => {
    const answer = await answerPage(200, renderInvoice(pageOf("<script>alert(1)</script>"), "/i/token"));
    const body = await answer.text();
    expect(body).not.toMatch(/<script|<iframe|<form|<link(?! rel="icon" href="data:,")|\sstyle=|\son[a-z]+=/iu);
    const nonce = /<style nonce="(?<nonce>[^"]+)">/u.exec(body)?.groups?.["nonce"];
    expect(answer.headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(body).toContain('<meta name="robots" content="noindex, nofollow, noarchive" />');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex, nofollow, noarchive",
    });
  });

  test("leads to hosts only where the workspace wants it, and only to addresses of the web", async () => {
    expect(tagsOf(await render(pageOf("x"))).filter((tag) => tag.startsWith("<a "))).toHaveLength(1);
    const open = await render(pageOf("x", {}, { link_sources: true }));
    expect(open).toContain('href="https://git.example/c/a1b2c3d"');
    expect(open).toContain('href="https://tickets.example/SHOP-1"');
    for (const url of [
      "javascript:alert(1)",
      " JavaScript:alert(1)",
      "data:text/html,x",
      "//x",
      "x",
      "",
      "file:///etc",
    ])
      expect(webAddress(url), url).toBeNull();
    expect(webAddress("https://pay.example/i?a=1&b=2")).toBe("https://pay.example/i?a=1&b=2");
    const trap = { stripe_status: "open", stripe_hosted_url: "javascript:alert(1)" };
    expect(pageOf("x", trap).payUrl).toBeNull();
  });

  test("can be paid while something is owed and the invoice is at Stripe", () => {
    const at = { stripe_status: "open", stripe_hosted_url: "https://pay.example/i" };
    expect(pageOf("x", at)).toMatchObject({ state: "open", payUrl: "https://pay.example/i", balanceMinor: 13_500 });
    expect(pageOf("x", at, { overdue: true })).toMatchObject({ state: "overdue", payUrl: "https://pay.example/i" });
    expect(pageOf("x", { ...at, status: "uncollectible" })).toMatchObject({ state: "open" });
    expect(pageOf("x", { ...at, amount_paid_minor: 3500, credited_minor: 1000 }).balanceMinor).toBe(9000);
    for (const invoice of [
      { status: "paid", amount_paid_minor: 13_500 },
      { status: "paid", credited_minor: 13_500 },
      { status: "void" },
      { kind: "credit_note", status: "paid" },
    ])
      expect(pageOf("x", { ...at, ...invoice })).toMatchObject({ payUrl: null, balanceMinor: 0 });
    expect(pageOf("x", { status: "paid", credited_minor: 13_500 }).state).toBe("settled");
    expect(pageOf("x", { ...at, is_test: true }).payUrl).toBeNull();
  });

  test("speaks the client's language, and shows where to pay only while something is owed", async () => {
    const recipient = { name: "x", contact_name: null, email: null, address: null, tax_id: null, locale: "de-DE" };
    const open = await render(pageOf("x", { recipient }));
    expect(open).toContain("Rechnung");
    expect(open).toContain("Zahlung");
    expect(open).toContain("DE89 3704 0044 0532 0130 00");
    expect(open).toContain("<svg");
    expect(open).toContain("PDF herunterladen");
    expect(open).toContain("und 2 weitere");
    expect(open).toContain("und 3 weitere");
    expect(open).toContain("Insgesamt 1 h 23 m, berechnet 1 h 30 m");
    const paid = await render(
      pageOf("x", { recipient, status: "paid", amount_paid_minor: 13_500 }, {}, [
        { amount_minor: 13_500, paid_on: "2026-04-02" },
      ]),
    );
    expect(paid).not.toContain("Zahlung<");
    expect(paid).not.toContain("<svg");
    expect(paid).toContain("Bezahlt am 2. April 2026");
  });
});

test("a page has its workspace's logo and colour, legible in both themes", async () => {
  const logo = { dataUrl: "data:image/png;base64,iVBORw0KGgo=", width: 320, height: 80 };
  const page = renderInvoice(invoicePageOf(linked("x"), now, logo), "/i/token");
  expect(String(await page.body)).toContain('src="data:image/png;base64,iVBORw0KGgo="');
  const body = await (await answerPage(200, page)).text();
  expect(body).toMatch(/--accent: light-dark\(#c2410c, #[d-f][0-9a-f]{5}\)/u);
  const trap = await (await answerPage(200, { ...page, accentColor: "red;} </style><script>" })).text();
  expect(trap).not.toContain("<script>");
});

test("where no invoice is found, the browser's languages decide", () => {
  expect(preferredLanguage("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7")).toBe("fr");
  expect(preferredLanguage("nl, de;q=0.5, en;q=0.9")).toBe("en");
  expect(preferredLanguage("nl, pl;q=0")).toBe("en");
  expect(preferredLanguage(null)).toBe("en");
});

describe("a look counts", () => {
  const browser = {
    "user-agent":
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "sec-fetch-dest": "document",
    "sec-fetch-site": "cross-site",
  };
  const look = (headers: Record<string, string>, method = "GET"): boolean =>
    isVisit(new Request("https://app.example/i/token", { method, headers: { ...browser, ...headers } }));

  test("where a person opened the page in a browser", () => {
    expect(look({})).toBe(true);
    expect(look({ "sec-fetch-site": "none" })).toBe(true);
  });

  test("not where a program showed a preview, a browser fetched ahead, or the workspace looked from the app", () => {
    for (const agent of [
      "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
      "WhatsApp/2.23.20.0",
      "facebookexternalhit/1.1",
      "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
      "TelegramBot (like TwitterBot)",
      "SkypeUriPreview Preview/0.5",
      "Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/140.0.0.0",
      "Microsoft Office/16.0 (Microsoft Outlook 16.0)",
    ])
      expect(look({ "user-agent": agent }), agent).toBe(false);
    expect(look({ "sec-fetch-dest": "" })).toBe(false);
    expect(look({ "sec-purpose": "prefetch;prerender" })).toBe(false);
    expect(look({ "sec-fetch-site": "same-origin" })).toBe(false);
    expect(look({}, "HEAD")).toBe(false);
  });
});
