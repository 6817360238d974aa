-- Budgets are looked at when work is approved, not only when it is billed.

alter table public.notifications drop constraint notifications_kind_check;
alter table public.notifications add constraint notifications_kind_check check (kind in ('drafts_waiting', 'delivery_failed',
  'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed', 'tracker_refused', 'worklog_failed', 'budget_used'));

create function private.watch_budgets()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r record;
begin
  for r in
    select p.workspace_id, p.id, p.name, p.budget_is_cap, p.budget_minutes::bigint * 60 as budget_seconds, p.budget_minor, c.currency,
      n.seconds as new_seconds, n.minor as new_minor, t.seconds, t.minor
    from (
      select project_id, sum(billed_seconds) as seconds, coalesce(sum(total_minor), 0) as minor
      from new_rows where billable group by project_id
    ) n
    join public.projects p on p.id = n.project_id and (p.budget_minutes is not null or p.budget_minor is not null)
    join public.clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
    cross join lateral (
      select sum(e.billed_seconds) as seconds, coalesce(sum(e.total_minor), 0) as minor from public.time_entries e
      where e.workspace_id = p.workspace_id and e.project_id = p.id and e.billable and e.superseded_at is null
    ) t
    order by p.id
  loop
    if r.seconds > r.budget_seconds or r.minor > r.budget_minor then
      perform private.notify(r.workspace_id, 'budget_used', r.id, format('%s exceeds its %s%s', r.name,
        case when r.budget_is_cap then 'cap' else 'budget' end,
        case when r.seconds > r.budget_seconds then format(' by %s h', round((r.seconds - r.budget_seconds) / 3600, 1))
          else format(' by %s %s', round((r.minor - r.budget_minor) / power(10::numeric, public.currency_exponent(r.currency)),
            public.currency_exponent(r.currency)), r.currency) end));
    elsif (r.seconds >= 0.8 * r.budget_seconds and r.seconds - r.new_seconds < 0.8 * r.budget_seconds)
        or (r.minor >= 0.8 * r.budget_minor and r.minor - r.new_minor < 0.8 * r.budget_minor) then
      perform private.notify(r.workspace_id, 'budget_used', r.id, format('%s has used %s%% of its %s', r.name,
        round(100 * greatest(r.seconds / r.budget_seconds, r.minor / r.budget_minor)),
        case when r.budget_is_cap then 'cap' else 'budget' end));
    end if;
  end loop;
  return null;
end
$$;
comment on function private.watch_budgets() is
  'Tells when approved work reaches four fifths of a project''s budget, and each time it goes past it, by how much. '
  'security definer: whoever approves may not write notifications.';
create trigger watch_budgets after insert on public.time_entries referencing new table as new_rows
  for each statement execute function private.watch_budgets();
