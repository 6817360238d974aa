-- What a workspace has to tell, as it is now: read matter by matter, and gone once it is settled.

alter table public.notifications drop constraint notifications_kind_check;
alter table public.notifications add constraint notifications_kind_check check (kind in ('drafts_waiting', 'delivery_failed',
  'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed', 'tracker_refused', 'worklog_failed', 'budget_used',
  'words_budget'));
create index webhook_deliveries_failed on public.webhook_deliveries (repository_id) where status = 'failed';

create function public.read_matters(p_workspace_id uuid, p_limit integer default 50)
returns table (id uuid, kind text, subject_id uuid, name text, body text, count bigint, fresh bigint, updated_at timestamptz,
  is_unread boolean)
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select n.id, n.kind, n.subject_id, n.body, n.occurrences, n.updated_at, r.read_at
    from public.notifications n
    left join public.notification_reads r on r.notification_id = n.id and r.user_id = (select auth.uid())
    where n.workspace_id = p_workspace_id
    order by n.updated_at desc, n.id limit least(greatest(p_limit, 0), 200)
  ), waiting as (
    select t.id, count(*) as count, count(*) filter (where t.read_at is null or d.created_at > t.read_at) as fresh
    from told t
    join public.draft_line_items d on d.workspace_id = p_workspace_id and d.repository_id = t.subject_id and d.status = 'draft'
    where t.kind = 'drafts_waiting' and d.replaced_by is null and not d.deferred_for_ticket and d.awaits_ticket is not true
      and (d.deferred_until is null or d.deferred_until <= (select (now() at time zone w.timezone)::date
        from public.workspaces w where w.id = p_workspace_id))
    group by t.id
  ), failed as (
    select t.id, count(*) as count, null::bigint as fresh
    from told t join public.webhook_deliveries d on d.repository_id = t.subject_id and d.status = 'failed'
    where t.kind = 'delivery_failed' group by t.id
  )
  select t.id, t.kind, t.subject_id,
    case
      when t.kind like 'invoice%' then (select i.number from public.invoices i where i.id = t.subject_id)
      when t.kind = 'budget_used' then (select p.name from public.projects p where p.id = t.subject_id)
      when t.kind = 'tracker_refused' then (select c.name from public.tracker_connections c where c.id = t.subject_id)
      when t.kind = 'worklog_failed' then (select d.description from public.draft_line_items d where d.id = t.subject_id)
      else (select r.name from public.repositories r where r.id = t.subject_id)
    end,
    t.body, coalesce(c.count, t.occurrences), c.fresh, t.updated_at,
    (t.read_at is null or t.read_at < t.updated_at) and c.fresh is distinct from 0
  from told t
  left join (select * from waiting union all select * from failed) c on c.id = t.id
  -- Told is what still is so.
  where (c.id is not null or t.kind not in ('drafts_waiting', 'delivery_failed'))
    and not (t.kind = 'invoice_failed' and exists (
      select 1 from public.invoices i where i.id = t.subject_id and i.status in ('paid', 'void')))
    and not (t.kind = 'import_failed' and exists (
      select 1 from told o where o.kind = 'import_done' and o.subject_id = t.subject_id and o.updated_at > t.updated_at))
    and (t.kind <> 'words_budget' or t.updated_at >= date_trunc('month', now() at time zone 'utc') at time zone 'utc')
  order by t.updated_at desc, t.id
$$;
comment on function public.read_matters(uuid, integer) is
  'What a workspace has to tell the person asking, newest first, as it is now: drafts that wait (fresh: since the matter was '
  'read), deliveries that failed and were not replayed since. Under row level security.';

