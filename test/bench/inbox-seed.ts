export const DRAFTS = 5000;

/** Drafts with a commit each, written past triggers and foreign keys: what is measured is reading them. */
export const seedDrafts = (workspaceId: string, clientId: string, projectId: string, count = DRAFTS): string => `
do $seed$
declare
  v_repository uuid := gen_random_uuid();
begin
  perform set_config('session_replication_role', 'replica', true);
  insert into public.repositories (id, workspace_id, project_id, provider, name)
  values (v_repository, '${workspaceId}', '${projectId}', 'github', 'example/shop');
  with numbered as (
    select n, gen_random_uuid() as commit_id, gen_random_uuid() as draft_id from generate_series(1, ${count}) n
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
