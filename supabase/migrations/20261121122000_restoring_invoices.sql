-- A discarded draft and a removed line come back as they were: words, order, discounts, taxes, address and all.

create table private.removed_invoice_lines (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  invoice_id uuid not null,
  invoice jsonb,
  lines jsonb not null,
  evidence jsonb not null,
  removed_at timestamptz not null default clock_timestamp()
);
comment on table private.removed_invoice_lines is
  'What was taken off an invoice draft, for seven days: the rows of the lines, and evidence [{line, entry, seconds, rate}]. invoice '
  'is the row of a draft that was discarded as a whole.';
create index removed_invoice_lines_workspace on private.removed_invoice_lines (workspace_id, removed_at);
create index removed_invoice_lines_invoice on private.removed_invoice_lines (invoice_id);

create function private.keep_removed(p_invoice_id uuid, p_line_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  select * into v_invoice from public.invoices where id = p_invoice_id;
  delete from private.removed_invoice_lines
  where workspace_id = v_invoice.workspace_id and removed_at < now() - interval '7 days';
  insert into private.removed_invoice_lines (workspace_id, invoice_id, invoice, lines, evidence)
  select v_invoice.workspace_id, p_invoice_id, case when p_line_ids is null then to_jsonb(v_invoice) end,
    (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from public.invoice_lines l
      where l.invoice_id = p_invoice_id and (p_line_ids is null or l.id = any (p_line_ids))),
    (select coalesce(jsonb_agg(jsonb_build_object('line', l.id, 'entry', e.id, 'seconds', e.billed_seconds, 'rate', e.hourly_rate_minor)),
        '[]')
      from public.invoice_lines l
      join public.invoice_line_entries x on x.invoice_line_id = l.id
      join public.time_entries e on e.id = x.time_entry_id
      where l.invoice_id = p_invoice_id and (p_line_ids is null or l.id = any (p_line_ids)));
end
$$;
comment on function private.keep_removed(uuid, uuid[]) is
  'Keeps lines of a draft that are about to be taken off, or, where none are named, the draft with all of them.';

create function private.put_back_rows(p_table regclass, p_rows jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_columns text;
begin
  -- Those that the rows have: a column that is newer than they are begins with its default.
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns
  from pg_catalog.pg_attribute a
  where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and p_rows -> 0 ? a.attname;
  execute format('insert into %s (%s) select %s from jsonb_populate_recordset(null::%s, $1)', p_table, v_columns, v_columns, p_table)
  using p_rows;
end
$$;
comment on function private.put_back_rows(regclass, jsonb) is 'Inserts rows that were kept as documents, [] of them included.';

create function private.put_back_lines(p_invoice_id uuid, p_removed private.removed_invoice_lines)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_lines uuid[];
  v_rows jsonb;
  v_entries uuid[];
begin
  -- Drafts before entries and each in id order, as everywhere.
  perform 1 from public.draft_line_items where id in (
    select e.draft_line_item_id from jsonb_to_recordset(p_removed.evidence) as x (entry uuid) join public.time_entries e on e.id = x.entry)
  order by id for update;
  perform 1 from public.time_entries where id in (select x.entry from jsonb_to_recordset(p_removed.evidence) as x (entry uuid))
  order by id for update;
  -- A line comes back if all of its work is as it was; what was billed, taken back or priced anew meanwhile stays where it is.
  select array_agg(l.id) into v_lines
  from jsonb_to_recordset(p_removed.lines) as l (id uuid)
  where not exists (select 1 from public.invoice_lines o where o.id = l.id) and l.id not in (
    select x.line from jsonb_to_recordset(p_removed.evidence) as x (line uuid, entry uuid, seconds bigint, rate bigint)
    left join public.time_entries e on e.id = x.entry and e.workspace_id = p_removed.workspace_id
    where e.id is null or e.invoice_id is not null or e.superseded_at is not null or e.status in ('running', 'invoiced') or not e.billable
      or (e.billed_seconds, e.hourly_rate_minor) is distinct from (x.seconds, x.rate));
  select jsonb_agg(r.value || jsonb_build_object('position', r.nth)) into v_rows
  from (
    -- Behind everything for now: the order follows when all lines are there.
    select o.value, coalesce((select max(position) from public.invoice_lines where invoice_id = p_invoice_id), 0) + o.ordinality as nth
    from jsonb_array_elements(p_removed.lines) with ordinality o where (o.value ->> 'id')::uuid = any (v_lines)
  ) r;
  if v_rows is null then
    return 0;
  end if;
  perform set_config('billhook.computing', 'on', true);
  perform private.put_back_rows('public.invoice_lines', v_rows);
  perform set_config('billhook.computing', '', true);
  with evidence as (
    insert into public.invoice_line_entries (invoice_line_id, time_entry_id, workspace_id)
    select x.line, x.entry, p_removed.workspace_id from jsonb_to_recordset(p_removed.evidence) as x (line uuid, entry uuid)
    where x.line = any (v_lines)
    returning time_entry_id
  )
  select array_agg(time_entry_id) into v_entries from evidence;
  update public.draft_line_items set invoice_id = p_invoice_id
  where id in (select draft_line_item_id from public.time_entries where id = any (v_entries));
  update public.time_entries set invoice_id = p_invoice_id where id = any (v_entries);
  -- Each where it was, and the others in the places that are left, in their order.
  with restored as materialized (
    select r.id, r.position from jsonb_to_recordset(p_removed.lines) as r (id uuid, position integer) where r.id = any (v_lines)
  ), others as (
    select id, row_number() over (order by position) as nth from public.invoice_lines
    where invoice_id = p_invoice_id and id not in (select id from restored)
  ), free as (
    select n as place, row_number() over (order by n) as nth
    from generate_series(1, (select count(*) from others) + (select count(*) from restored)) n
    where n not in (select position from restored)
  )
  update public.invoice_lines l set position = p.nth
  from (
    select a.id, row_number() over (order by a.place, a.is_restored desc) as nth
    from (
      select id, position::bigint as place, true as is_restored from restored
      union all
      select o.id, f.place, false from others o join free f on f.nth = o.nth
    ) a
  ) p
  where l.id = p.id and l.position <> p.nth;
  return cardinality(v_lines);
end
$$;
comment on function private.put_back_lines(uuid, private.removed_invoice_lines) is
  'Puts removed lines in their places again with their evidence, those whose work is as it was; answers how many.';

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
  perform private.keep_removed(v_invoice_id, p_line_ids);
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

create or replace function public.delete_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.lock_invoice(p_invoice_id, 'draft');
  perform private.lock_drafts_of_invoice(p_invoice_id);
  perform private.keep_removed(p_invoice_id, null);
  perform set_config('billhook.action', 'discard', true);
  update public.draft_line_items set invoice_id = null where invoice_id = p_invoice_id;
  update public.time_entries set invoice_id = null where invoice_id = p_invoice_id;
  -- At once, and not line by line as the lines go.
  delete from public.invoice_line_entries where invoice_line_id in (select id from public.invoice_lines where invoice_id = p_invoice_id);
  delete from public.invoices where id = p_invoice_id;
end
$$;

create function public.restore_invoice(p_invoice_id uuid)
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_removed private.removed_invoice_lines;
  v_before public.invoices;
  v_lines integer;
begin
  -- Of two who ask at once the second waits here, and finds the invoice there.
  select * into v_removed from private.removed_invoice_lines
  where invoice_id = p_invoice_id and invoice is not null order by id desc limit 1 for update;
  perform private.require_role(v_removed.workspace_id, private.managers());
  if exists (select 1 from public.invoices where id = p_invoice_id) then
    return jsonb_build_object('invoice_id', p_invoice_id, 'left_out', 0);
  end if;
  v_before := jsonb_populate_record(null::public.invoices, v_removed.invoice);
  perform set_config('billhook.action', 'invoice', true);
  perform private.put_back_rows('public.invoices', jsonb_build_array(v_removed.invoice || '{"billing_key": null}'));
  -- A new draft begins with the terms of now.
  update public.invoices set prices_include_tax = v_before.prices_include_tax, tax_rounding = v_before.tax_rounding,
    is_test = v_before.is_test
  where id = p_invoice_id;
  v_lines := private.put_back_lines(p_invoice_id, v_removed);
  if v_lines = jsonb_array_length(v_removed.lines) then
    update public.invoices set billing_key = v_before.billing_key
    where id = p_invoice_id and v_before.billing_key is not null and not exists (select 1 from public.invoices
      where workspace_id = v_before.workspace_id and billing_key = v_before.billing_key and status <> 'void');
  end if;
  perform private.refresh_invoice(p_invoice_id);
  return jsonb_build_object('invoice_id', p_invoice_id, 'left_out', jsonb_array_length(v_removed.lines) - v_lines);
end
$$;
comment on function public.restore_invoice(uuid) is
  'Brings a draft back that was discarded in the last seven days, at its address and as it was: {invoice_id, left_out: how many lines '
  'not, as their work is elsewhere by now}. Twice is the same as once. security definer: invoices are not writable directly.';

create function public.restore_invoice_lines(p_line_ids uuid[])
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_removed private.removed_invoice_lines;
  v_lines integer;
begin
  select * into v_removed from private.removed_invoice_lines r
  where r.invoice is null and r.lines @> jsonb_build_array(jsonb_build_object('id', p_line_ids[1]))
    and r.workspace_id = any (private.workspace_ids())
  order by r.id desc limit 1;
  perform private.lock_invoice(v_removed.invoice_id, 'draft');
  v_removed.lines := (select coalesce(jsonb_agg(l order by l -> 'position'), '[]') from jsonb_array_elements(v_removed.lines) l
    where (l ->> 'id')::uuid = any (p_line_ids));
  perform set_config('billhook.action', 'invoice', true);
  v_lines := private.put_back_lines(v_removed.invoice_id, v_removed);
  perform private.refresh_invoice(v_removed.invoice_id);
  return jsonb_build_object('invoice_id', v_removed.invoice_id, 'left_out', jsonb_array_length(v_removed.lines) - v_lines);
end
$$;
comment on function public.restore_invoice_lines(uuid[]) is
  'Puts lines that were taken off an invoice draft together back on it, in their places and as they were: {invoice_id, left_out}. '
  'security definer: lines are not writable directly.';

grant execute on function public.restore_invoice(uuid), public.restore_invoice_lines(uuid[]) to authenticated;
