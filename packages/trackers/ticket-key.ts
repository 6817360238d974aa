/** What the trackers' `claim`s have in common: whose host an address is of, and whose project a key is of. */
import type { TicketMention } from "@billhook/domain/tickets";
import type { TicketClaim, TicketScope } from "./tracker.ts";

/**
 * The path of an address below a connection's root as people open it, beginning with a slash; null where the address is
 * of another host or leads past that root. `publicRoot` is taken where the connection names none.
 */
export function pathBelow(
  address: string,
  { baseUrl, webUrl }: Pick<TicketScope, "baseUrl" | "webUrl">,
  publicRoot: string | null = null,
): string | null {
  const root = webUrl ?? baseUrl ?? publicRoot;
  const withScheme = address.includes("://") ? address : `https://${address}`;
  if (root === null || !URL.canParse(root) || !URL.canParse(withScheme)) return null;
  const [from, to] = [new URL(root), new URL(withScheme)];
  const base = from.pathname.replace(/\/+$/, "");
  if (to.host.replace(/^www\./, "") !== from.host.replace(/^www\./, "")) return null;
  return to.pathname.startsWith(`${base}/`) ? to.pathname.slice(base.length) : null;
}

const projectKey = /^(?<prefix>[A-Z][A-Z0-9_]{0,19})-[1-9]\d{0,8}$/;

export const isProjectKey = (key: string): boolean => projectKey.test(key);

/**
 * `ABC-123`, by itself or in an address of the tracker. Certain where ABC is one of its projects; where it is none, it
 * may be one that was made since.
 */
export function claimProjectKey(
  mention: TicketMention,
  scope: TicketScope,
  publicRoot: string | null = null,
): TicketClaim | null {
  const prefix = projectKey.exec(mention.key)?.groups?.["prefix"];
  if (prefix === undefined) return null;
  const { key } = mention;
  if (mention.form === "project") return { key, isCertain: scope.prefixes.includes(prefix) };
  const isOurs = mention.address !== null && pathBelow(mention.address, scope, publicRoot) !== null;
  return isOurs ? { key, isCertain: true } : null;
}
