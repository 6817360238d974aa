/** Help desks number their tickets: `ZD-123` names one of them, as does an address of the desk. */
import type { TicketMention } from "@billhook/domain/tickets";
import { pathBelow } from "./ticket-key.ts";
import type { TicketClaim, TicketScope } from "./tracker.ts";

export interface Numbering {
  /** What people write before the number where they have chosen nothing else. */
  prefix: string;
  /** Where everybody's tickets are read; null where each account has an address of its own. */
  webRoot: string | null;
}

/** A key is the vendor's prefix and the number, whatever else was written before it. */
export const claimNumber =
  ({ prefix, webRoot }: Numbering) =>
  ({ form, key, address }: TicketMention, scope: TicketScope): TicketClaim | null => {
    const [, word = "", number = ""] = /^(.+)-0*([1-9]\d{0,17})$/.exec(key) ?? [];
    const claimed = { key: `${prefix}-${number}`, isCertain: true };
    if (form === "address") {
      // Another account of the same vendor is another desk.
      const at = webRoot === null ? scope : { ...scope, baseUrl: null };
      const isOurs = address !== null && pathBelow(address, at, webRoot) !== null;
      return isOurs && word === prefix ? claimed : null;
    }
    const known = scope.prefixes.length === 0 ? [prefix] : scope.prefixes;
    return form === "project" && known.includes(word) ? claimed : null;
  };

/** The number of a key; none for anything else, or for a number that no desk has. */
export function numberOf(prefix: string, key: string): [number] | [] {
  const number = key.startsWith(`${prefix}-`) ? key.slice(prefix.length + 1) : "";
  return /^[1-9]\d{0,14}$/.test(number) ? [Number(number)] : [];
}
