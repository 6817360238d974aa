import { expect, test } from "vitest";
import type { InvoiceRow } from "./invoice-state.ts";
import { type InvoiceEvent, timelineOf } from "./invoice-timeline.ts";
import type { InvoiceLink } from "./share-data.ts";

const invoice = {
  created_at: "2026-03-01T09:00:00Z",
  created_by: "maker",
  number: "INV-2026-0001",
  finalised_at: "2026-03-01T10:00:00Z",
  sent_at: "2026-03-01T10:05:00Z",
  paid_at: null,
  voided_at: null,
} as InvoiceRow;

const event = (id: number, action: string, after: unknown, actor_id: string | null = null): InvoiceEvent => ({
  id,
  actor_id,
  action,
  before: null,
  after,
  created_at: `2026-03-01T10:0${id}:00Z`,
});

test("an invoice's history is in the order in which it happened, with who did each step", () => {
  const entries = timelineOf(invoice, [event(1, "finalise", { status: "open" }, "closer")], []);
  expect(entries.map(({ key, actorId }) => [key, actorId])).toEqual([
    ["created", "maker"],
    ["finalised", "closer"],
    ["sent", null],
  ]);
});

test("a failed attempt to send stays visible beside the one that succeeded", () => {
  const entries = timelineOf(
    invoice,
    [event(2, "stripe", { stripe_error: "The card network is away." }), event(4, "stripe", { stripe_error: null })],
    [],
  );
  expect(entries.filter(({ tone }) => tone === "danger").map(({ detail }) => detail)).toEqual([
    "The card network is away.",
  ]);
  expect(entries.map(({ label }) => label)).toEqual([
    "Draft created",
    "Finalised as INV-2026-0001",
    "Refused at Stripe",
    "Sent to the client",
  ]);
});

test("a voided invoice names who voided it, or Stripe", () => {
  const voided = { ...invoice, voided_at: "2026-03-02T10:00:00Z" } as InvoiceRow;
  expect(timelineOf(voided, [event(5, "void", { status: "void" }, "owner")], []).at(-1)).toMatchObject({
    label: "Voided",
    actorId: "owner",
    by: "person",
  });
  expect(timelineOf(voided, [], []).at(-1)).toMatchObject({ by: "stripe" });
});

test("an invoice without a payment or a void has neither in its history", () => {
  expect(timelineOf(invoice, [], []).map(({ key }) => key)).not.toContain("paid");
});

test("that the client opened the page stands among the rest, the first time and the last", () => {
  const link = {
    id: "link",
    created_at: "2026-03-01T10:06:00Z",
    created_by: "maker",
    opened_count: 1,
    first_opened_at: "2026-03-02T08:00:00Z",
    last_opened_at: "2026-03-02T08:00:00Z",
    revoked_at: null,
  } as InvoiceLink;
  const labels = (changes: Partial<InvoiceLink>): string[] =>
    timelineOf(invoice, [], [{ ...link, ...changes }]).map(({ label, by }) => `${by}: ${label}`);
  expect(labels({}).slice(-2)).toEqual(["person: Client’s page made", "client: The client opened it"]);
  const later = { opened_count: 3, last_opened_at: "2026-03-04T08:00:00Z", revoked_at: "2026-03-05T08:00:00Z" };
  expect(labels(later).slice(-2)).toEqual(["client: Opened again, 3 times in all", "person: Client’s page revoked"]);
});
