-- The first lines of the inbox by the index that has them in order. An inner join made the planner expect a handful of
-- lines, and put all of them together to sort them; each line has its client and project, so a left join finds the same.

create or replace view public.inbox_drafts with (security_invoker = true) as
select d.id, d.workspace_id, d.client_id, c.name as client_name, d.project_id, p.name as project_name, d.repository_id,
  r.name as repository_name, r.provider, d.source_type, d.description, d.detailed_description, d.category, d.minutes, d.hours,
  d.hourly_rate_minor, d.currency, d.billable, d.total_minor, d.estimated_minutes, d.estimate_low, d.estimate_high,
  d.estimate_method, d.estimate_reason, d.flags, d.start_date, d.end_date, d.author_name, d.ticket_key, d.ticket_url, d.epic,
  d.status, d.deferred_until, d.rejected_at, d.rejected_reason, d.invoice_id, d.approved_at, d.version, d.created_at,
  d.updated_at, e.commits, d.made_by, d.replaced_by, d.ticket_id, d.awaits_ticket, t.title as ticket_title, t.state as ticket_state,
  t.reason as ticket_reason, t.status as ticket_status, t.is_done as ticket_is_done, t.current_key as ticket_current_key,
  d.deferred_for_ticket
from public.draft_line_items d
left join public.projects p on p.id = d.project_id
left join public.clients c on c.id = d.client_id
left join public.repositories r on r.id = d.repository_id
left join public.tickets t on t.id = d.ticket_id
left join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'short_hash', k.short_hash, 'branch', k.branch, 'url', k.url,
    'rewritten_from', r.short_hash)
    -- What a commit became stands before it: a line shows the hash that its work has now.
    order by coalesce(r.committed_at, k.committed_at), r.id is null, k.created_at desc, k.committed_at desc), '[]') as commits
  from public.commit_draft_items l
  -- Looked up by its key for each line, also where the tables have no statistics yet.
  cross join lateral (select c.id, c.short_hash, c.branch, c.url, c.committed_at, c.created_at, c.same_work_as
    from public.commits c where c.id = l.commit_id offset 0) k
  left join lateral (select c.id, c.short_hash, c.committed_at from public.commits c where c.id = k.same_work_as offset 0) r on true
  where l.draft_line_item_id = d.id
) e on true;
