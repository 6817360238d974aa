import { missingResource, notSimulated, refuseRequest } from "./fault.ts";

interface Listable {
  id: string;
  created?: number;
  date?: number;
}

interface Page {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number };
}

export interface ListAnswer<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

/** One page of the rows, which come oldest first and go out newest first (API reference, "Pagination"). */
export function listPage<T extends Listable>(rows: T[], params: Page, url: string): ListAnswer<T> {
  return cutPage(
    rows.filter((row) => matchesCreated(row.created ?? row.date ?? 0, params.created)).toReversed(),
    params,
    url,
  );
}

/** One page of rows that keep their order. */
export function cutPage<T extends Listable>(rows: T[], params: Page, url: string): ListAnswer<T> {
  const limit = params.limit ?? 10;
  if (limit < 1 || limit > 100) throw refuseRequest("Invalid limit: must be between 1 and 100", { param: "limit" });
  const position = (id: string, param: string): number => {
    const at = rows.findIndex((row) => row.id === id);
    if (at < 0) throw missingResource("object", id, param);
    return at;
  };
  if (params.ending_before !== undefined) {
    const end = position(params.ending_before, "ending_before");
    const start = Math.max(0, end - limit);
    return { object: "list", data: rows.slice(start, end), has_more: start > 0, url };
  }
  const start = params.starting_after === undefined ? 0 : position(params.starting_after, "starting_after") + 1;
  return {
    object: "list",
    data: rows.slice(start, start + limit),
    has_more: start + limit < rows.length,
    url,
  };
}

function matchesCreated(created: number, wanted: Page["created"]): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === "number") return created === wanted;
  return (
    (wanted.gt === undefined || created > wanted.gt) &&
    (wanted.gte === undefined || created >= wanted.gte) &&
    (wanted.lt === undefined || created < wanted.lt) &&
    (wanted.lte === undefined || created <= wanted.lte)
  );
}

export interface SearchAnswer<T> {
  object: "search_result";
  data: T[];
  has_more: boolean;
  next_page: null;
  url: string;
}

/**
 * Stripe's search language as far as equality and parts of words go: `email:"a@b.c" AND metadata["key"]:"value"`,
 * `name~"harb" OR email~"harb"`; the two can't be mixed (Stripe, "Search query language"). As at Stripe, a row is found only some time after it was made: `visibleBefore` is the newest creation time the index knows.
 */
export function searchRows<T extends Listable & { metadata: Record<string, string> | null }>(
  rows: T[],
  query: string,
  fields: (row: T) => Record<string, string | null>,
  visibleBefore: number,
  url: string,
): SearchAnswer<T> {
  const any = /"\s+OR\s+/.test(query);
  const clauses = query.split(any ? /\s+OR\s+/ : /\s+AND\s+/).map((clause) => {
    const parts =
      /^(?:metadata\[(?<key>["'])(?<name>.+?)\k<key>\]|(?<field>\w+))(?<how>[:~])(?<q>["'])(?<value>.*)\k<q>$/.exec(
        clause.trim(),
      )?.groups;
    if (parts === undefined) throw notSimulated(`the search clause ${clause}`);
    return {
      metadata: parts.name,
      field: parts.field,
      part: parts.how === "~",
      value: (parts.value ?? "").replaceAll(/\\(.)/g, "$1"),
    };
  });
  for (const { part, value } of clauses) {
    if (part && value.length < 3)
      throw refuseRequest("Substring match requires at least 3 characters.", { param: "query" });
  }
  const matches = (row: T, { metadata, field, part, value }: (typeof clauses)[number]): boolean => {
    if (metadata !== undefined) return row.metadata?.[metadata] === value;
    const known = fields(row);
    if (field === undefined || !(field in known)) {
      throw refuseRequest(`Field \`${field ?? ""}\` is an unsupported search field.`, { param: "query" });
    }
    return part
      ? (known[field] ?? "").toLowerCase().includes(value.toLowerCase())
      : known[field]?.toLowerCase() === value.toLowerCase();
  };
  const data = rows.filter(
    (row) =>
      (row.created ?? 0) <= visibleBefore &&
      (any ? clauses.some((clause) => matches(row, clause)) : clauses.every((clause) => matches(row, clause))),
  );
  return {
    object: "search_result",
    data: data.slice(0, 100),
    has_more: data.length > 100,
    next_page: null,
    url,
  };
}
