/** Help desks number their tickets: `ZD-123` names one of them, as does an address of the desk. */
import type { TicketMention } from "@billhook/domain/tickets";
import type { TicketClaim, TicketScope } from "./tracker.ts";

export interface Numbering {
  /** What people write before the number where they have chosen nothing else. */
  prefix: string;
  /** The path of a ticket's address, with its number. */
  address: RegExp;
  /** Where the vendor's own addresses are, with any name before it. */
  domain: string;
}

/** A key is the vendor's prefix and the number, whatever else was written before it. */
export const claimNumber =
  ({ prefix, address, domain }: Numbering) =>
  (mention: TicketMention, { baseUrl, webUrl, prefixes }: TicketScope): TicketClaim | null => {
    if (mention.form === "address" && mention.address !== null && URL.canParse(mention.address)) {
      const { hostname, pathname } = new URL(mention.address);
      const number = address.exec(pathname)?.[1];
      if (number === undefined) return null;
      const own = [webUrl, baseUrl].flatMap((of) => (of !== null && URL.canParse(of) ? [new URL(of).hostname] : []));
      const isVendors = hostname === domain || hostname.endsWith(`.${domain}`);
      // Another account of the same vendor is another desk.
      const isOwn = own.length === 0 ? isVendors : own.includes(hostname);
      return isOwn ? { key: toKey(prefix, number), isCertain: true } : null;
    }
    if (mention.form !== "project") return null;
    const [, word = "", number = ""] = /^(.+)-(\d+)$/.exec(mention.key.toUpperCase()) ?? [];
    const known = prefixes.length === 0 ? [prefix] : prefixes;
    return known.includes(word) ? { key: toKey(prefix, number), isCertain: true } : null;
  };

/** The number of a key; none for anything else, or for a number that no desk has. */
export function numberOf(prefix: string, key: string): [number] | [] {
  const number = key.startsWith(`${prefix}-`) ? key.slice(prefix.length + 1) : "";
  return /^[1-9]\d{0,14}$/.test(number) ? [Number(number)] : [];
}

const toKey = (prefix: string, number: string): string => `${prefix}-${Number(number)}`;
