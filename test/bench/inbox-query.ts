import { signUpWithWorkspace } from "../http/harness.ts";
import { loadScope } from "../../web/src/features/inbox/inbox-loading.ts";
import { inboxColumns } from "../../web/src/features/inbox/inbox-row.ts";
import { type Row, timeMedian } from "./row.ts";
import type { Bench } from "./stacks.ts";

const DRAFTS = 5000;

/** Drafts with a commit each, written past triggers and foreign keys: what is measured is reading them. */
const seedDrafts = (workspaceId: string, clientId: string, projectId: string): string => `
do $seed$
declare
  v_repository uuid := gen_random_uuid();
begin
  perform set_config('session_replication_role', 'replica', true);
  insert into public.repositories (id, workspace_id, project_id, provider, name)
  values (v_repository, '${workspaceId}', '${projectId}', 'github', 'example/shop');
  with numbered as (
    select n, gen_random_uuid() as commit_id, gen_random_uuid() as draft_id from generate_series(1, ${DRAFTS}) n
  ), new_commits as (
    insert into public.commits (id, workspace_id, repository_id, project_id, hash, message, author_name, author_email,
      committed_at, branch, status)
    select commit_id, '${workspaceId}', v_repository, '${projectId}', md5(n::text) || '00000000', 'feat: commit ' || n,
      'Dev One', 'dev.one@example.com', now() - make_interval(hours => n), 'main', 'drafted' from numbered
  ), new_drafts as (
    insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, description, minutes,
      hourly_rate_minor, currency, estimated_minutes, estimate_low, estimate_high, estimate_method, estimate_reason,
      start_date, end_date, author_name, ticket_key)
    select draft_id, '${workspaceId}', '${clientId}', '${projectId}', v_repository,
      'Basket: kept item ' || n || ' (3 files changed)', 15 * (1 + n % 8), 9000, 'EUR', 15 * (1 + n % 8), 10, 120, 'heuristic',
      'three files', (now() - make_interval(hours => n))::date, (now() - make_interval(hours => n))::date, 'Dev One',
      'SHOP-' || n % 100 from numbered
  )
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select commit_id, draft_id, '${workspaceId}' from numbered;
end
$seed$`;

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
  await ours();
  await plain();
  return [
    {
      name: `inbox of ${DRAFTS.toLocaleString("en")} drafts`,
      value: await timeMedian(5, ours),
      unit: "ms",
      baseline: await timeMedian(5, plain),
      against: "the same rows by one SQL statement in the same database, without HTTP, paging or row level security",
    },
  ];
}
