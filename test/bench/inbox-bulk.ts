import { settle } from "@billhook/database/client";
import { approveDrafts, ignoreDrafts, undoAct } from "@billhook/database/drafts";
import type { DatabaseResult } from "@billhook/database/errors";
import { inboxColumns } from "../../web/src/features/inbox/inbox-row.ts";
import { signUpWithWorkspace } from "../http/harness.ts";
import { DRAFTS, seedDrafts } from "./inbox-seed.ts";
import { type Row, median, timeMedian } from "./row.ts";
import type { Bench } from "./stacks.ts";

async function must<T>(asked: Promise<DatabaseResult<T>>): Promise<T> {
  const result = await asked;
  if (!result.ok) throw new Error(result.error.cause);
  return result.value;
}

async function time<T>(task: () => Promise<T>): Promise<[value: T, milliseconds: number]> {
  const started = performance.now();
  return [await task(), performance.now() - started];
}

/** What the inbox asks first, and deciding about all its lines in one request. */
export async function measureInboxBulk({ product }: Bench): Promise<Row[]> {
  const { stack } = product;
  const { workspaceId, clientId, projectId, database } = await signUpWithWorkspace(stack);
  await stack.query(seedDrafts(workspaceId, clientId, projectId));
  await stack.query("analyze public.draft_line_items, public.commits, public.commit_draft_items");
  const page = () =>
    must(
      settle(
        database
          .from("inbox_drafts")
          .select(inboxColumns)
          .eq("workspace_id", workspaceId)
          .eq("status", "draft")
          .is("replaced_by", null)
          .order("start_date", { ascending: false })
          .order("id")
          .range(0, 99),
      ),
    );
  await page();
  const firstPage = await timeMedian(9, page);
  const roundTrip = await timeMedian(9, async () => database.rpc("currency_exponent", { p_currency: "EUR" }));

  const rows = await stack.query<{ id: string }>("select id from public.draft_line_items where workspace_id = $1", [
    workspaceId,
  ]);
  const ids = rows.map(({ id }) => id);
  const update = "update public.draft_line_items set category = coalesce(category, '') where workspace_id = $1";
  const plain: number[] = [];
  const measured: Record<string, { decided: number; undone: number }> = {};
  for (const [name, decide] of Object.entries({
    approve: approveDrafts,
    ignore: () => ignoreDrafts(database, ids, null),
  })) {
    const [outcome, decided] = await time(() => must(decide(database, ids)));
    if (outcome.changed.length !== DRAFTS)
      throw new Error(`Of ${DRAFTS} drafts ${outcome.changed.length} were changed.`);
    const [, undone] = await time(() => must(undoAct(database, outcome.act_id ?? "")));
    measured[name] = { decided, undone };
    plain.push((await time(() => stack.query(update, [workspaceId])))[1]);
  }
  const count = DRAFTS.toLocaleString("en");
  return [
    {
      name: "first hundred lines of the inbox",
      value: firstPage,
      unit: "ms",
      baseline: roundTrip,
      against: "one bare rpc round trip",
    },
    ...Object.entries(measured).flatMap(([name, { decided, undone }]) => [
      {
        name: `${name} ${count} drafts in one request`,
        value: decided,
        unit: "ms",
        baseline: median(plain),
        against: "one SQL update of the same rows, with its triggers, answered with nothing",
      },
      { name: `undo: ${name} ${count} drafts`, value: undone, unit: "ms", baseline: decided, against: "doing it" },
    ]),
  ];
}
