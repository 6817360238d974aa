-- What Billhook itself writes into a line is in the client's language.

create function private.line_words(p_locale text, p_phrase text, p_value text)
returns text
language sql
immutable parallel safe
set search_path = ''
as $$
  select format(case p_phrase
    when 'week' then case split_part(p_locale, '-', 1)
      when 'de' then ', KW %s'
      when 'fr' then ', semaine %s'
      when 'es' then ', semana %s'
      when 'pl' then ', tydzień %s'
      when 'ja' then '、第%s週'
      else ', week %s' end
    when 'credit' then case split_part(p_locale, '-', 1)
      when 'de' then 'Korrektur zu Rechnung %s'
      when 'fr' then 'Avoir sur la facture %s'
      when 'es' then 'Rectificación de la factura %s'
      when 'pl' then 'Korekta do faktury %s'
      when 'ja' then '請求書 %s の返還'
      else 'Credit for %s' end
    end, p_value)
$$;
comment on function private.line_words(text, text, text) is
  'Words for a line, in the language of the client''s locale, English where there are none: week (after a project''s name, with '
  'the number of the ISO week), credit (with the number of the invoice).';

create or replace function private.plan_invoice(p_client_id uuid, p_options jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with asked as materialized (
    select c.workspace_id, c.id as client_id, c.locale, coalesce(p_options ->> 'currency', c.currency) as currency,
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
        else g.projects || private.line_words((select locale from asked), 'week', ltrim(g.week, '0'))
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

create or replace function public.credit_invoice(p_invoice_id uuid, p_credit jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_note public.invoices;
  v_lines uuid[];
  v_rest bigint;
  v_amount bigint;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.kind <> 'invoice' or v_invoice.status not in ('open', 'paid', 'uncollectible') then
    perform private.fail('BH005', format('an invoice that is %s cannot be credited', v_invoice.status), v_invoice.status);
  end if;
  select * into v_note from public.invoices where id = (p_credit ->> 'id')::uuid and corrects_id = p_invoice_id;
  if v_note.id is not null then
    return v_note.id;
  end if;
  v_rest := v_invoice.total_minor - v_invoice.credited_minor;
  if p_credit ->> 'amount_minor' is not null then
    perform private.check_amount(p_credit, 'amount_minor', 1, v_rest, 0, 'no more can be credited than is left of the invoice');
    v_amount := (p_credit ->> 'amount_minor')::bigint;
  elsif jsonb_typeof(p_credit -> 'line_ids') = 'array' then
    select array_agg(id order by position), sum(taxable_minor + tax_minor) into v_lines, v_amount from public.invoice_lines
    where invoice_id = p_invoice_id and id in (select x::uuid from jsonb_array_elements_text(p_credit -> 'line_ids') x);
  elsif v_invoice.credited_minor = 0 then
    select array_agg(id order by position), sum(taxable_minor + tax_minor) into v_lines, v_amount from public.invoice_lines
    where invoice_id = p_invoice_id;
  else
    v_amount := v_rest;
  end if;
  if coalesce(v_amount, 0) <= 0 or v_amount > v_rest then
    perform private.fail('BH003', 'no more can be credited than is left of the invoice', 'amount_minor');
  end if;
  perform private.check_text(p_credit, 'reason', 1000);

  perform set_config('billhook.action', 'credit', true);
  insert into public.invoices (id, workspace_id, client_id, currency, payment_terms_days, created_by, kind, corrects_id, is_test,
    prices_include_tax, tax_rounding, notes)
  values (coalesce((p_credit ->> 'id')::uuid, gen_random_uuid()), v_invoice.workspace_id, v_invoice.client_id, v_invoice.currency, 0,
    auth.uid(), 'credit_note', p_invoice_id, v_invoice.is_test, true, v_invoice.tax_rounding, nullif(btrim(p_credit ->> 'reason'), ''))
  returning * into v_note;
  -- Prices with their tax: a line's parts of the totals, or of each tax its part of the amount, whose sum is the amount itself.
  insert into public.invoice_lines (workspace_id, invoice_id, position, description, kind, project_id, ticket_key, start_date, end_date,
    quantity_thousandths, unit_price_minor, tax_rate_id)
  select l.workspace_id, v_note.id, row_number() over (order by l.position), l.description, 'fee', l.project_id, l.ticket_key,
    l.start_date, l.end_date, 1000, l.taxable_minor + l.tax_minor, l.tax_rate_id
  from public.invoice_lines l where l.id = any (v_lines);
  insert into public.invoice_lines (workspace_id, invoice_id, position, description, kind, quantity_thousandths, unit_price_minor, tax_rate_id)
  select v_note.workspace_id, v_note.id, row_number() over (order by g.nth), 
    private.line_words(v_invoice.recipient ->> 'locale', 'credit', v_invoice.number), 'fee', 1000,
    private.divide_rounded(v_amount * g.upto, v_invoice.total_minor) - private.divide_rounded(v_amount * (g.upto - g.gross), v_invoice.total_minor),
    g.tax_rate_id
  from (
    select min(l.position) as nth, t.category, t.percent, min(l.tax_rate_id::text)::uuid as tax_rate_id,
      sum(l.taxable_minor + l.tax_minor) as gross, sum(sum(l.taxable_minor + l.tax_minor)) over (order by min(l.position)) as upto
    from public.invoice_lines l left join public.tax_rates t on t.id = l.tax_rate_id
    where l.invoice_id = p_invoice_id group by t.category, t.percent
  ) g
  where v_lines is null and g.gross > 0;
  perform private.refresh_invoice(v_note.id);
  perform public.finalise_invoice(v_note.id);
  perform set_config('billhook.action', 'credit', true);
  update public.invoices set status = 'paid' where id = v_note.id;
  update public.invoices set credited_minor = credited_minor + v_amount where id = p_invoice_id;
  perform private.settle_invoice(p_invoice_id);
  if coalesce((p_credit ->> 'release')::boolean, false) then
    perform private.release_lines(v_lines);
  end if;
  return v_note.id;
end
$$;
