import { signUpWithWorkspace } from "../http/harness.ts";
import { findChanges, loadChanges, loadScope, loadWatermark } from "../../web/src/features/inbox/inbox-loading.ts";
import { inboxColumns } from "../../web/src/features/inbox/inbox-row.ts";
import { DRAFTS, seedDrafts } from "./inbox-seed.ts";
import { type Row, timeMedian } from "./row.ts";
import type { Bench } from "./stacks.ts";

/** Everything that the inbox of a person with very many open drafts asks for when it is opened. */
export async function measureInboxQuery({ product }: Bench): Promise<Row[]> {
  const { stack } = product;
  const { workspaceId, clientId, projectId, database } = await signUpWithWorkspace(stack);
  await stack.query(seedDrafts(workspaceId, clientId, projectId));
  await stack.query("analyze public.draft_line_items, public.commits, public.commit_draft_items");
  const ours = async (): Promise<void> => {
    let count = 0;
    await loadScope(database, workspaceId, "draft", (rows) => {
      count += rows.length;
    });
    if (count !== DRAFTS) throw new Error(`The inbox has ${count} drafts.`);
  };
  const plain = async (): Promise<void> => {
    const rows = await stack.query(
      `select ${inboxColumns} from public.inbox_drafts where workspace_id = $1 and status = 'draft'
       order by start_date desc, id`,
      [workspaceId],
    );
    if (rows.length !== DRAFTS) throw new Error(`The inbox has ${rows.length} drafts.`);
  };
  const since = await loadWatermark(database, workspaceId);
  await stack.query("update public.draft_line_items set category = 'feature' where workspace_id = $1", [workspaceId]);
  const changed = async (): Promise<void> => {
    const marks = await findChanges(database, workspaceId, since);
    if (!marks.ok) throw new Error(marks.error.cause);
    let count = 0;
    await loadChanges(database, workspaceId, marks.value, (rows) => {
      count += rows.length;
    });
    if (count !== DRAFTS) throw new Error(`Of ${DRAFTS} changed drafts ${count} were found.`);
  };
  await ours();
  await plain();
  await changed();
  const count = DRAFTS.toLocaleString("en");
  const loading = await timeMedian(5, ours);
  return [
    {
      name: `inbox of ${count} drafts`,
      value: loading,
      unit: "ms",
      baseline: await timeMedian(5, plain),
      against: "the same rows by one SQL statement in the same database, without HTTP, paging or row level security",
    },
    {
      name: `an open inbox taking in ${count} changed drafts`,
      value: await timeMedian(5, changed),
      unit: "ms",
      baseline: loading,
      against: "loading as many",
    },
  ];
}
