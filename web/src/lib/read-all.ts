import type { DatabaseResult } from "@billhook/database/errors";

/** PostgREST answers at most this many rows at once by default (`max_rows`). */
const PAGE_ROWS = 1000;

/** All rows of a query that has a fixed order: asks page after page, `from` and `to` included. */
export async function readAll<Row>(
  readPage: (from: number, to: number) => Promise<DatabaseResult<Row[]>>,
): Promise<DatabaseResult<Row[]>> {
  const rows: Row[] = [];
  for (;;) {
    const page = await readPage(rows.length, rows.length + PAGE_ROWS - 1);
    if (!page.ok) return page;
    rows.push(...page.value);
    if (page.value.length < PAGE_ROWS) return { ok: true, value: rows };
  }
}
