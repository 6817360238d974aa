import type { InboxRow } from "./inbox-row.ts";

/** A draft for tests: an open, estimated line of one hour at 100.00 EUR. */
export function makeRow(change: Partial<InboxRow> = {}): InboxRow {
  return {
    id: "a",
    client_id: "client",
    client_name: "Client",
    project_id: "project",
    project_name: "Project",
    repository_id: "repository",
    repository_name: "owner/name",
    description: "Fixed the import",
    minutes: 60,
    hourly_rate_minor: 10_000,
    currency: "EUR",
    billable: true,
    estimated_minutes: 60,
    estimate_low: 30,
    estimate_high: 120,
    estimate_method: "heuristic",
    flags: [],
    start_date: "2026-03-02",
    author_name: "Author",
    ticket_key: null,
    ticket_url: null,
    epic: null,
    status: "draft",
    deferred_until: null,
    rejected_reason: null,
    invoice_id: null,
    version: 1,
    created_at: "2026-03-02T10:00:00Z",
    updated_at: "2026-03-02T10:00:00Z",
    commits: [{ id: "commit", short_hash: "abc1234", branch: "main", url: null, rewritten_from: null }],
    ...change,
  };
}
