import { expect, test } from "vitest";
import { clientCode, formatInvoiceNumber, periodOf } from "./invoice-number.ts";

test("a number is shown as the database would make it", () => {
  expect(formatInvoiceNumber("INV-{year}-{number}", "2026-03-01", 7)).toBe("INV-2026-0007");
  expect(formatInvoiceNumber("{number}/{year}", "2026-03-01", 12345)).toBe("12345/2026");
  const client = clientCode({ name: "Example & Sons Ltd", number_code: null });
  expect(formatInvoiceNumber("{client}-{year}{month}-{number}", "2026-03-01", 7, client)).toBe("EXAMPL-202603-0007");
  expect(clientCode({ name: "Example", number_code: "EX1" })).toBe("EX1");
});

test("a pattern without the year counts on through the years", () => {
  expect(periodOf("R{number}", "2026-03-01")).toBe(0);
  expect(periodOf("R{year}{number}", "2026-03-01")).toBe(2026);
});
