-- Whoever approves is told at once which budgets that exceeds; an invoice of nothing is never overdue; and an act that
-- changed nothing is not offered to be taken back.

create or replace function private.watch_budgets()
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
      -- For the answer to whoever approves.
      perform set_config('billhook.over_budget', (coalesce(nullif(current_setting('billhook.over_budget', true), ''), '[]')::jsonb
        || jsonb_build_object('project_id', r.id, 'project_name', r.name, 'is_cap', r.budget_is_cap, 'currency', r.currency,
          'seconds', greatest(0, r.seconds - r.budget_seconds)::bigint, 'minor', greatest(0, r.minor - r.budget_minor)::bigint))::text, true);
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

create or replace function public.approve_drafts(p_ids uuid[], p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case
      when d.status in ('approved', 'invoiced') then 'already_approved'
      when d.status = 'rejected' then 'ignored'
      when d.billable and d.minutes = 0 then 'no_time'
      when d.billable and d.hourly_rate_minor is null then 'no_rate'
    end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', 'approve', true);
  perform set_config('billhook.over_budget', '', true);
  update public.draft_line_items set status = 'approved', approved_at = now(), approved_by = auth.uid(), deferred_until = null,
    deferred_for_ticket = false
  where id = any (v_changed);
  insert into public.time_entries (workspace_id, client_id, project_id, member_id, draft_line_item_id, source, description,
    entry_date, estimated_seconds, billed_seconds, hourly_rate_minor, currency, billable)
  select d.workspace_id, d.client_id, d.project_id, m.id, d.id, case when d.source_type in ('timer', 'manual') then d.source_type
    else 'commit' end, d.description, d.start_date, d.estimated_minutes::bigint * 60, d.minutes::bigint * 60,
    d.hourly_rate_minor, d.currency, d.billable
  from public.draft_line_items d
  left join lateral (
    select coalesce(
      (select o.member_id from public.people o where o.workspace_id = d.workspace_id and o.id = d.person_id),
      (select m.id from public.commit_draft_items l
        -- Looked up by its key for each line, also where the tables have no statistics yet.
        cross join lateral (select c.author_email, c.committed_at from public.commits c where c.id = l.commit_id offset 0) k
        join public.members m on m.workspace_id = d.workspace_id and lower(m.email) = lower(k.author_email)
        where l.draft_line_item_id = d.id and d.person_id is null
        order by k.committed_at limit 1)) as id
  ) m on true
  where d.id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped)
    || jsonb_build_object('over', coalesce(nullif(current_setting('billhook.over_budget', true), ''), '[]')::jsonb);
end
$$;

