import { expect, it } from "vitest";
import { planInvoices } from "./invoice-batches.ts";
import { makeRow } from "./testing.ts";

it("Lines of several clients or currencies become one invoice each", () => {
  const approved = { status: "approved" as const };
  const plan = planInvoices([
    makeRow({ id: "a", ...approved, client_id: "2", client_name: "Two" }),
    makeRow({ id: "b", ...approved, client_id: "1", client_name: "One" }),
    makeRow({ id: "c", ...approved, client_id: "1", client_name: "One", currency: "USD" }),
    makeRow({ id: "d", ...approved, client_id: "2", client_name: "Two", minutes: 30 }),
  ]);
  expect(plan.batches.map((batch) => [batch.clientName, batch.currency, batch.rows.length])).toEqual([
    ["One", "EUR", 1],
    ["One", "USD", 1],
    ["Two", "EUR", 2],
  ]);
});

it("What is ignored, not billed, or on an invoice already is left out", () => {
  const plan = planInvoices([
    makeRow({ id: "a", status: "rejected" }),
    makeRow({ id: "b", status: "approved", billable: false }),
    makeRow({ id: "c", status: "approved", invoice_id: "invoice" }),
  ]);
  expect(plan).toEqual({ batches: [], unbilled: 1, opens: false });
});
