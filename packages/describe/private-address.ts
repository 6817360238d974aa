/** Addresses that only somebody inside can open, and what of an address is nobody else's business. */
import type { Span } from "./secret-rules.ts";

/**
 * Names that no public resolver answers: RFC 6761 and 6762 (localhost, test, local), RFC 8375 (home.arpa), ICANN's
 * reserved `internal` (2024), what RFC 6762 appendix G lists as in use on private networks, and Kubernetes' `svc`.
 */
const privateDomain =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|corp|private|lan|home|home\.arpa|test|svc|cluster\.local)\.?$/iu;

function isPrivateIpv4(host: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(host);
  if (match === null) return false;
  const [a = 0, b = 0] = match.slice(1).map(Number);
  return (
    // RFC 1918
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    // RFC 1122, RFC 3927, RFC 6598
    a === 127 ||
    a === 0 ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}

/** RFC 4291 (loopback, link-local) and RFC 4193 (unique local), in brackets as in an address. */
const isPrivateIpv6 = (host: string): boolean => /^\[(?:::1?|fe[89ab][0-9a-f]?:.*|f[cd][0-9a-f]{2}:.*)\]$/iu.test(host);

function isPrivateHost(host: string): boolean {
  return (
    isPrivateIpv4(host) ||
    isPrivateIpv6(host) ||
    privateDomain.test(host) ||
    // A name without a dot is known on one network only.
    !/[.:]/u.test(host)
  );
}

const address =
  /\b(?<scheme>[a-z][a-z0-9+.-]{1,20}):\/\/(?<credentials>[^\s/?#@"'<>`]{1,300}@)?(?<host>\[[0-9a-f:.]{2,45}\]|[^\s/?#:"'<>`)\]},;|\\]{1,253})(?<port>:\d{1,5})?(?<path>[^\s?#"'<>`)\]},;|\\]{0,2000})(?<query>[?#][^\s"'<>`)\]},;|\\]{0,2000})?/giu;
/** Without a scheme: an address of a private network, or a private name of several parts. */
const bare =
  /(?<![\w.@/:-])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)(?::\d{1,5})?|(?:[a-z0-9][a-z0-9-]{0,62}\.){2,6}(?:internal|intranet|corp|lan|local|localdomain|home\.arpa)(?![\w.-])(?::\d{1,5})?|(?:[a-z0-9][a-z0-9-]{0,62}\.)(?:internal|intranet|corp|lan|local|localdomain):\d{1,5}(?!\w)|localhost:\d{1,5}(?!\w))/giu;

export interface AddressSpan {
  span: Span;
  /** What stands for it. */
  kept: string;
}

/**
 * Addresses with a private host or credentials, whole; of the others, which say what the work was about, the query,
 * which says who asked. Spans do not overlap.
 */
export function findPrivateAddresses(text: string): AddressSpan[] {
  const found: AddressSpan[] = [];
  for (const match of text.matchAll(address)) {
    const { credentials, host = "", query } = match.groups ?? {};
    const span: Span = [match.index, match.index + match[0].length];
    if (credentials !== undefined || isPrivateHost(host)) found.push({ span, kept: "[private address]" });
    else if (query !== undefined && query.startsWith("?") && query.length > 1) {
      found.push({ span: [span[1] - query.length, span[1]], kept: "" });
    }
  }
  for (const match of text.matchAll(bare)) {
    const [name] = match;
    const host = name.replace(/:\d{1,5}$/u, "");
    if (/^[\d.]+$/u.test(host) && !isPrivateIpv4(host)) continue;
    const end = match.index + name.length;
    if (found.some(({ span }) => match.index < span[1] && end > span[0])) continue;
    found.push({ span: [match.index, end], kept: "[private address]" });
  }
  return found;
}
