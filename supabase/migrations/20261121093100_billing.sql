-- From a client's entries to an invoice draft: what is billable, grouped into lines, its time rounded as agreed.

alter table public.clients
  add column rounding_minutes integer not null default 0 check (rounding_minutes in (0, 1, 5, 6, 10, 15, 30)),
  add column rounding_direction text not null default 'nearest' check (rounding_direction in ('up', 'down', 'nearest')),
  add column rounding_scope text not null default 'entry' check (rounding_scope in ('entry', 'day', 'line'));
alter table public.projects
  add column rounding_minutes integer check (rounding_minutes in (0, 1, 5, 6, 10, 15, 30)),
  add column rounding_direction text check (rounding_direction in ('up', 'down', 'nearest')),
  add column rounding_scope text check (rounding_scope in ('entry', 'day', 'line')),
  add column budget_minutes integer check (budget_minutes > 0),
  add column budget_minor bigint check (budget_minor > 0),
  add column budget_is_cap boolean not null default false;
comment on table public.projects is
  'Work for one client. Its rate, where set, is used instead of the client''s, and so is its rounding of billed time. '
  'budget_minutes and budget_minor (of the client''s currency) are what was agreed in all; past a cap nothing is billed unasked.';
grant insert (rounding_minutes, rounding_direction, rounding_scope), update (rounding_minutes, rounding_direction, rounding_scope)
  on public.clients to authenticated;
grant update (rounding_minutes, rounding_direction, rounding_scope, budget_minutes, budget_minor, budget_is_cap)
  on public.projects to authenticated;

alter table public.invoices
  add column template text check (template in ('project_week', 'entry', 'project', 'ticket', 'epic', 'person', 'day')),
  add column billing_key text check (length(billing_key) = 32);
comment on column public.invoices.billing_key is
  'A digest of the entries that were asked to be billed: asked again, the same invoice is the answer.';
create unique index invoices_billing_key on public.invoices (workspace_id, billing_key)
  where billing_key is not null and status <> 'void';
create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;
alter table public.invoice_lines add column entry_seconds bigint check (entry_seconds >= 0);
comment on column public.invoice_lines.entry_seconds is
  'The billed time of the line''s entries before it was rounded to seconds. The entries themselves are not rounded.';

-- Ten thousand lines at once: what was asked for each row is asked for each statement.
drop trigger start on public.invoice_lines;
drop function private.start_invoice_line();

create or replace function private.guard_invoice_line()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_status text;
begin
  -- Waits for whoever is finalising the invoice at this moment, and then sees what became of it.
  select status into v_status from public.invoices where id = old.invoice_id for key share;
  if v_status <> 'draft' then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  return old;
end
$$;
comment on function private.guard_invoice_line() is 'Lines go with their invoice only while it is a draft, for every writer.';
drop trigger guard on public.invoice_lines;
create trigger guard before delete on public.invoice_lines for each row execute function private.guard_invoice_line();

create function private.guard_invoice_lines()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform 1 from public.invoices where id in (select invoice_id from new_rows) for key share;
  if exists (select 1 from public.invoices where id in (select invoice_id from new_rows) and status <> 'draft') then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  if tg_op = 'UPDATE' then
    if exists (select id, invoice_id from new_rows except select id, invoice_id from old_rows) then
      perform private.fail('BH005', 'a line stays on its invoice');
    end if;
    if coalesce(current_setting('billhook.computing', true), '') <> 'on' and exists (
        select id, amount_minor, total_minor, taxable_minor, tax_minor from new_rows
        except select id, amount_minor, total_minor, taxable_minor, tax_minor from old_rows) then
      perform private.fail('BH005', 'the total of a line is computed, not written');
    end if;
  elsif exists (select 1 from new_rows where (amount_minor, total_minor, taxable_minor, tax_minor) <> (0, 0, 0, 0)) then
    perform private.fail('BH005', 'the total of a line is computed, not written');
  end if;
  return null;
end
$$;
comment on function private.guard_invoice_lines() is
  'Lines are immutable with their invoice, for every writer; their totals come from refresh_invoice. Once a statement.';
create trigger guard_insert after insert on public.invoice_lines referencing new table as new_rows
  for each statement execute function private.guard_invoice_lines();
create trigger guard_update after update on public.invoice_lines referencing old table as old_rows new table as new_rows
  for each statement execute function private.guard_invoice_lines();

