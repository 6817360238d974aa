/** Lists in pages: where the next one is, and lists read to their end within bounds. */
import type { CommitRange, ForgeResult, Page } from "./api.ts";
import type { PushedCommit, PushedRepository } from "@billhook/domain/push";

/** A list read as a whole never takes more requests than this, whatever the host says. */
const mostPages = 100;

/** The page a cursor stands for; the first where it is none. */
export function pageNumber(cursor: string | null | undefined): number {
  return typeof cursor === "string" && /^[1-9]\d{0,8}$/.test(cursor) ? Number(cursor) : 1;
}

/** The number of the next page in a `Link` header (RFC 8288), or null. */
export function linkedPage(headers: Headers): string | null {
  for (const link of (headers.get("link") ?? "").split(/,\s*(?=<)/)) {
    const target = /^\s*<([^>]*)>.*;\s*rel="?next"?/i.exec(link)?.[1];
    const page = target && URL.canParse(target) ? new URL(target).searchParams.get("page") : null;
    if (page !== null && /^[1-9]\d{0,8}$/.test(page)) return page;
  }
  return null;
}

/**
 * The next page of a list in numbered pages. An empty page is the last one, and a page is never followed by an
 * earlier one, so that a host which lies about what is left cannot keep a reader going for ever.
 */
export function nextPage(current: number, next: string | null, count: number): string | null {
  return count > 0 && next !== null && Number(next) > current ? next : null;
}

/** Reads all pages of a list. Past the bound on pages what was read so far is the answer. */
export async function readAll<T>(
  read: (cursor: string | null) => Promise<ForgeResult<Page<T>>>,
): Promise<ForgeResult<T[]>> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 1; ; page += 1) {
    const result: ForgeResult<Page<T>> = await read(cursor);
    if (!result.ok) return result;
    items.push(...result.value.items);
    const next = result.value.cursor;
    if (next === null || next === cursor || page >= mostPages) return { ...result, value: items };
    cursor = next;
  }
}

/**
 * Leaves out what is older than `since`, for hosts that do not, and ends the list at a page that has nothing younger:
 * like `git log --since`, this trusts that a list from newest to oldest does not go back up.
 */
export function cutAtDate(page: Page<PushedCommit>, { since }: Pick<CommitRange, "since">): Page<PushedCommit> {
  const limit = since === undefined ? Number.NaN : Date.parse(since);
  if (Number.isNaN(limit)) return page;
  const items = page.items.filter(({ committedAt }) => committedAt === null || Date.parse(committedAt) >= limit);
  return { items, cursor: items.length === 0 ? null : page.cursor };
}

/**
 * Sifts a host's list of repositories by name, for hosts that cannot search it: a few of their pages at a time, so that
 * a search for something rare still answers soon, with the cursor to look on.
 */
export async function searchPages(
  search: string,
  start: string | null,
  read: (cursor: string | null) => Promise<ForgeResult<Page<PushedRepository>>>,
): Promise<ForgeResult<Page<PushedRepository>>> {
  const wanted = search.trim().toLowerCase();
  const items: PushedRepository[] = [];
  let cursor = start;
  for (let page = 1; ; page += 1) {
    const result = await read(cursor);
    if (!result.ok) return result;
    items.push(...result.value.items.filter(({ name }) => name.toLowerCase().includes(wanted)));
    cursor = result.value.cursor;
    if (cursor === null || items.length >= 20 || page >= 5) return { ...result, value: { items, cursor } };
  }
}

/** How many commits to ask for at once, within what the host gives. */
export function pageSize({ limit }: Pick<CommitRange, "limit">, most: number): number {
  return Math.max(1, Math.min(most, Math.trunc(limit ?? most)));
}