drop function public.mark_notifications_read(uuid);
create function public.mark_notifications_read(p_workspace_id uuid, p_ids uuid[] default null, p_is_read boolean default true)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  if p_is_read then
    insert into public.notification_reads (notification_id, workspace_id, user_id, read_at)
    select id, workspace_id, auth.uid(), clock_timestamp() from public.notifications
    where workspace_id = p_workspace_id and (p_ids is null or id = any (p_ids))
    on conflict (notification_id, user_id) do update set read_at = excluded.read_at;
  else
    delete from public.notification_reads
    where workspace_id = p_workspace_id and user_id = auth.uid() and (p_ids is null or notification_id = any (p_ids));
  end if;
end
$$;
comment on function public.mark_notifications_read(uuid, uuid[], boolean) is
  'Marks matters of a workspace (null: all of them) as read, or as unread again, by the person asking. '
  'security definer: reads are not writable directly.';
grant execute on function public.read_matters(uuid, integer), public.mark_notifications_read(uuid, uuid[], boolean) to authenticated;

create function private.settle_failed_deliveries()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.notifications where id in (
    select n.id from public.notifications n
    where n.kind = 'delivery_failed'
      and (n.workspace_id, n.subject_id) in (select distinct r.workspace_id, r.repository_id from new_rows r where r.status = 'done')
      and not exists (select 1 from public.webhook_deliveries d where d.repository_id = n.subject_id and d.status = 'failed')
    -- Another batch that settles the same matter is not waited for.
    for update skip locked);
  return null;
end
$$;
comment on function private.settle_failed_deliveries() is
  'Failed deliveries of a repository are no matter any more once the last of them was recorded after all.';
create trigger settle_failed_deliveries after update on public.webhook_deliveries referencing new table as new_rows
  for each statement execute function private.settle_failed_deliveries();

create or replace function public.reserve_words(p_workspace_id uuid, p_request jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_budget bigint;
begin
  -- One at a time: two requests that each fit may not fit together.
  select monthly_budget_micros into v_budget from public.word_settings where workspace_id = p_workspace_id for update;
  -- Whoever reserved these died over them; what they cost nobody knows, so all of it counts.
  update public.word_requests set status = 'failed', cost_micros = reserved_micros, finished_at = clock_timestamp(),
    error = 'Nothing was heard of it again.'
  where workspace_id = p_workspace_id and status = 'reserved' and created_at < clock_timestamp() - interval '10 minutes';
  if v_budget is null
    or private.spent_on_words(p_workspace_id) + (p_request ->> 'reserved_micros')::bigint > v_budget then
    if v_budget > 0 then
      -- Once a month, however many lines ask.
      insert into public.notifications as n (workspace_id, kind, body)
      values (p_workspace_id, 'words_budget', format('%s $ are spent. Lines keep the words of their commits until the month ends.',
        trim(to_char(v_budget / 1000000.0, '999999990.00'))))
      on conflict (workspace_id, kind, subject_id) do update set body = excluded.body, updated_at = clock_timestamp()
      where n.updated_at < date_trunc('month', clock_timestamp() at time zone 'utc') at time zone 'utc';
    end if;
    return false;
  end if;
  insert into public.word_requests (id, workspace_id, kind, model, prompt_version, lines, sent, reserved_micros)
  values ((p_request ->> 'id')::uuid, p_workspace_id, p_request ->> 'kind', p_request ->> 'model',
    (p_request ->> 'prompt_version')::integer, (p_request ->> 'lines')::integer, p_request -> 'sent',
    (p_request ->> 'reserved_micros')::bigint);
  return true;
end
$$;
comment on function public.reserve_words(uuid, jsonb) is
  'Reserves the most that a request may cost and keeps what it sends; false where the month''s budget does not hold it, which '
  'is told once a month.';

create function private.settle_words_budget()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  delete from public.notifications where workspace_id = new.workspace_id and kind = 'words_budget';
  return null;
end
$$;
comment on function private.settle_words_budget() is
  'A raised budget for words is not used up. security definer: whoever raises it may not write notifications.';
create trigger settle_words_budget after update of monthly_budget_micros on public.word_settings for each row
  when (new.monthly_budget_micros > old.monthly_budget_micros) execute function private.settle_words_budget();