create or replace function private.guard_invoice_line_entry()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_status text;
begin
  if tg_op = 'UPDATE' then
    if (old.invoice_line_id, old.time_entry_id, old.workspace_id) is distinct from
        (new.invoice_line_id, new.time_entry_id, new.workspace_id) or (new.live and not old.live) then
      perform private.fail('BH005', 'what a line bills cannot be changed');
    end if;
    return new;
  end if;
  select i.status into v_status
  from public.invoice_lines l join public.invoices i on i.id = l.invoice_id
  where l.id = old.invoice_line_id for key share of i;
  if v_status is not null and v_status <> 'draft' then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  return old;
end
$$;
drop trigger guard on public.invoice_line_entries;
create trigger guard before update or delete on public.invoice_line_entries
  for each row execute function private.guard_invoice_line_entry();

create function private.guard_invoice_line_entries()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform 1 from public.invoices
  where id in (select l.invoice_id from public.invoice_lines l where l.id in (select invoice_line_id from new_rows)) for key share;
  if exists (select 1 from public.invoices i where i.status <> 'draft'
      and i.id in (select l.invoice_id from public.invoice_lines l where l.id in (select invoice_line_id from new_rows))) then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  return null;
end
$$;
comment on function private.guard_invoice_line_entries() is
  'Nothing is added to what a finalised line bills, by any writer. Once a statement.';
create trigger guard_insert after insert on public.invoice_line_entries referencing new table as new_rows
  for each statement execute function private.guard_invoice_line_entries();

create or replace function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  if tg_table_name = 'invoice_lines' and current_setting('billhook.computing', true) = 'on' then
    -- Totals follow from what is in the audit.
    return null;
  end if;
  if tg_table_name in ('draft_line_items', 'time_entries') and current_setting('billhook.billing', true) = 'on' then
    -- Of work that is put on an invoice only that changes: no row need be made a document to see it.
    insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after)
    select n.workspace_id, auth.uid(), tg_table_name, n.id,
      coalesce(nullif(current_setting('billhook.action', true), ''), 'update'), '{"invoice_id": null}',
      jsonb_build_object('invoice_id', n.invoice_id)
    from new_rows n;
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
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after)
  select (p.after ->> case when tg_table_name = 'workspaces' then 'id' else 'workspace_id' end)::uuid, auth.uid(), tg_table_name,
    (p.after ->> tg_argv[0])::uuid,
    coalesce(nullif(current_setting('billhook.action', true), ''), 'update'), d.before, d.after
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

create function private.round_seconds(p_seconds bigint, p_minutes integer, p_direction text)
returns bigint
language sql
immutable parallel safe
set search_path = ''
as $$
  select case when coalesce(p_minutes, 0) = 0 then p_seconds
    else (p_seconds + case p_direction when 'up' then p_minutes * 60 - 1 when 'down' then 0 else p_minutes * 30 end)
      / (p_minutes * 60) * (p_minutes * 60) end
$$;
comment on function private.round_seconds(bigint, integer, text) is
  'Time in steps of so many minutes, up, down or to the nearest (a half up); 0 minutes leave it as it is. '
  'Its twin is packages/domain/rounding.ts; a property test compares them.';

