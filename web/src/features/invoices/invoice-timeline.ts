import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceLink } from "./share-data.ts";

/** A row of `audit_events` about one invoice. */
export interface InvoiceEvent {
  id: number;
  actor_id: string | null;
  action: string;
  before: unknown;
  after: unknown;
  created_at: string;
}

export interface TimelineEntry {
  key: string;
  label: string;
  /** ISO 8601 instant. */
  at: string;
  /** The user who did it; null where Billhook, Stripe or the client did. */
  actorId: string | null;
  by: "person" | "stripe" | "client";
  tone: "neutral" | "ok" | "danger";
  detail: string | null;
}

const has = (value: unknown, key: string): boolean => typeof value === "object" && value !== null && key in value;

const textOf = (value: unknown, key: string): string | null => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : null;
  return typeof found === "string" && found !== "" ? found : null;
};

/** The addresses of the client's page: made, opened and taken back. */
function entriesOfLinks(links: readonly InvoiceLink[]): TimelineEntry[] {
  return links.flatMap((link) => {
    const step = (key: string, label: string, at: string | null, by: TimelineEntry["by"], actorId: string | null) =>
      at === null ? [] : [{ key: `${key} ${link.id}`, label, at, actorId, by, tone: "neutral" as const, detail: null }];
    const again = link.opened_count > 1 ? link.last_opened_at : null;
    return [
      ...step("page", "Client’s page made", link.created_at, "person", link.created_by),
      ...step("opened", "The client opened it", link.first_opened_at, "client", null),
      ...step("again", `Opened again, ${link.opened_count} times in all`, again, "client", null),
      ...step("revoked", "Client’s page revoked", link.revoked_at, "person", link.revoked_by),
    ];
  });
}

/** What happened to an invoice, oldest first: its own instants, and from the audit who did it and what failed between. */
export function timelineOf(
  invoice: InvoiceRow,
  events: readonly InvoiceEvent[],
  links: readonly InvoiceLink[],
): TimelineEntry[] {
  const actorOf = (...actions: string[]): string | null =>
    events.find((event) => actions.includes(event.action))?.actor_id ?? null;
  const entries: TimelineEntry[] = [
    {
      key: "created",
      label: "Draft created",
      at: invoice.created_at,
      actorId: invoice.created_by,
      by: "person",
      tone: "neutral",
      detail: null,
    },
  ];
  if (invoice.finalised_at !== null) {
    entries.push({
      key: "finalised",
      label: invoice.number === null ? "Finalised" : `Finalised as ${invoice.number}`,
      at: invoice.finalised_at,
      actorId: actorOf("finalise"),
      by: "person",
      tone: "neutral",
      detail: null,
    });
  }
  for (const event of events) {
    const failure = textOf(event.after, "stripe_error");
    if (failure !== null && has(event.after, "stripe_error")) {
      entries.push({
        key: `failed ${event.id}`,
        label: "Refused at Stripe",
        at: event.created_at,
        actorId: null,
        by: "stripe",
        tone: "danger",
        detail: failure,
      });
    }
    if (event.action === "invoice.payment_failed") {
      entries.push({
        key: `payment ${event.id}`,
        label: "A payment failed",
        at: event.created_at,
        actorId: null,
        by: "stripe",
        tone: "danger",
        detail: null,
      });
    }
    if (textOf(event.after, "status") === "uncollectible") {
      entries.push({
        key: `uncollectible ${event.id}`,
        label: "Marked as uncollectible",
        at: event.created_at,
        actorId: event.actor_id,
        by: event.actor_id === null ? "stripe" : "person",
        tone: "neutral",
        detail: null,
      });
    }
  }
  if (invoice.sent_at !== null) {
    entries.push({
      key: "sent",
      label: "Sent to the client",
      at: invoice.sent_at,
      actorId: null,
      by: "stripe",
      tone: "neutral",
      detail: null,
    });
  }
  const settler = events.findLast((event) => textOf(event.after, "status") === "paid")?.actor_id ?? null;
  if (invoice.paid_at !== null) {
    entries.push({
      key: "paid",
      label: invoice.kind === "credit_note" ? "Issued" : invoice.amount_paid_minor > 0 ? "Paid" : "Settled",
      at: invoice.paid_at,
      actorId: settler,
      by: settler === null ? "stripe" : "person",
      tone: "ok",
      detail: null,
    });
  }
  if (invoice.voided_at !== null) {
    const actorId = actorOf("void", "invoice.voided");
    entries.push({
      key: "voided",
      label: "Voided",
      at: invoice.voided_at,
      actorId,
      by: actorId === null ? "stripe" : "person",
      tone: "danger",
      detail: null,
    });
  }
  entries.push(...entriesOfLinks(links));
  // The same second is common (a send is several steps); what was pushed first happened first.
  // Stripe's instants are whole seconds.
  const second = ({ at }: TimelineEntry): number => Math.floor(Date.parse(at) / 1000);
  return entries.toSorted((a, b) => second(a) - second(b));
}
