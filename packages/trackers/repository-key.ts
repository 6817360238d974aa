/**
 * Issues that are numbered by repository: `#123` in its own commits, `owner/name#123` elsewhere, and its addresses.
 *
 * An issue of a stranger's repository is somebody else's bug that was worked around, not work on it: a name is claimed only
 * where its owner is that of the repository committed to, or of the one the connection is for.
 */
import type { TicketMention } from "@billhook/domain/tickets";
import { pathBelow } from "./ticket-key.ts";
import type { TicketClaim, TicketScope } from "./tracker.ts";

const repositoryKey = /^(?<repository>[\w][\w.-]{0,99}(?:\/[\w][\w.-]{0,99}){1,10})#(?<number>[1-9]\d{0,8})$/;

/** The parts of `owner/name#123`; null for anything else. */
export function readRepositoryKey(key: string): { repository: string; number: number } | null {
  const { repository, number } = repositoryKey.exec(key)?.groups ?? {};
  if (repository === undefined || number === undefined || /(?:^|\/)\.{1,2}(?:\/|$)/.test(repository)) return null;
  return { repository, number: Number(number) };
}

export const isRepositoryKey = (key: string): boolean => readRepositoryKey(key) !== null;

const ownerOf = (repository: string | null): string | null => repository?.split("/")[0]?.toLowerCase() ?? null;

/** `scope` is that of the web: its roots are what people open. */
export function claimRepositoryKey(mention: TicketMention, scope: TicketScope, publicRoot: string): TicketClaim | null {
  const { repository: own, site } = scope;
  if (mention.form === "number") {
    const at = own ?? site;
    // It may be a merge or pull request's number, which is counted with the issues on some hosts.
    return at === null ? null : { key: `${at}${mention.key}`, isCertain: false };
  }
  const isOurs = mention.address === null || pathBelow(mention.address, scope, publicRoot) !== null;
  const read = isOurs ? readRepositoryKey(withoutRoot(mention, scope)) : null;
  if (read === null) return null;
  const known = [own, site].find((name) => name?.toLowerCase() === read.repository.toLowerCase());
  const isNear = [own, site].some((name) => ownerOf(name) === ownerOf(read.repository));
  return isNear ? { key: `${known ?? read.repository}#${read.number}`, isCertain: true } : null;
}

/** A host below a path has that path in its addresses, before the repository's name. */
function withoutRoot({ key, address }: TicketMention, { baseUrl, webUrl }: TicketScope): string {
  const root = webUrl ?? baseUrl ?? "";
  const path = address === null || !URL.canParse(root) ? "" : new URL(root).pathname.replace(/^\/|\/+$/g, "");
  return path !== "" && key.startsWith(`${path}/`) ? key.slice(path.length + 1) : key;
}
