-- Finalising, voiding and crediting ten thousand entries takes the time that each takes, however many there are.

create or replace function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  -- Asked once, and not for each row.
  v_actor constant uuid := auth.uid();
  v_act constant uuid := private.current_act();
  v_action constant text := coalesce(nullif(current_setting('billhook.action', true), ''), 'update');
begin
  if tg_table_name = 'invoice_lines' and current_setting('billhook.computing', true) = 'on' then
    -- Totals follow from what is in the audit.
    return null;
  end if;
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

create or replace function private.learn_words()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  -- Grouped, not joined, as in audit_update: planned for the first line that somebody changed, ten thousand at once were
  -- compared with ten thousand.
  with pairs as materialized (
    select id, (array_agg(workspace_id))[1] as workspace_id, (array_agg(client_id) filter (where is_new))[1] as client_id,
      min(source_type) as source_type, min(approved_at) filter (where is_new) as approved_at,
      min(description) filter (where is_new) as description, min(description) filter (where not is_new) as old_description,
      min(edited_at) filter (where is_new) as edited_at, min(edited_at) filter (where not is_new) as old_edited_at,
      min(status) filter (where is_new) as status, min(status) filter (where not is_new) as old_status
    from (
      select id, workspace_id, client_id, source_type, approved_at, description, edited_at, status, true as is_new from new_rows
      union all
      select id, workspace_id, client_id, source_type, null, description, edited_at, status, false from old_rows
    ) x
    group by id
  ), learnt as (
    insert into public.word_examples (draft_line_item_id, workspace_id, client_id, proposed)
    select p.id, p.workspace_id, p.client_id, p.old_description
    from pairs p
    where p.description <> p.old_description and p.edited_at is distinct from p.old_edited_at and p.source_type = 'commit'
    on conflict (draft_line_item_id) do nothing
  )
  update public.word_examples e
  set final = p.description, client_id = p.client_id,
    approved_at = case when p.status in ('approved', 'invoiced') then p.approved_at end
  from pairs p
  where e.draft_line_item_id = p.id and p.status <> p.old_status and p.description <> e.proposed;
  return null;
end
$$;

