/** What the parts of an invoice have in common on paper. All measures are points; the page is A4, 595 × 842. */
import { formatMoney } from "@billhook/domain/money";
import type { Content, CustomTableLayout } from "pdfmake/interfaces";
import type { InvoiceDocument, InvoiceParty } from "./invoice-document.ts";
import type { InvoiceWords } from "./words/words.ts";
import { setText } from "./layout-text.ts";

export const MARGIN = { left: 56, top: 56, right: 56, bottom: 60 };
export const INK = "#1c2124";
export const QUIET = "#646d72";
export const HAIRLINE = "#dde1e3";
/** Figures of one width, so that columns of amounts line up. */
export const FIGURES = { fontFeatures: ["tnum" as const] };

/** What every part is set from. */
export interface Setting {
  invoice: InvoiceDocument;
  words: InvoiceWords;
  /** The biller's colour, legible on paper. */
  accent: string;
}

/** Of a picture or a column, in points. */
export const millimetres = (length: number): number => (length * 72) / 25.4;

export const LINES_LAYOUT = "billhook-lines";
export const DENSE_LAYOUT = "billhook-dense-lines";
export const tableLayouts: Record<string, CustomTableLayout> = {
  [LINES_LAYOUT]: ruledRows(6.5),
  [DENSE_LAYOUT]: ruledRows(2.2),
};

/** Rules between rows only, darker under the heading; the last row has its own rule as well. */
function ruledRows(padding: number): CustomTableLayout {
  return {
    hLineWidth: (index) => (index === 0 ? 0 : index === 1 ? 0.9 : 0.5),
    hLineColor: (index) => (index === 1 ? INK : HAIRLINE),
    vLineWidth: () => 0,
    paddingLeft: (index) => (index === 0 ? 0 : 14),
    paddingRight: () => 0,
    paddingTop: (index) => (index === 0 ? 0 : padding),
    paddingBottom: (index) => (index === 0 ? 5 : padding),
  };
}

/** How many lines a text may take in a column, on the high side: East Asian characters are twice as wide as others. */
export function countLines(text: string): number {
  const widened = text.replaceAll(/[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]/gu, "mm");
  return widened.split("\n").reduce((lines, paragraph) => lines + 1 + Math.floor(paragraph.length / 35), 0);
}

export function caption(text: string): Content {
  return { text, fontSize: 8, bold: false, color: QUIET, margin: [0, 0, 0, 3] };
}

export function quietLines(lines: string[]): Content[] {
  return lines.map((text) => ({ text: setText(text), fontSize: 8.5, color: QUIET }));
}

/** A party's address, e-mail address and tax number, one below the other. */
export function partyLines(party: InvoiceParty, words: InvoiceWords): string[] {
  const address = (party.address ?? "").split("\n").map((line) => line.trim());
  const taxId = party.taxId === null ? "" : `${taxIdLabel(party.taxId, words)} ${party.taxId}`;
  return [...address, party.email ?? "", taxId].filter((line) => line !== "");
}

/** An identification number begins with two letters of its country (Article 215, Directive 2006/112/EC). */
function taxIdLabel(taxId: string, words: InvoiceWords): string {
  return /^[A-Z]{2}[0-9A-Z+*]{7,12}$/u.test(taxId.replaceAll(/[\s.-]/g, "")) ? words.vatId : words.taxId;
}

export function money(minor: number, invoice: InvoiceDocument): string {
  return formatMoney(minor, invoice.currency, invoice.locale);
}

export function formatDate(date: string, invoice: InvoiceDocument): string {
  const format = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "long", timeZone: "UTC" });
  return format.format(noon(date));
}

/** `2 Mar 2026`, `2–4 Mar 2026`. */
export function formatDays(start: string | null, end: string | null, format: Intl.DateTimeFormat): string {
  if (start === null) return "";
  // Runtimes differ in the spaces they put around the dash.
  return format.formatRange(noon(start), noon(end ?? start)).replaceAll(/\s*–\s*/g, "–");
}

function noon(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}
