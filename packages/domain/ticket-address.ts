/**
 * The tickets that an address leads to, by the shape of the trackers' own addresses. Whose they are is for the tracker to
 * say, which knows its host.
 *
 * Jira (`/browse/ABC-1`, boards' `?selectedIssue=ABC-1`, a service desk's `/portal/2/ABC-1`), Linear (`/issue/ABC-1/…`),
 * GitHub (`/owner/name/issues/1`), GitLab (`/group/name/-/issues/1`, `/-/work_items/1`), Asana (`app.asana.com/0/…/1`,
 * `app.asana.com/1/…/task/1`), ClickUp (`app.clickup.com/t/…`), Zendesk (`/agent/tickets/1`), Freshdesk (`/a/tickets/1`),
 * Zoho Desk (`/tickets/details/1`, `#Cases/dv/1`) and Help Scout (`/conversation/1/2`, of which 2 is what people see).
 */

const project = "[A-Z][A-Z0-9_]{1,19}-[1-9]\\d{0,6}(?![\\p{L}\\p{N}_])";
const number = "(?<number>[1-9]\\d{0,17})(?![\\p{L}\\p{N}_])";
const segment = "[\\w.-]{1,100}";

interface AddressForm {
  /** Matched against the path with its query and fragment, or with the host before it where `hasHost`. */
  pattern: RegExp;
  hasHost?: true;
  toKey: (groups: Record<string, string | undefined>) => string;
}

const numbered = (prefix: string) => (groups: Record<string, string | undefined>) => `${prefix}${groups["number"]}`;
const keyed = ({ key = "" }: Record<string, string | undefined>): string => key;
const inRepository = ({ repository = "", number: of = "" }: Record<string, string | undefined>): string =>
  `${repository}#${of}`;

const forms: readonly AddressForm[] = [
  { pattern: new RegExp(`/(?:browse|issue|issues|portal/\\d{1,9})/(?<key>${project})`, "u"), toKey: keyed },
  { pattern: new RegExp(`[?&]selectedIssue=(?<key>${project})`, "u"), toKey: keyed },
  {
    pattern: new RegExp(
      `^/(?<repository>${segment}(?:/${segment}){1,10})/-/(?:issues|work_items)/(?:incident/)?${number}`,
      "u",
    ),
    toKey: inRepository,
  },
  {
    pattern: new RegExp(`^/(?<repository>${segment}(?:/${segment}){1,10})/issues/${number}`, "u"),
    toKey: inRepository,
  },
  {
    pattern: new RegExp(`^app\\.asana\\.com/0/(?:\\w{1,30}/){1,3}${number}(?:/f)?/?(?:[?#]|$)`, "u"),
    hasHost: true,
    toKey: numbered(""),
  },
  { pattern: new RegExp(`^app\\.asana\\.com/1/.{1,200}/task/${number}`, "u"), hasHost: true, toKey: numbered("") },
  {
    pattern: /^app\.clickup\.com\/t\/(?:\d{1,20}\/)?(?<key>[A-Z][A-Z0-9_]{0,19}-\d{1,9})(?![\w-])/iu,
    hasHost: true,
    toKey: ({ key = "" }) => key.toUpperCase(),
  },
  {
    pattern: /^app\.clickup\.com\/t\/(?:\d{1,20}\/)?(?<key>[a-z0-9]{4,16})(?![\w-])/iu,
    hasHost: true,
    toKey: ({ key = "" }) => `CU-${key.toLowerCase()}`,
  },
  { pattern: new RegExp(`/agent/(?:#/)?tickets/${number}`, "u"), toKey: numbered("ZD-") },
  { pattern: new RegExp(`/(?:a|helpdesk)/tickets/${number}`, "u"), toKey: numbered("FD-") },
  { pattern: new RegExp(`(?:/tickets/details/|#Cases/dv/)${number}`, "u"), toKey: numbered("ZOHO-") },
  { pattern: new RegExp(`/conversation/\\d{1,18}/${number}`, "u"), toKey: numbered("HS-") },
];

/** The key of the ticket at an address; null where it is none's. Never throws. */
export function readTicketAddress(address: string): string | null {
  const withScheme = address.includes("://") ? address : `https://${address}`;
  if (!/^https?:/iu.test(withScheme) || !URL.canParse(withScheme)) return null;
  const { hostname, pathname, search, hash } = new URL(withScheme);
  const below = pathname + search + hash;
  for (const { pattern, hasHost, toKey } of forms) {
    const groups = pattern.exec(hasHost ? hostname + below : below)?.groups;
    if (groups !== undefined) return toKey(groups);
  }
  return null;
}
