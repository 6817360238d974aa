import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extractText, getDocumentProxy } from "unpdf";
import { beforeEach, describe, expect, test } from "vitest";
import { openFace, setGlyphs } from "./font-face.ts";
import type { InvoiceDocument, InvoiceDocumentLine } from "./invoice-document.ts";
import { renderInvoicePdf } from "./pdf.ts";
import { printable } from "./printable.ts";
import { substitute } from "./text-faces.ts";
import { type InvoiceFonts, openTextFonts } from "./text-fonts.ts";
import { cutRuns } from "./text-runs.ts";
import { fontFile, scriptFonts } from "./text-scripts.ts";

const { resolve } = createRequire(import.meta.url);
const modules = new Map(
  scriptFonts
    .flatMap((font) => [fontFile(font, false), fontFile(font, true)])
    .map(({ name, module }) => [name, module]),
);
const files = new Map<string, Uint8Array>();
let asked: string[] = [];
beforeEach(() => {
  asked = [];
});

const FONTS: InvoiceFonts = {
  regular: readFileSync(resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf")),
  bold: readFileSync(resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf")),
  async load(name) {
    asked.push(name);
    const file = files.get(name) ?? readFileSync(resolve(modules.get(name) ?? ""));
    files.set(name, file);
    return await Promise.resolve(file);
  },
};

const LINE: InvoiceDocumentLine = {
  description: "Fixed the sign-in form",
  detail: null,
  ticket: null,
  startDate: null,
  endDate: null,
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
    address: null,
    country: null,
    email: null,
    taxId: null,
    account: { holder: null, iban: null, bic: null, bankName: null },
    bankDetails: null,
    paymentCode: "automatic",
    accentColor: "#1f5f5b",
    logo: null,
  },
  client: { name: "Harbour Rowing Club", contactName: null, address: null, country: null, email: null, taxId: null },
  kind: "invoice",
  mark: null,
  corrects: null,
  number: "INV-2026-0042",
  issueDate: "2026-03-31",
  dueDate: "2026-04-14",
  currency: "EUR",
  locale: "en-GB",
  timeDisplay: "hm",
  lines: [LINE],
  subtotalMinor: 18_667,
  taxMinor: 0,
  linesMinor: 18_667,
  discountMinor: 0,
  taxes: [],
  totalMinor: 18_667,
  payments: [],
  creditedMinor: 0,
  dueMinor: 18_667,
  notes: null,
  evidence: null,
};

const render = (change: Partial<InvoiceDocument>) => renderInvoicePdf({ ...INVOICE, ...change }, FONTS);
const describing = (description: string, change: Partial<InvoiceDocument> = {}) =>
  render({ ...change, lines: [{ ...LINE, description }] });

async function readText(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
  return text.join("\n");
}

/** What stands on the first page, line by line from the top, each from left to right as the eye meets it. */
async function seeLines(pdf: Uint8Array): Promise<string[]> {
  const page = await (await getDocumentProxy(new Uint8Array(pdf))).getPage(1);
  const lines = new Map<number, { x: number; text: string }[]>();
  for (const item of (await page.getTextContent()).items) {
    if (!("str" in item) || item.str === "") continue;
    const [, , , , x = 0, y = 0] = item.transform as number[];
    lines.set(Math.round(y), [...(lines.get(Math.round(y)) ?? []), { x, text: item.str }]);
  }
  return [...lines]
    .toSorted(([one], [other]) => other - one)
    .map(([, items]) =>
      items
        .toSorted((one, other) => one.x - other.x)
        .map(({ text }) => text)
        .join("|"),
    );
}

const SAMPLES: Record<string, string> = {
  Latin: "Zażółć gęślą jaźń, İıŞş, œuvre “quoted” — 1 234,56 €",
  Greek: "Διόρθωση φόρμας σύνδεσης ΐΰώ",
  Cyrillic: "Исправлена форма входа №5, Ґґ Єє Її Ђђ Џџ",
  Japanese: "髙橋様、ログイン画面を修正（ｶﾀｶﾅ①㈱〒〜）「検索」",
  "simplified Chinese": "修复登录页面，并将“忘记密码”流程改为：API v2。",
  "traditional Chinese": "修復登入頁面，並將「忘記密碼」流程改為ㄅㄆ。",
  Korean: "㈜예시, 로그인 화면의 오류를 수정했습니다.",
  Hebrew: "תיקון (גרסה 2.1) בְּרֵאשִׁית בע״מ 30%",
  Arabic: "إصلاح نموذج الدخول لا ٣٠٪، «حفظ» پچژگ می‌خواهم",
  pictures: "🚀✨🐛♻️👍🏽👨‍💻🇩🇪 ✔ ❤️",
  signs: "→ ← ≤ ≥ ≠ √ ∑ ■ □ ★ ─ │ ┌ ① ￥ ₪ ₩ ﷼",
};

describe("fonts", () => {
  test.each(Object.entries(SAMPLES))("have a glyph for every character of %s", async (_, sample) => {
    for (const bold of [false, true]) {
      const fonts = await openTextFonts(FONTS, [{ text: sample, bold }], "en");
      const text = substitute(printable(sample), bold, fonts);
      expect(text).not.toContain("?");
      for (const run of cutRuns([{ text, bold, noWrap: false }], fonts)) {
        const { glyphs } = setGlyphs(run.face, run.text, [], run.level % 2 === 1);
        expect(glyphs.map(({ id }) => id)).not.toContain(0);
      }
    }
  });

  test("are asked for where a text needs them, in the weight it is set in", async () => {
    await render({});
    expect(asked).toEqual([]);
    await describing("תיקון");
    expect(asked).toEqual(["NotoSansHebrew_400Regular.ttf"]);
    await render({ client: { ...INVOICE.client, name: "חברת הדוגמה" } });
    expect(asked).toContain("NotoSansHebrew_600SemiBold.ttf");
  });

  test.each([
    ["ja", "請求書", "NotoSansJP"],
    ["zh-CN", "发票", "NotoSansSC"],
    ["zh-TW", "發票", "NotoSansTC"],
    ["zh-HK", "發票", "NotoSansTC"],
    ["ko", "請求書", "NotoSansKR"],
    ["en", "カートの画面", "NotoSansJP"],
    ["en", "서울 中區", "NotoSansKR"],
    ["de", "发票", "NotoSansSC"],
  ])("for %s give %s the national form of its ideographs", async (locale, text, family) => {
    const fonts = await openTextFonts(FONTS, [{ text, bold: false }], locale);
    expect(asked).toEqual([`${family}_400Regular.ttf`]);
    expect(cutRuns([{ text, bold: false, noWrap: false }], fonts).every(({ face }) => face.eastAsian)).toBe(true);
  });

  test("that can't be had are an error: no invoice is made in which a name is missing", async () => {
    const absent = { ...FONTS, load: (name: string) => Promise.reject(new Error(`no ${name}`)) };
    const invoice = { ...INVOICE, notes: "ありがとうございます" };
    await expect(renderInvoicePdf(invoice, absent)).rejects.toThrow("no NotoSansJP_400Regular.ttf");
  });

  test("of one isolate serve all documents, and none leaves a trace in another", async () => {
    const hebrew = await describing("תיקון (גרסה 2.1)");
    const nonBreaking = await describing("a\u00a0b – 日本 \u2011 Ω\u2126");
    await describing("日本 תיקון Ω – x");
    expect(Buffer.compare(hebrew, await describing("תיקון (גרסה 2.1)"))).toBe(0);
    expect(Buffer.compare(nonBreaking, await describing("a\u00a0b – 日本 \u2011 Ω\u2126"))).toBe(0);
    expect(openFace(FONTS.regular)).toBe(openFace(FONTS.regular));
  });
});

describe("text copied from the PDF", () => {
  test.each(["Latin", "Greek", "Cyrillic", "Japanese", "simplified Chinese", "traditional Chinese", "Korean"])(
    "is what was written in %s",
    async (script) => {
      const sample = SAMPLES[script] ?? "";
      expect((await readText(await describing(sample))).replaceAll(/\s+/gu, "")).toContain(
        sample.replaceAll(/\s+/gu, ""),
      );
    },
  );

  test.each([
    ["Hebrew", "תיקון טופס (גרסה 2.1), ושיפור ה-API ב-30%"],
    ["Arabic", "إصلاح نموذج الدخول (باستخدام API v2) لا «حفظ» ١٢"],
    ["all of them", "Fix שלום עולם (see 12) مرحبا 日本語 и привет"],
  ])("is in the order in which it is read in %s", async (_, text) => {
    expect((await readText(await describing(text))).replaceAll(/\s+/gu, "")).toContain(text.replaceAll(/\s+/gu, ""));
  });
});

describe("a line", () => {
  test("of Hebrew, English and figures stands in the order of the eye", async () => {
    const lines = await seeLines(await describing("Fix שלום עולם (see 12) twice"));
    expect(lines.find((line) => line.includes("שלום"))).toMatch(/^Fix[ |]+שלום עולם[ |]+\(see 12\) twice/u);
    const reading = await seeLines(await describing("גרסה 2.1 של Billhook מוכנה"));
    expect(reading.find((line) => line.includes("Billhook"))).toMatch(
      /^[ |]*מוכנה[ |]+Billhook[ |]+של[ |]+2\.1[ |]+גרסה/u,
    );
  });

  test("that text overrides can't turn around", async () => {
    const [plain, turned] = await Promise.all([
      describing("Total 1,234 euro"),
      describing("Total \u202e1,234\u202c euro"),
    ]);
    expect(await seeLines(turned)).toEqual(await seeLines(plain));
  });

  test("of Japanese begins with no mark that closes and ends with none that opens, small kana and long vowels included", async () => {
    const text = "データ、「検索」を（キャッシュで）改善。ラッシュー、「表示」も（ショー）速く、".repeat(12);
    const pdf = await describing(text);
    const lines = (await seeLines(pdf)).flatMap((line) =>
      line.split("|").filter((part) => /\p{Script=Katakana}/u.test(part)),
    );
    expect(lines.length).toBeGreaterThan(12);
    for (const line of lines) {
      expect(line.trim()).not.toMatch(/^[、。」）ーッャュョ]/u);
      expect(line.trim()).not.toMatch(/[「（]$/u);
    }
    expect((await readText(pdf)).replaceAll(/\s+/gu, "")).toContain(text);
  });

  test("of Korean ends at a space", async () => {
    const words =
      "로그인 화면의 오류를 수정하고 메시지를 한국어로 표시하도록 했습니다. 속도를 개선(캐시 도입)했습니다.".split(" ");
    const lines = await seeLines(await render({ notes: Array.from({ length: 8 }, () => words.join(" ")).join(" ") }));
    const found = lines.filter((line) => /\p{Script=Hangul}/u.test(line)).map((line) => line.replaceAll("|", ""));
    expect(found.length).toBeGreaterThan(3);
    for (const line of found) for (const word of line.trim().split(/\s+/u)) expect(words).toContain(word);
  });

  test.each([
    ["x", "x".repeat(400)],
    ["Arabic", "م".repeat(300)],
    ["Hangul", "가나다라".repeat(80)],
    ["pictures", "👨‍💻".repeat(80)],
  ])("has room for a word of %s that is longer than any line", async (_, word) => {
    const pdf = await describing(`start ${word} end`, { client: { ...INVOICE.client, name: word.slice(0, 160) } });
    const page = await (await getDocumentProxy(new Uint8Array(pdf))).getPage(1);
    for (const item of (await page.getTextContent()).items) {
      if ("str" in item) expect(Number(item.transform[4]) + item.width).toBeLessThan(595 - 56 + 1);
    }
  });
});

describe("what no font has", () => {
  test("is its plain form, or a question mark", async () => {
    const text = await readText(await describing("𝐛𝐨𝐥𝐝 1️⃣ हिन्दी end"));
    expect(text).toMatch(/bold 1 \?+ end/u);
  });
});

describe("the locale's own way", () => {
  test.each([
    ["ja-JP", "JPY", ["2026年3月31日", "￥18,667"]],
    ["zh-CN", "CNY", ["2026年3月31日", "¥186.67"]],
    ["ko-KR", "KRW", ["2026년 3월 31일", "₩18,667"]],
    ["ar-EG", "EGP", ["٣١مارس٢٠٢٦", "١٨٦٫٦٧ج.م."]],
    ["he-IL", "ILS", ["31במרץ2026", "186.67₪"]],
    ["hi-IN", "EUR", ["March 31, 2026", "€186.67"]],
    ["th-TH", "EUR", ["March 31, 2026", "€186.67"]],
  ])("of %s with %s, where there are fonts for it", async (locale, currency, written) => {
    const text = (await readText(await render({ locale, currency }))).replaceAll(/\s+/gu, "");
    for (const part of written) expect(text).toContain(part.replaceAll(/\s+/gu, ""));
  });
});

describe("much text", () => {
  test("of a thousand lines is set once each, in order, and page by page", async () => {
    const lines = Array.from({ length: 1000 }, (_, index) => ({ ...LINE, description: `Task ${index + 1}.` }));
    const text = await readText(await render({ lines }));
    expect([...text.matchAll(/Task (\d+)\./gu)].map(([, number]) => Number(number))).toEqual(
      lines.map((_, index) => index + 1),
    );
  });

  test("of Japanese that nearly fills a page is not left out", async () => {
    const dated = { startDate: "2026-03-02", endDate: "2026-03-31", description: "画".repeat(1150) };
    const read = await readText(await render({ locale: "ja-JP", lines: [{ ...LINE, ...dated }] }));
    expect(read.split("画")).toHaveLength(1151);
  });

  test.each([
    ["words", "word and more ", "d"],
    ["Japanese", "カートの画面、", "画"],
    ["one word", "xxxxxxxxxxxxxx", "x"],
  ])("of 64 KB in one line flows over pages in %s", async (_, text, counted) => {
    const times = Math.ceil(65_536 / new TextEncoder().encode(text).length);
    const read = await readText(await describing(text.repeat(times)));
    const count = (from: string): number => from.split(counted).length - 1;
    expect(count(read)).toBeGreaterThanOrEqual(count(text) * times);
  });
});
