import type { InvoiceDocument } from "@billhook/billing/invoice-document";
import { formatDays, money } from "@billhook/billing/layout-style";
import { formatDuration } from "@billhook/domain/duration";

/** How a client reads days, times and amounts: as on paper. */
export interface Formats {
  days: (start: string | null, end: string | null) => string;
  time: (seconds: number) => string;
  money: (minor: number) => string;
}

export function formatsOf(invoice: InvoiceDocument): Formats {
  const days = new Intl.DateTimeFormat(invoice.locale, { dateStyle: "medium", timeZone: "UTC" });
  return {
    days: (start, end) => formatDays(start, end, days),
    time: (seconds) => formatDuration(seconds / 60, invoice.timeDisplay, invoice.locale),
    money: (minor) => money(minor, invoice),
  };
}