create function private.plan_invoice(p_client_id uuid, p_options jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with asked as materialized (
    select c.workspace_id, c.id as client_id, coalesce(p_options ->> 'currency', c.currency) as currency,
      coalesce(p_options ->> 'template', 'project_week') as template, (p_options ->> 'from')::date as since,
      (p_options ->> 'until')::date as until,
      case when jsonb_typeof(p_options -> 'entry_ids') = 'array'
        then array(select x::uuid from jsonb_array_elements_text(p_options -> 'entry_ids') x) end as ids
    from public.clients c where c.id = p_client_id
  ), candidates as materialized (
    select e.id, e.project_id, p.name as project_name, e.entry_date, coalesce(d.end_date, e.entry_date) as end_date,
      e.description, e.billed_seconds, e.hourly_rate_minor, e.draft_line_item_id, d.source_type, d.ticket_key, d.epic,
      t.title as ticket_title, coalesce(d.person_id, e.member_id) as person_key,
      coalesce(o.display_name, m.display_name, d.author_name) as person_name, e.total_minor, e.created_at,
      r.minutes as rounding_minutes, r.direction as rounding_direction, r.scope as rounding_scope, a.template,
      case
        when e.invoice_id is not null then 'on_invoice'
        when e.status = 'running' then 'running'
        when not e.billable then 'not_billable'
        when p.billing_type = 'fixed' then 'fixed_price'
        when e.hourly_rate_minor is null then 'no_rate'
        when e.billed_seconds = 0 then 'no_time'
        when e.currency <> a.currency then 'other_currency'
      end as reason
    from asked a
    join public.time_entries e on e.workspace_id = a.workspace_id and e.client_id = a.client_id and e.superseded_at is null
      and (case when a.ids is null then e.invoice_id is null else e.id = any (a.ids) end)
      and (a.since is null or e.entry_date >= a.since) and (a.until is null or e.entry_date <= a.until)
    join public.projects p on p.id = e.project_id
    join public.clients c on c.id = a.client_id
    left join public.draft_line_items d on d.id = e.draft_line_item_id
    left join public.tickets t on t.id = d.ticket_id
    left join public.people o on o.id = d.person_id
    left join public.members m on m.id = e.member_id
    cross join lateral (
      select coalesce(p.rounding_minutes, c.rounding_minutes) as minutes,
        case when p.rounding_minutes is null then c.rounding_direction else coalesce(p.rounding_direction, 'nearest') end as direction,
        case when p.rounding_minutes is null then c.rounding_scope else coalesce(p.rounding_scope, 'entry') end as scope
    ) r
  ), keyed as (
    select k.*, case
        -- A sprint's summary is a line of its own, whatever the rest is grouped by.
        when k.template = 'entry' or k.source_type = 'sprint' then k.id::text
        when k.template = 'project' then k.project_id::text
        when k.template = 'ticket' then k.project_id::text || ' ' || coalesce(k.ticket_key, '')
        when k.template = 'epic' then k.project_id::text || ' ' || coalesce(k.epic, '')
        when k.template = 'person' then coalesce(k.person_key::text, k.person_name, '')
        when k.template = 'day' then k.entry_date::text
        else to_char(k.entry_date, 'IYYY-IW') || ' ' || k.project_id::text
      end as line_key
    from candidates k where k.reason is null
  ), days as (
    select line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope, entry_date,
      sum(billed_seconds)::bigint as seconds,
      sum(private.round_seconds(billed_seconds, rounding_minutes, rounding_direction))::bigint as by_entry
    from keyed
    group by line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope, entry_date
  ), times as (
    select line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope,
      sum(seconds)::bigint as entry_seconds,
      case rounding_scope when 'entry' then sum(by_entry)
        when 'day' then sum(private.round_seconds(seconds, rounding_minutes, rounding_direction))
        else private.round_seconds(sum(seconds)::bigint, rounding_minutes, rounding_direction) end::bigint as seconds
    from days
    group by line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope
  ), groups as (
    -- Entries with different rates, or rounded differently, never share a line.
    select line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope, count(*) as entries,
      min(entry_date) as start_date, max(end_date) as end_date, min(template) as template, min(source_type) as source_type,
      case when count(distinct project_id) = 1 then min(project_id::text)::uuid end as project_id,
      case when count(*) = 1 then min(draft_line_item_id::text)::uuid end as draft_line_item_id,
      case when count(distinct coalesce(ticket_key, '')) = 1 then min(ticket_key) end as ticket_key, min(epic) as epic,
      min(ticket_title) as ticket_title, min(person_name) as person_name, string_agg(distinct project_name, ', ') as projects,
      min(description) as description, min(created_at) as created_at, to_char(min(entry_date), 'IW') as week,
      array_agg(distinct description) as words, jsonb_agg(id order by entry_date, created_at, id) as entry_ids
    from keyed
    group by line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope
  ), lines as (
    select row_number() over (order by case when g.template = 'project_week' then date_trunc('week', g.start_date) end,
        case when g.template not in ('entry', 'day') then g.projects end, g.start_date, g.created_at, g.line_key,
        g.hourly_rate_minor) as nth,
      g.project_id, g.draft_line_item_id, g.ticket_key, g.start_date, g.end_date, g.hourly_rate_minor, t.seconds, t.entry_seconds,
      g.entries, g.entry_ids,
      left(case
        when g.template = 'entry' or g.source_type = 'sprint' then g.description
        when g.template in ('project', 'day') then g.projects
        when g.template = 'ticket' then coalesce(g.ticket_key || coalesce(' ' || g.ticket_title, ''), g.projects)
        when g.template = 'epic' then coalesce(g.epic, g.projects)
        when g.template = 'person' then coalesce(g.person_name, g.projects)
        else g.projects || ', week ' || ltrim(g.week, '0')
      end, 2000) as description,
      case when g.template <> 'entry' and coalesce(g.source_type, '') <> 'sprint' then left(array_to_string(g.words[1:12], E'\n')
        || case when cardinality(g.words) > 12 then format(E'\n+ %s', cardinality(g.words) - 12) else '' end, 4000) end as detail
    from groups g
    join times t on (t.line_key, t.hourly_rate_minor, t.rounding_minutes, t.rounding_direction, t.rounding_scope)
      = (g.line_key, g.hourly_rate_minor, g.rounding_minutes, g.rounding_direction, g.rounding_scope)
  ), left_out as (
    select k.id, k.description, k.entry_date, k.billed_seconds as seconds, k.reason
    from candidates k where k.reason is not null
    union all
    -- Work that nobody approved yet, and that was put off.
    select d.id, d.description, d.start_date, d.minutes::bigint * 60,
      case when d.deferred_until is null then 'not_approved' else 'deferred' end
    from asked a
    join public.draft_line_items d on d.workspace_id = a.workspace_id and d.client_id = a.client_id and d.status = 'draft'
      and (a.since is null or d.start_date >= a.since) and (a.until is null or d.start_date <= a.until)
    where a.ids is null
  ), spent as (
    -- What a project with a budget comes to: on live invoices, and in what is planned now.
    select p.id, p.name, p.budget_minutes, p.budget_minor, p.budget_is_cap,
      coalesce(b.seconds, 0) + coalesce(n.seconds, 0) as seconds, coalesce(b.minor, 0) + coalesce(n.minor, 0) as minor
    from asked a
    join public.projects p on p.workspace_id = a.workspace_id and p.client_id = a.client_id
      and (p.budget_minutes is not null or p.budget_minor is not null)
    join (select project_id, sum(billed_seconds) as seconds, sum(total_minor) as minor from keyed group by project_id) n
      on n.project_id = p.id
    left join lateral (
      select sum(e.billed_seconds) as seconds, sum(e.total_minor) as minor from public.time_entries e
      where e.workspace_id = a.workspace_id and e.project_id = p.id and e.invoice_id is not null and e.superseded_at is null
    ) b on true
  )
  select jsonb_build_object('currency', (select currency from asked), 'template', (select template from asked),
    'lines', (select coalesce(jsonb_agg(to_jsonb(l) - 'nth' order by l.nth), '[]') from lines l),
    'left_out', (select coalesce(jsonb_agg(to_jsonb(o) order by o.reason, o.entry_date, o.id), '[]')
      from (select * from left_out order by reason, entry_date, id limit 500) o),
    'left_out_count', (select count(*) from left_out),
    'over', (select coalesce(jsonb_agg(jsonb_build_object('project_id', s.id, 'project_name', s.name, 'is_cap', s.budget_is_cap,
        'seconds', greatest(0, s.seconds - s.budget_minutes::bigint * 60)::bigint,
        'minor', greatest(0, s.minor - s.budget_minor)::bigint) order by s.name), '[]')
      from spent s where s.seconds > s.budget_minutes::bigint * 60 or s.minor > s.budget_minor))
$$;
comment on function private.plan_invoice(uuid, jsonb) is
  'The lines that a client''s unbilled entries make: {from, until or entry_ids, template, currency} to {lines, left_out (the '
  'first 500 of left_out_count, each with its reason), over (projects past their budget)}. Only what is approved, finished, '
  'billable, priced and unbilled makes lines.';

create function private.check_bill_options(p_options jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_options ->> 'template' is not null and p_options ->> 'template' not in
      ('project_week', 'entry', 'project', 'ticket', 'epic', 'person', 'day') then
    perform private.fail('BH003', 'there is no such template', 'template');
  end if;
  if p_options ->> 'from' is not null then
    perform private.date_of(p_options, 'from');
  end if;
  if p_options ->> 'until' is not null then
    perform private.date_of(p_options, 'until');
  end if;
  if jsonb_typeof(p_options -> 'entry_ids') = 'array' and jsonb_array_length(p_options -> 'entry_ids') > 20000 then
    perform private.fail('BH003', 'at most 20,000 entries at once', 'entry_ids');
  end if;
end
$$;
comment on function private.check_bill_options(jsonb) is 'What a person asks to be billed, and how it is grouped.';

create function public.preview_bill(p_client_id uuid, p_options jsonb default '{}')
returns jsonb
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_plan jsonb;
  v_workspace_id constant uuid := (select workspace_id from public.clients where id = p_client_id);
begin
  perform private.require_role(v_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  perform private.check_bill_options(p_options);
  v_plan := private.plan_invoice(p_client_id, p_options);
  return v_plan || jsonb_build_object('terms', (
    select jsonb_build_object('prices_include_tax', coalesce(c.prices_include_tax, w.prices_include_tax),
      'tax_rounding', w.tax_rounding, 'tax_category', t.category, 'tax_percent', t.percent, 'tax_name', t.name)
    from public.clients c
    join public.workspaces w on w.id = c.workspace_id
    left join public.tax_rates t on t.id = private.tax_of_client(v_workspace_id, c.id)
    where c.id = p_client_id));
end
$$;
comment on function public.preview_bill(uuid, jsonb) is
  'What bill_client would put on an invoice, with the terms for its totals. security definer: the plan is internal.';

create function private.put_plan_on_invoice(p_invoice_id uuid, p_plan jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_workspace_id constant uuid := (select workspace_id from public.invoices where id = p_invoice_id);
  v_tax_rate_id constant uuid := (select private.tax_of_client(workspace_id, client_id) from public.invoices where id = p_invoice_id);
  v_entries uuid[];
begin
  with planned as materialized (
    select gen_random_uuid() as id, e.ordinality as nth, e.value as line
    from jsonb_array_elements(p_plan -> 'lines') with ordinality e
  ), added as (
    insert into public.invoice_lines (id, workspace_id, invoice_id, position, description, detail, project_id, draft_line_item_id,
      ticket_key, start_date, end_date, seconds, entry_seconds, hourly_rate_minor, tax_rate_id)
    select p.id, v_workspace_id, p_invoice_id, o.last + p.nth, x.description, x.detail, x.project_id, x.draft_line_item_id,
      left(x.ticket_key, 200), x.start_date, x.end_date, x.seconds, x.entry_seconds, x.hourly_rate_minor, v_tax_rate_id
    from planned p
    cross join (select coalesce(max(position), 0) as last from public.invoice_lines where invoice_id = p_invoice_id) o
    cross join lateral jsonb_to_record(p.line) as x (description text, detail text, project_id uuid, draft_line_item_id uuid,
      ticket_key text, start_date date, end_date date, seconds bigint, entry_seconds bigint, hourly_rate_minor bigint)
    returning id
  ), evidence as (
    insert into public.invoice_line_entries (invoice_line_id, time_entry_id, workspace_id)
    select p.id, e.id::uuid, v_workspace_id
    from planned p join added a on a.id = p.id cross join lateral jsonb_array_elements_text(p.line -> 'entry_ids') e (id)
    returning time_entry_id
  )
  select array_agg(time_entry_id) into v_entries from evidence;
  perform set_config('billhook.billing', 'on', true);
  update public.draft_line_items set invoice_id = p_invoice_id
  where id in (select draft_line_item_id from public.time_entries where id = any (v_entries));
  update public.time_entries set invoice_id = p_invoice_id where id = any (v_entries);
  perform set_config('billhook.billing', '', true);
  perform private.refresh_invoice(p_invoice_id);
end
$$;
comment on function private.put_plan_on_invoice(uuid, jsonb) is
  'Makes the planned lines with their evidence. Drafts and entries are locked by the caller.';

create function public.bill_client(p_client_id uuid, p_options jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_client public.clients;
  v_invoice public.invoices;
  v_ids uuid[];
  v_key text;
  v_plan jsonb;
  v_over jsonb;
begin
  select * into v_client from public.clients where id = p_client_id;
  perform private.require_role(v_client.workspace_id, private.managers());
  perform private.check_bill_options(p_options);
  if p_options ->> 'invoice_id' is not null then
    v_invoice := private.lock_invoice((p_options ->> 'invoice_id')::uuid, 'draft');
    if v_invoice.client_id <> p_client_id then
      perform private.fail('BH007', 'all lines of an invoice are for one client');
    end if;
    p_options := p_options || jsonb_build_object('currency', v_invoice.currency);
  end if;
  if jsonb_typeof(p_options -> 'entry_ids') = 'array' then
    select array_agg(distinct x::uuid order by x::uuid) into v_ids from jsonb_array_elements_text(p_options -> 'entry_ids') x;
  else
    select array_agg(e.id order by e.id) into v_ids from public.time_entries e
    where e.workspace_id = v_client.workspace_id and e.client_id = p_client_id and e.superseded_at is null and e.invoice_id is null
      and (p_options ->> 'from' is null or e.entry_date >= (p_options ->> 'from')::date)
      and (p_options ->> 'until' is null or e.entry_date <= (p_options ->> 'until')::date);
  end if;
  v_key := md5(v_client.workspace_id::text || array_to_string(v_ids, ''));

  -- Drafts before entries and each in id order, as everywhere: of those who ask at once the second waits here for the first.
  perform 1 from public.draft_line_items d
  where d.workspace_id = v_client.workspace_id
    and d.id in (select draft_line_item_id from public.time_entries where id = any (v_ids)) order by d.id for update;
  perform 1 from public.time_entries where id = any (v_ids) and workspace_id = v_client.workspace_id order by id for update;
  if v_invoice.id is null then
    select * into v_invoice from public.invoices
    where workspace_id = v_client.workspace_id and billing_key = v_key and status <> 'void';
    if v_invoice.id is not null then
      return jsonb_build_object('invoice_id', v_invoice.id, 'left_out', '[]'::jsonb);
    end if;
  end if;
  v_plan := private.plan_invoice(p_client_id, p_options || jsonb_build_object('entry_ids', to_jsonb(v_ids)));
  if jsonb_array_length(v_plan -> 'lines') = 0 then
    return jsonb_build_object('invoice_id', v_invoice.id, 'left_out', v_plan -> 'left_out');
  end if;
  select o into v_over from jsonb_array_elements(v_plan -> 'over') o where (o ->> 'is_cap')::boolean limit 1;
  if v_over is not null and not coalesce((p_options ->> 'over_cap')::boolean, false) then
    perform private.fail('BH009', format('%s exceeds its cap%s', v_over ->> 'project_name',
      case when (v_over ->> 'seconds')::bigint > 0 then format(' by %s h', round((v_over ->> 'seconds')::numeric / 3600, 1)) else '' end),
      v_over ->> 'project_id');
  end if;

  perform set_config('billhook.action', 'invoice', true);
  if v_invoice.id is null then
    insert into public.invoices (workspace_id, client_id, currency, payment_terms_days, created_by, template, billing_key)
    select v_client.workspace_id, p_client_id, v_plan ->> 'currency', coalesce(v_client.payment_terms_days, w.payment_terms_days),
      auth.uid(), v_plan ->> 'template', v_key
    from public.workspaces w where w.id = v_client.workspace_id
    returning * into v_invoice;
  end if;
  perform private.put_plan_on_invoice(v_invoice.id, v_plan);
  return jsonb_build_object('invoice_id', v_invoice.id, 'left_out', v_plan -> 'left_out');
end
$$;
comment on function public.bill_client(uuid, jsonb) is
  'Puts a client''s unbilled entries on a new invoice draft, or on {invoice_id}: those of {from, until}, or {entry_ids}, grouped by '
  '{template}. Answers {invoice_id, left_out}. What somebody else billed meanwhile is left out; asked twice for the same entries, '
  'it answers the same invoice. Past a project''s cap only with {over_cap: true}. security definer: invoices are not writable directly.';

create or replace function private.put_drafts_on_invoice(p_invoice public.invoices, p_draft_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_position integer;
  v_bad record;
begin
  select d.id, d.status, d.currency, d.client_id, d.workspace_id, d.billable, d.invoice_id into v_bad
  from public.draft_line_items d
  where d.id = any (p_draft_ids) and (d.status <> 'approved' or d.invoice_id is not null or d.currency <> p_invoice.currency
    or d.client_id <> p_invoice.client_id or d.workspace_id <> p_invoice.workspace_id or not d.billable)
  limit 1;
  if v_bad.id is not null then
    if v_bad.workspace_id <> p_invoice.workspace_id then
      perform private.fail('BH002', 'not found');
    elsif v_bad.invoice_id is not null then
      perform private.fail('BH006', 'already on an invoice', v_bad.invoice_id::text);
    elsif v_bad.status <> 'approved' then
      perform private.fail('BH005', 'only approved drafts can be invoiced', v_bad.id::text);
    elsif v_bad.client_id <> p_invoice.client_id then
      perform private.fail('BH007', 'all lines of an invoice are for one client', v_bad.id::text);
    elsif v_bad.currency <> p_invoice.currency then
      perform private.fail('BH007', 'all lines of an invoice have one currency', v_bad.id::text);
    else
      perform private.fail('BH005', 'this draft is not billable', v_bad.id::text);
    end if;
  end if;

  select coalesce(max(position), 0) into v_position from public.invoice_lines where invoice_id = p_invoice.id;
  with added as (
    insert into public.invoice_lines (workspace_id, invoice_id, position, description, project_id, draft_line_item_id,
      ticket_key, start_date, end_date, seconds, entry_seconds, hourly_rate_minor, tax_rate_id)
    select d.workspace_id, p_invoice.id, v_position + row_number() over (order by d.start_date, d.created_at, d.id),
      d.description, d.project_id, d.id, d.ticket_key, d.start_date, d.end_date,
      private.round_seconds(e.billed_seconds, coalesce(p.rounding_minutes, c.rounding_minutes),
        case when p.rounding_minutes is null then c.rounding_direction else coalesce(p.rounding_direction, 'nearest') end),
      e.billed_seconds, e.hourly_rate_minor, private.tax_of_client(p_invoice.workspace_id, p_invoice.client_id)
    from public.draft_line_items d
    join public.time_entries e on e.draft_line_item_id = d.id and e.superseded_at is null
    join public.projects p on p.id = d.project_id
    join public.clients c on c.id = d.client_id
    where d.id = any (p_draft_ids)
    returning id, draft_line_item_id, workspace_id
  )
  insert into public.invoice_line_entries (invoice_line_id, time_entry_id, workspace_id)
  select a.id, e.id, a.workspace_id from added a
  join public.time_entries e on e.draft_line_item_id = a.draft_line_item_id and e.superseded_at is null;
  update public.draft_line_items set invoice_id = p_invoice.id where id = any (p_draft_ids);
  update public.time_entries set invoice_id = p_invoice.id
  where draft_line_item_id = any (p_draft_ids) and superseded_at is null;
  perform private.refresh_invoice(p_invoice.id);
end
$$;
comment on function private.put_drafts_on_invoice(public.invoices, uuid[]) is
  'One line per approved draft, with the rate of its time entry and its seconds, rounded. The drafts are locked by the caller.';

create or replace function public.remove_from_invoice(p_line_ids uuid[])
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice_id uuid;
  v_entries uuid[];
begin
  select invoice_id into v_invoice_id from public.invoice_lines where id = any (p_line_ids) limit 1;
  perform private.lock_invoice(v_invoice_id, 'draft');
  if (select count(distinct x) from unnest(p_line_ids) x) <>
      (select count(*) from public.invoice_lines where id = any (p_line_ids) and invoice_id = v_invoice_id) then
    perform private.fail('BH002', 'not found');
  end if;
  perform private.lock_drafts_of_invoice(v_invoice_id);
  select array_agg(time_entry_id) into v_entries from public.invoice_line_entries where invoice_line_id = any (p_line_ids);
  perform set_config('billhook.action', 'remove_from_invoice', true);
  delete from public.invoice_lines where id = any (p_line_ids) and invoice_id = v_invoice_id;
  update public.draft_line_items set invoice_id = null
  where invoice_id = v_invoice_id and id in (select draft_line_item_id from public.time_entries where id = any (v_entries));
  update public.time_entries set invoice_id = null where id = any (v_entries) and invoice_id = v_invoice_id;
  -- What is on the invoice is no longer what was asked for.
  update public.invoices set billing_key = null where id = v_invoice_id and billing_key is not null;
  update public.invoice_lines l set position = n.nth
  from (select id, row_number() over (order by position) as nth from public.invoice_lines where invoice_id = v_invoice_id) n
  where l.id = n.id and l.position <> n.nth;
  perform private.refresh_invoice(v_invoice_id);
  return v_invoice_id;
end
$$;
comment on function public.remove_from_invoice(uuid[]) is
  'Takes lines off an invoice draft; their work stays approved and unbilled. security definer: invoices are not writable.';

grant execute on function public.preview_bill(uuid, jsonb), public.bill_client(uuid, jsonb) to authenticated;
