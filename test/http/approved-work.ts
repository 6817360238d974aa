import type { Stack } from "../embedded/stack.ts";
import type { PersonOfWorkspace } from "./harness.ts";

/**
 * Approved entries of an hour each with their drafts, from the first of March on, a hundred a day. Written past triggers:
 * what is tested or measured is billing them.
 */
export async function seedApprovedWork(
  stack: Pick<Stack, "query">,
  { workspaceId, clientId, projectId }: PersonOfWorkspace,
  count: number,
): Promise<string[]> {
  await stack.query(`
    do $seed$
    begin
      perform set_config('session_replication_role', 'replica', true);
      with numbered as (select n, gen_random_uuid() as draft_id from generate_series(0, ${count - 1}) n), drafts as (
        insert into public.draft_line_items (id, workspace_id, client_id, project_id, description, minutes, hourly_rate_minor,
          currency, start_date, end_date, status, approved_at)
        select draft_id, '${workspaceId}', '${clientId}', '${projectId}', 'Kept item ' || n, 60, 9000, 'EUR',
          date '2026-03-01' + n / 100, date '2026-03-01' + n / 100, 'approved', now() from numbered
      )
      insert into public.time_entries (workspace_id, client_id, project_id, draft_line_item_id, source, description, entry_date,
        estimated_seconds, billed_seconds, hourly_rate_minor, currency)
      select '${workspaceId}', '${clientId}', '${projectId}', draft_id, 'commit', 'Kept item ' || n, date '2026-03-01' + n / 100,
        3600, 3600, 9000, 'EUR' from numbered;
    end
    $seed$`);
  const rows = await stack.query<{ id: string }>(
    "select id from public.time_entries where workspace_id = $1 and invoice_id is null order by entry_date, description",
    [workspaceId],
  );
  return rows.map(({ id }) => id);
}
