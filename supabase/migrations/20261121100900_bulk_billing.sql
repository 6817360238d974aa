-- Ten thousand chosen entries are billed in the time that each takes, however many there are.

create or replace function private.plan_invoice(p_client_id uuid, p_options jsonb)
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
  ), wanted as materialized (
    select unnest(ids) as id from asked
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
      -- A hashed lookup: an array is searched from its beginning for each entry.
      and (case when a.ids is null then e.invoice_id is null else e.id in (select w.id from wanted w) end)
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
  ), timed as (
    -- In windows and not in groups of their own, which had to be joined again.
    select k.*, private.round_seconds(billed_seconds, rounding_minutes, rounding_direction) as rounded,
      sum(billed_seconds) over d as day_seconds, row_number() over d as day_nth
    from keyed k
    window d as (partition by line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope, entry_date)
  ), groups as (
    -- Entries with different rates, or rounded differently, never share a line.
    select line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope, count(*) as entries,
      min(entry_date) as start_date, max(end_date) as end_date, min(template) as template, min(source_type) as source_type,
      case when count(distinct project_id) = 1 then min(project_id::text)::uuid end as project_id,
      case when count(*) = 1 then min(draft_line_item_id::text)::uuid end as draft_line_item_id,
      case when count(distinct coalesce(ticket_key, '')) = 1 then min(ticket_key) end as ticket_key, min(epic) as epic,
      min(ticket_title) as ticket_title, min(person_name) as person_name, string_agg(distinct project_name, ', ') as projects,
      min(description) as description, min(created_at) as created_at, to_char(min(entry_date), 'IW') as week,
      array_agg(distinct description) as words, jsonb_agg(id order by entry_date, created_at, id) as entry_ids,
      sum(billed_seconds)::bigint as entry_seconds,
      case rounding_scope when 'entry' then sum(rounded)
        when 'day' then sum(case when day_nth = 1
          then private.round_seconds(day_seconds::bigint, rounding_minutes, rounding_direction) else 0 end)
        else private.round_seconds(sum(billed_seconds)::bigint, rounding_minutes, rounding_direction) end::bigint as seconds
    from timed
    group by line_key, hourly_rate_minor, rounding_minutes, rounding_direction, rounding_scope
  ), lines as (
    select row_number() over (order by case when g.template = 'project_week' then date_trunc('week', g.start_date) end,
        case when g.template not in ('entry', 'day') then g.projects end, g.start_date, g.created_at, g.line_key,
        g.hourly_rate_minor) as nth,
      g.project_id, g.draft_line_item_id, g.ticket_key, g.start_date, g.end_date, g.hourly_rate_minor, g.seconds, g.entry_seconds,
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

create or replace function private.put_plan_on_invoice(p_invoice_id uuid, p_plan jsonb)
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
    from planned p cross join lateral jsonb_array_elements_text(p.line -> 'entry_ids') e (id)
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
