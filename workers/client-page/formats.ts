import type { InvoiceDocument, InvoiceDocumentLine } from "@billhook/billing/invoice-document";
import { quantityOf } from "@billhook/billing/layout-lines";
import { formatDays, money } from "@billhook/billing/layout-style";
import { formatDuration } from "@billhook/domain/duration";

/** How a client reads days, times and amounts: as on paper. */
export interface Formats {
  days: (start: string | null, end: string | null) => string;
  time: (seconds: number) => string;
  quantity: (line: InvoiceDocumentLine) => string;
  money: (minor: number) => string;
}

export function formatsOf(invoice: InvoiceDocument): Formats {
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  return {
    days: (start, end) => formatDays(start, end, days),
    time: (seconds) => formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale),
    quantity: (line) => quantityOf(line, invoice),
    money: (minor) => money(minor, invoice),
  };
}