create or replace function public.approve_to_invoice(p_ids uuid[], p_invoice_id uuid default null, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_outcome jsonb;
  v_ready uuid[];
  v_client_id uuid;
  v_left jsonb;
begin
  v_outcome := public.approve_drafts(p_ids, p_versions);
  -- Those that were approved before go with them, so that asking again after a lost answer is the same as once.
  select array_agg(d.id order by d.id), (array_agg(d.client_id))[1] into v_ready, v_client_id
  from public.draft_line_items d
  where d.id = any (p_ids) and d.status = 'approved' and d.billable and d.workspace_id = any (private.workspace_ids())
    and (d.invoice_id is null or p_invoice_id is null or d.invoice_id = p_invoice_id);
  if v_ready is null then
    return v_outcome || jsonb_build_object('invoice_id', null);
  end if;
  p_invoice_id := case when p_invoice_id is null then public.create_invoice(v_client_id, v_ready)
    else public.add_to_invoice(p_invoice_id, v_ready) end;
  select coalesce(jsonb_agg(s), '[]') into v_left from jsonb_array_elements(v_outcome -> 'skipped') s
  where s ->> 'id' <> all (v_ready::text[]);
  return private.draft_outcome(v_ready || array(select (c ->> 'id')::uuid from jsonb_array_elements(v_outcome -> 'changed') c
    where (c ->> 'id')::uuid <> all (v_ready)), v_left) || jsonb_build_object('invoice_id', p_invoice_id, 'over', v_outcome -> 'over');
end
$$;

create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  -- A debit takes days: what is on its way is not late.
  i.status = 'open' and i.total_minor > 0 and i.stripe_payment_state is distinct from 'processing'
    and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;
comment on view public.invoice_list is
  'Invoices with their client. overdue is derived: open, not of nothing, no payment on its way, and the due date has passed in the client''s zone.';

create or replace function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  -- Asked once, and not for each row.
  v_actor constant uuid := auth.uid();
  v_act uuid;
  v_action constant text := coalesce(nullif(current_setting('billhook.action', true), ''), 'update');
begin
  if not exists (select 1 from new_rows) then
    -- An act that changes nothing is none.
    return null;
  end if;
  if tg_table_name = 'invoice_lines' and current_setting('billhook.computing', true) = 'on' then
    -- Totals follow from what is in the audit.
    return null;
  end if;
  v_act := private.current_act();
  if tg_table_name in ('draft_line_items', 'time_entries')
    and v_action in ('invoice', 'finalise', 'void', 'credit', 'discard', 'remove_from_invoice') then
    -- Of work that is put on an invoice or goes with it these change and nothing else: no row need be made a document.
    insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after, act_id)
    select p.workspace_id, v_actor, tg_table_name, p.id, v_action,
      case when p.invoice_changed then jsonb_build_object('invoice_id', p.old_invoice_id) else '{}' end
        || case when p.status_changed then jsonb_build_object('status', p.old_status) else '{}' end,
      case when p.invoice_changed then jsonb_build_object('invoice_id', p.new_invoice_id) else '{}' end
        || case when p.status_changed then jsonb_build_object('status', p.new_status) else '{}' end, v_act
    from (
      select g.*, g.old_invoice_id is distinct from g.new_invoice_id as invoice_changed, g.old_status <> g.new_status as status_changed
      from (
        select x.id, (array_agg(x.workspace_id))[1] as workspace_id,
          (array_agg(x.invoice_id) filter (where x.is_new))[1] as new_invoice_id,
          (array_agg(x.invoice_id) filter (where not x.is_new))[1] as old_invoice_id,
          min(x.status) filter (where x.is_new) as new_status, min(x.status) filter (where not x.is_new) as old_status
        from (
          select id, workspace_id, invoice_id, status, true as is_new from new_rows
          union all
          select id, workspace_id, invoice_id, status, false from old_rows
        ) x
        group by x.id
      ) g
    ) p
    where p.invoice_changed or p.status_changed;
    return null;
  end if;
  if tg_table_name = 'commits' and v_action in ('finalise', 'void', 'credit') then
    insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after, act_id)
    select (array_agg(x.workspace_id))[1], v_actor, tg_table_name, x.id, v_action,
      jsonb_build_object('status', min(x.status) filter (where not x.is_new), 'invoiced_at', min(x.invoiced_at) filter (where not x.is_new)),
      jsonb_build_object('status', min(x.status) filter (where x.is_new), 'invoiced_at', min(x.invoiced_at) filter (where x.is_new)), v_act
    from (
      select id, workspace_id, status, invoiced_at, true as is_new from new_rows
      union all
      select id, workspace_id, status, invoiced_at, false from old_rows
    ) x
    group by x.id;
    return null;
  end if;
  -- "materialized": otherwise every row is made a document anew for each of its columns.
  with changed as materialized (
    select x.doc ->> tg_argv[0] as key, x.doc, true as is_new from (select to_jsonb(r) as doc from new_rows r) x
    union all
    select x.doc ->> tg_argv[0], x.doc, false from (select to_jsonb(r) as doc from old_rows r) x
  ), pairs as materialized (
    -- Grouped, not joined: a join is planned for the first number of rows there ever was.
    select (array_agg(doc) filter (where not is_new))[1] as before, (array_agg(doc) filter (where is_new))[1] as after
    from changed
    group by key
  )
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after, act_id)
  select (p.after ->> case when tg_table_name = 'workspaces' then 'id' else 'workspace_id' end)::uuid, v_actor, tg_table_name,
    (p.after ->> tg_argv[0])::uuid, v_action, d.before, d.after, v_act
  from pairs p
  cross join lateral (
    select jsonb_object_agg(k, p.before -> k) as before, jsonb_object_agg(k, p.after -> k) as after
    from jsonb_object_keys(p.after) k
    where p.before -> k is distinct from p.after -> k and k not in ('updated_at', 'version', 'last_delivery_at', 'reconciled_at')
  ) d
  where p.before is not null and d.after is not null;
  return null;
end
$$;
