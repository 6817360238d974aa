import { currencyExponent, currencyExponents, lineTotalMinor } from "@billhook/domain/money";
import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { createInvoice, makeCommit, makeWorkspace, push } from "./stories.ts";

const database = useDatabase();

it("a line costs the same in the database and while a person types", async () => {
  const seconds = fc.oneof(fc.integer({ min: 0, max: 86_400 }), fc.integer({ min: 0, max: 10 ** 9 }));
  const rate = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 100_000_000_000 }));
  const half = fc.integer({ min: 0, max: 10 ** 9 }).map((n): [number, number] => [1800, 2 * n + 1]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.tuple(seconds, rate), half), { minLength: 1, maxLength: 500 }),
      async (lines) => {
        const possible = lines.filter(([time, price]) => (time * price) / 3600 < Number.MAX_SAFE_INTEGER);
        const rows = await database().query<{ total: number }>(
          `select public.line_total_minor(s, r) as total
         from unnest($1::bigint[], $2::bigint[]) with ordinality as t (s, r, nth) order by nth`,
          [possible.map(([time]) => time), possible.map(([, price]) => price)],
        );
        expect(rows.map((row) => row.total)).toEqual(possible.map(([time, price]) => lineTotalMinor(time, price)));
      },
    ),
    { numRuns: 40 },
  );
});

it("a half is rounded away from zero on both sides of it, in both", async () => {
  const cases: [number, number][] = [
    [1800, 1],
    [1800, 3],
    [1799, 1],
    [-1800, 1],
    [1800, -3],
    [0, 100],
  ];
  for (const [seconds, rate] of cases) {
    const { total } = await database().one<{ total: number }>("select public.line_total_minor($1, $2) as total", [
      seconds,
      rate,
    ]);
    expect(total + 0, `${seconds} × ${rate}`).toBe(lineTotalMinor(seconds, rate) + 0);
  }
});

it("every currency has the same number of decimals in the database and on screen", async () => {
  const codes = [...new Set([...Object.keys(currencyExponents), ...Intl.supportedValuesOf("currency"), "EUR", "XYZ"])];
  const rows = await database().query<{ code: string; exponent: number }>(
    "select code, public.currency_exponent(code) as exponent from unnest($1::text[]) code",
    [codes],
  );
  expect(rows.map((row) => [row.code, row.exponent])).toEqual(codes.map((code) => [code, currencyExponent(code)]));
});

it("an invoice is the sum of its lines, and each line what the inbox said", async () => {
  const db = database();
  const workspace = await makeWorkspace(db);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 1440 }), fc.integer({ min: 0, max: 50_000 })), {
        minLength: 1,
        maxLength: 15,
      }),
      async (lines) => {
        const ids = await push(
          db,
          workspace.repositoryId,
          lines.map(([minutes]) => makeCommit({}, { minutes })),
        );
        for (const [index, [, rate]] of lines.entries()) {
          await db.rpc(workspace.member, "update_drafts", {
            p_ids: [ids[index]],
            p_changes: { hourly_rate_minor: rate },
          });
        }
        await db.rpc(workspace.member, "approve_drafts", { p_ids: ids });
        const id = await createInvoice(db, workspace, ids);
        await db.rpc(workspace.admin, "finalise_invoice", { p_invoice_id: id });
        const expected = lines.reduce((sum, [minutes, rate]) => sum + lineTotalMinor(minutes * 60, rate), 0);
        expect(
          await db.one(
            `select i.total_minor::float8 as total, sum(l.total_minor)::float8 as lines,
               (select sum(d.total_minor) from public.draft_line_items d where d.invoice_id = i.id)::float8 as drafts,
               (select sum(e.total_minor) from public.time_entries e where e.invoice_id = i.id)::float8 as entries
             from public.invoices i join public.invoice_lines l on l.invoice_id = i.id where i.id = $1 group by i.id`,
            [id],
          ),
        ).toEqual({ total: expected, lines: expected, drafts: expected, entries: expected });
      },
    ),
    { numRuns: 15 },
  );
});
