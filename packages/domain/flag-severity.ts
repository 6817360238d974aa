export type FlagSeverity = "note" | "check";

/** The rules of packages/domain/flags.ts that are worth knowing and no fault: by themselves, because the inbox needs no more. */
const notes = new Set([
  "explicit_several",
  "no_line_counts",
  "outside_hours",
  "ticket_not_done",
  "ticket_not_billed",
  "partly_proposed",
  "pair_share",
  "pair_in_full",
  "agent_at_rate",
  "agent_not_billed",
]);

/** How serious a stored flag is. A code that is no longer known is worth a look. */
export const severityOf = (code: string): FlagSeverity => (notes.has(code) ? "note" : "check");
