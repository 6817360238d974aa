import { expect, test } from "vitest";
import { formatInvoiceNumber, periodOf } from "./invoice-number.ts";

test("a number is shown as the database would make it", () => {
  expect(formatInvoiceNumber("INV-{year}-{number}", "2026-03-01", 7)).toBe("INV-2026-0007");
  expect(formatInvoiceNumber("{number}/{year}", "2026-03-01", 12345)).toBe("12345/2026");
});

test("a pattern without the year counts on through the years", () => {
  expect(periodOf("R{number}", "2026-03-01")).toBe(0);
  expect(periodOf("R{year}{number}", "2026-03-01")).toBe(2026);
});