create function private.write_invoice_totals(p_invoice_id uuid, p_totals jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.invoices i set lines_minor = (p_totals ->> 'lines_minor')::bigint,
    discount_total_minor = (p_totals ->> 'discount_total_minor')::bigint,
    subtotal_minor = (p_totals ->> 'subtotal_minor')::bigint, tax_minor = (p_totals ->> 'tax_minor')::bigint,
    total_minor = (p_totals ->> 'total_minor')::bigint,
    -- The name of a group is that of its first line's tax: an invoice has one group per category and rate.
    taxes = (
      select coalesce(jsonb_agg(g.value || jsonb_build_object('name', r.name, 'note', r.note) order by g.ordinality), '[]')
      from jsonb_array_elements(p_totals -> 'taxes') with ordinality g
      cross join lateral (
        select t.name, t.note from public.invoice_lines l join public.tax_rates t on t.id = l.tax_rate_id
        where l.invoice_id = i.id and t.category = g.value ->> 'category' and t.percent = (g.value ->> 'percent')::numeric
        order by l.position limit 1
      ) r)
  where i.id = p_invoice_id
$$;
comment on function private.write_invoice_totals(uuid, jsonb) is
  'Writes what compute_invoice made of an invoice''s lines; billhook.computing says that it is that.';

create or replace function private.refresh_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_totals jsonb;
begin
  select private.compute_invoice(jsonb_build_object('prices_include_tax', i.prices_include_tax, 'tax_rounding', i.tax_rounding,
    'discount_percent', i.discount_percent, 'discount_minor', i.discount_minor, 'lines', coalesce(l.lines, '[]')))
  into v_totals
  from public.invoices i
  left join lateral (
    select jsonb_agg(jsonb_build_object('seconds', l.seconds, 'hourly_rate_minor', l.hourly_rate_minor,
      'quantity_thousandths', l.quantity_thousandths, 'unit_price_minor', l.unit_price_minor, 'discount_percent', l.discount_percent,
      'discount_minor', l.discount_minor, 'tax_category', t.category, 'tax_percent', t.percent) order by l.position, l.id) as lines
    from public.invoice_lines l left join public.tax_rates t on t.id = l.tax_rate_id
    where l.invoice_id = i.id
  ) l on true
  where i.id = p_invoice_id;

  perform set_config('billhook.computing', 'on', true);
  update public.invoice_lines l set amount_minor = c.amount_minor, total_minor = c.total_minor, taxable_minor = c.taxable_minor,
    tax_minor = c.tax_minor
  from (select id, row_number() over (order by position, id) as nth from public.invoice_lines where invoice_id = p_invoice_id) n
  join (
    select e.ordinality as nth, x.* from jsonb_array_elements(v_totals -> 'lines') with ordinality e
    cross join lateral jsonb_to_record(e.value) as x (amount_minor bigint, total_minor bigint, taxable_minor bigint, tax_minor bigint)
  ) c on c.nth = n.nth
  where l.id = n.id and (l.amount_minor, l.total_minor, l.taxable_minor, l.tax_minor)
    is distinct from (c.amount_minor, c.total_minor, c.taxable_minor, c.tax_minor);
  perform private.write_invoice_totals(p_invoice_id, v_totals);
  perform set_config('billhook.computing', '', true);
end
$$;

create or replace function private.guard_invoice_lines()
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
  elsif coalesce(current_setting('billhook.computing', true), '') <> 'on'
    and exists (select 1 from new_rows where (amount_minor, total_minor, taxable_minor, tax_minor) <> (0, 0, 0, 0)) then
    perform private.fail('BH005', 'the total of a line is computed, not written');
  end if;
  return null;
end
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
  v_last constant integer := (select coalesce(max(position), 0) from public.invoice_lines where invoice_id = p_invoice_id);
  v_totals jsonb;
  v_entries uuid[];
begin
  if v_last = 0 then
    -- On an empty invoice the lines are written with what they come to, and not again once that is known.
    select private.compute_invoice(jsonb_build_object('prices_include_tax', i.prices_include_tax, 'tax_rounding', i.tax_rounding,
      'discount_percent', i.discount_percent, 'discount_minor', i.discount_minor, 'lines', (
        select jsonb_agg(jsonb_build_object('seconds', e.value -> 'seconds', 'hourly_rate_minor', e.value -> 'hourly_rate_minor',
          'tax_category', t.category, 'tax_percent', t.percent) order by e.ordinality)
        from jsonb_array_elements(p_plan -> 'lines') with ordinality e)))
    into v_totals
    from public.invoices i left join public.tax_rates t on t.id = v_tax_rate_id
    where i.id = p_invoice_id;
    perform set_config('billhook.computing', 'on', true);
  end if;
  with planned as materialized (
    select gen_random_uuid() as id, e.nth, e.line, e.total
    from rows from (jsonb_array_elements(p_plan -> 'lines'), jsonb_array_elements(v_totals -> 'lines')) with ordinality
      as e (line, total, nth)
  ), added as (
    insert into public.invoice_lines (id, workspace_id, invoice_id, position, description, detail, project_id, draft_line_item_id,
      ticket_key, start_date, end_date, seconds, entry_seconds, hourly_rate_minor, tax_rate_id, amount_minor, total_minor,
      taxable_minor, tax_minor)
    select p.id, v_workspace_id, p_invoice_id, v_last + p.nth, x.description, x.detail, x.project_id, x.draft_line_item_id,
      left(x.ticket_key, 200), x.start_date, x.end_date, x.seconds, x.entry_seconds, x.hourly_rate_minor, v_tax_rate_id,
      coalesce((p.total ->> 'amount_minor')::bigint, 0), coalesce((p.total ->> 'total_minor')::bigint, 0),
      coalesce((p.total ->> 'taxable_minor')::bigint, 0), coalesce((p.total ->> 'tax_minor')::bigint, 0)
    from planned p
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
  if v_totals is not null then
    perform private.write_invoice_totals(p_invoice_id, v_totals);
    perform set_config('billhook.computing', '', true);
  end if;
  update public.draft_line_items set invoice_id = p_invoice_id
  where id in (select draft_line_item_id from public.time_entries where id = any (v_entries));
  update public.time_entries set invoice_id = p_invoice_id where id = any (v_entries);
  if v_totals is null then
    perform private.refresh_invoice(p_invoice_id);
  end if;
end
$$;
