-- What an invoice comes to: prices, discounts, taxes and rounding in one computation, which every writer uses. Terms BT-…
-- and rules BR-… are those of EN 16931-1:2017 (its semantic model), so that an electronic invoice can say the same.

create table public.tax_rates (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 60),
  category text not null default 'standard'
    check (category in ('standard', 'zero', 'exempt', 'reverse_charge', 'small_business', 'outside_scope')),
  percent numeric(6, 3) not null default 0 check (percent between 0 and 100),
  note text check (length(note) <= 500),
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  -- BR-S-05: a standard rate is above zero. BR-Z-05, BR-E-05, BR-AE-05: that of the others is zero.
  check ((category = 'standard') = (percent > 0)),
  -- BR-E-10, BR-AE-10, BR-O-10: why nothing is charged is said on the invoice.
  check (category in ('standard', 'zero') or coalesce(length(btrim(note)), 0) > 0)
);
comment on table public.tax_rates is
  'Taxes that lines are charged with, or the reason why not. Category, percentage and note of one never change: what a line '
  'refers to stays what it was. Another rate is another row, and the old one is archived.';

alter table public.tax_rates enable row level security;
create policy tax_rates_read on public.tax_rates for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
create policy tax_rates_add on public.tax_rates for insert to authenticated
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
create policy tax_rates_change on public.tax_rates for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.tax_rates from anon, authenticated;
grant select on public.tax_rates to authenticated;
grant insert (id, workspace_id, name, category, percent, note) on public.tax_rates to authenticated;
grant update (name, archived_at) on public.tax_rates to authenticated;
grant all on public.tax_rates to service_role;
create trigger touch before update on public.tax_rates for each row execute function private.touch();
create trigger audit_update after update on public.tax_rates referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('id');
create trigger audit_insert after insert on public.tax_rates referencing new table as new_rows
  for each statement execute function private.audit_insert();

alter table public.workspaces
  add column tax_rate_id uuid,
  add column prices_include_tax boolean not null default false,
  add column tax_rounding text not null default 'total' check (tax_rounding in ('total', 'line')),
  add foreign key (id, tax_rate_id) references public.tax_rates (workspace_id, id) on delete restrict;
grant update (tax_rate_id, prices_include_tax, tax_rounding) on public.workspaces to authenticated;

alter table public.clients
  add column tax_rate_id uuid,
  add column prices_include_tax boolean,
  add foreign key (workspace_id, tax_rate_id) references public.tax_rates (workspace_id, id) on delete restrict;
grant insert (tax_rate_id, prices_include_tax), update (tax_rate_id, prices_include_tax) on public.clients to authenticated;

alter table public.invoices
  add column prices_include_tax boolean not null default false,
  add column tax_rounding text not null default 'total' check (tax_rounding in ('total', 'line')),
  add column discount_percent numeric(6, 3) check (discount_percent > 0 and discount_percent <= 100),
  add column discount_minor bigint check (discount_minor between 1 and 9000000000000000),
  add column lines_minor bigint not null default 0,
  add column discount_total_minor bigint not null default 0,
  add column taxes jsonb not null default '[]' check (jsonb_typeof(taxes) = 'array'),
  add check (discount_percent is null or discount_minor is null);
comment on table public.invoices is
  'Amounts are minor units of currency. biller and recipient are copied at finalisation, so that a later change of address '
  'does not rewrite history. stripe_event_at guards against events that arrive out of order. Overdue is derived from due_date. '
  'lines_minor is the sum of the lines (with tax where prices_include_tax), discount_total_minor what the discount takes off '
  'it, subtotal_minor the total without tax (BT-109), tax_minor that of the tax (BT-110), taxes its breakdown (BG-23).';

alter table public.invoice_lines alter column total_minor drop expression;
alter table public.invoice_lines
  alter column total_minor set default 0,
  alter column seconds drop not null,
  alter column hourly_rate_minor drop not null,
  add column kind text not null default 'time' check (kind in ('time', 'fee', 'expense')),
  add column detail text check (length(detail) <= 4000),
  add column quantity_thousandths bigint check (quantity_thousandths between 1 and 1000000000),
  add column unit_price_minor bigint check (unit_price_minor between 0 and 1000000000000),
  add column discount_percent numeric(6, 3) check (discount_percent > 0 and discount_percent <= 100),
  add column discount_minor bigint check (discount_minor between 1 and 9000000000000000),
  add column tax_rate_id uuid,
  add column amount_minor bigint not null default 0,
  add column taxable_minor bigint not null default 0,
  add column tax_minor bigint not null default 0,
  add foreign key (workspace_id, tax_rate_id) references public.tax_rates (workspace_id, id) on delete restrict,
  add check (case when kind = 'time' then seconds is not null and hourly_rate_minor is not null
      and quantity_thousandths is null and unit_price_minor is null
    else seconds is null and hourly_rate_minor is null and quantity_thousandths is not null and unit_price_minor is not null end),
  add check (discount_percent is null or discount_minor is null);
comment on table public.invoice_lines is
  'One line of an invoice: time (seconds at an hourly rate), or a fee or an expense (thousandths of a piece at a price), each '
  'less its discount. amount_minor is before the discount, total_minor after it (BT-131). taxable_minor and tax_minor are the '
  'line''s parts of the invoice''s total without tax and of its tax, and add up to them. Computed here and nowhere else.';

create function private.divide_rounded(p_numerator numeric, p_denominator numeric)
returns numeric
language sql
immutable parallel safe
set search_path = ''
as $$
  select case when p_denominator = 0 then 0 else div(2 * p_numerator + p_denominator, 2 * p_denominator) end
$$;
comment on function private.divide_rounded(numeric, numeric) is
  'A quotient of numbers that are not negative, rounded half up to an integer; 0 where there is nothing to divide by. Exact.';

create function private.compute_invoice(p_invoice jsonb)
returns jsonb
language sql
immutable parallel safe
set search_path = ''
as $$
  with given as (
    select e.ordinality as nth, x.discount_percent, coalesce(x.discount_minor, 0) as discount_minor,
      coalesce(x.tax_category, '') as category, coalesce(x.tax_percent, 0) as percent,
      case when x.seconds is not null then public.line_total_minor(x.seconds, x.hourly_rate_minor)
        else private.divide_rounded(x.quantity_thousandths::numeric * x.unit_price_minor, 1000) end as amount
    from jsonb_array_elements(p_invoice -> 'lines') with ordinality e
    cross join lateral jsonb_to_record(e.value) as x (seconds bigint, hourly_rate_minor bigint, quantity_thousandths bigint,
      unit_price_minor bigint, discount_percent numeric, discount_minor bigint, tax_category text, tax_percent numeric)
  ), priced as (
    -- BT-131: the amount less the line's allowance (BT-136), each a whole number of minor units (BR-DEC-23, BR-DEC-24).
    select nth, amount, category, percent, amount - least(amount, case when discount_percent is not null
      then private.divide_rounded(amount * discount_percent, 100) else discount_minor end) as total
    from given
  ), ordered as (
    select *, sum(total) over (order by category collate "C", percent, nth) as upto from priced
  ), document as (
    -- BT-106 (BR-CO-10) and BT-107 (BR-CO-11): the sum of the lines and what the discount takes off it.
    select s.lines, least(s.lines, case when p_invoice ->> 'discount_percent' is not null
        then private.divide_rounded(s.lines * (p_invoice ->> 'discount_percent')::numeric, 100)
      else coalesce((p_invoice ->> 'discount_minor')::numeric, 0) end) as discount,
      coalesce((p_invoice ->> 'prices_include_tax')::boolean, false) as inclusive,
      p_invoice ->> 'tax_rounding' = 'line' as by_line
    from (select coalesce(sum(total), 0) as lines from priced) s
  ), discounted as (
    -- Each line, and so each group of a tax, bears its part of the discount (BT-92 with BT-95); the parts add up to it.
    select o.nth, o.amount, o.total, o.category, o.percent, d.inclusive, d.by_line, o.total
      - (private.divide_rounded(d.discount * o.upto, d.lines) - private.divide_rounded(d.discount * (o.upto - o.total), d.lines))
      as base
    from ordered o cross join document d
  ), taxed as (
    select *, private.divide_rounded(base * percent, case when inclusive then 100 + percent else 100 end) as own_tax,
      sum(base) over (partition by category, percent order by nth) as upto
    from discounted
  ), groups as (
    -- BT-116 and BT-117 per category and rate: the tax is rounded once per group (BR-CO-17), or is the sum of the lines'.
    select category, percent, base, case when inclusive then base - tax else base end as taxable, tax
    from (
      select category, percent, inclusive, sum(base) as base, case when by_line then sum(own_tax)
        else private.divide_rounded(sum(base) * percent, case when inclusive then 100 + percent else 100 end) end as tax
      from taxed group by category, percent, inclusive, by_line
    ) g
  ), shared as (
    select t.nth, t.amount, t.total, t.base, t.inclusive, case when t.by_line then t.own_tax
      else private.divide_rounded(g.tax * t.upto, g.base) - private.divide_rounded(g.tax * (t.upto - t.base), g.base) end as tax
    from taxed t join groups g on g.category = t.category and g.percent = t.percent
  )
  select jsonb_build_object(
    'lines', (select coalesce(jsonb_agg(jsonb_build_object('amount_minor', amount::bigint, 'total_minor', total::bigint,
        'taxable_minor', (case when inclusive then base - tax else base end)::bigint, 'tax_minor', tax::bigint) order by nth), '[]')
      from shared),
    'lines_minor', d.lines::bigint, 'discount_total_minor', d.discount::bigint,
    'taxes', (select coalesce(jsonb_agg(jsonb_build_object('category', category, 'percent', percent,
        'taxable_minor', taxable::bigint, 'tax_minor', tax::bigint) order by category collate "C", percent), '[]')
      from groups where category <> ''),
    -- BT-109 (BR-CO-13), BT-110 (BR-CO-14) and BT-112 (BR-CO-15).
    'subtotal_minor', t.taxable::bigint, 'tax_minor', t.tax::bigint, 'total_minor', (t.taxable + t.tax)::bigint)
  from document d
  cross join (select coalesce(sum(taxable), 0) as taxable, coalesce(sum(tax), 0) as tax from groups) t
$$;
comment on function private.compute_invoice(jsonb) is
  'The one computation of an invoice, in minor units: {prices_include_tax, tax_rounding, discount_percent or discount_minor, '
  'lines: [{seconds, hourly_rate_minor or quantity_thousandths, unit_price_minor, discount_…, tax_category, tax_percent}]} to '
  '{lines: [{amount_minor, total_minor, taxable_minor, tax_minor}], lines_minor, discount_total_minor, taxes, subtotal_minor, '
  'tax_minor, total_minor}. Halves are rounded up. Its twin for previews is packages/domain/invoice-totals.ts; a property test '
  'compares them.';

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
  update public.invoices i set lines_minor = (v_totals ->> 'lines_minor')::bigint,
    discount_total_minor = (v_totals ->> 'discount_total_minor')::bigint,
    subtotal_minor = (v_totals ->> 'subtotal_minor')::bigint, tax_minor = (v_totals ->> 'tax_minor')::bigint,
    total_minor = (v_totals ->> 'total_minor')::bigint,
    -- The name of a group is that of its first line's tax: an invoice has one group per category and rate.
    taxes = (
      select coalesce(jsonb_agg(g.value || jsonb_build_object('name', r.name, 'note', r.note) order by g.ordinality), '[]')
      from jsonb_array_elements(v_totals -> 'taxes') with ordinality g
      cross join lateral (
        select t.name, t.note from public.invoice_lines l join public.tax_rates t on t.id = l.tax_rate_id
        where l.invoice_id = i.id and t.category = g.value ->> 'category' and t.percent = (g.value ->> 'percent')::numeric
        order by l.position limit 1
      ) r)
  where i.id = p_invoice_id;
  perform set_config('billhook.computing', '', true);
end
$$;
comment on function private.refresh_invoice(uuid) is
  'The one place where an invoice is summed up and its totals are written.';

create or replace function private.guard_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- What happens to an invoice after it was finalised; everything else of it stays.
  v_open constant text[] := array['status', 'amount_paid_minor', 'sent_at', 'paid_at', 'voided_at', 'pdf_key', 'stripe_invoice_id',
    'stripe_customer_id', 'stripe_status', 'stripe_hosted_url', 'stripe_event_at', 'stripe_error', 'version', 'updated_at'];
begin
  if tg_op = 'DELETE' then
    if old.status <> 'draft' then
      perform private.fail('BH005', 'a finalised invoice cannot be deleted; void it');
    end if;
    return old;
  end if;
  if old.status <> 'draft' then
    if to_jsonb(old) - v_open is distinct from to_jsonb(new) - v_open then
      perform private.fail('BH005', 'a finalised invoice cannot be changed');
    end if;
    if new.status <> old.status and not (old.status, new.status) in (
        ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid'), ('uncollectible', 'void')) then
      perform private.fail('BH005', format('an invoice cannot go from %s to %s', old.status, new.status));
    end if;
  elsif new.status not in ('draft', 'open') then
    perform private.fail('BH005', format('an invoice cannot go from draft to %s', new.status));
  elsif (old.lines_minor, old.discount_total_minor, old.subtotal_minor, old.tax_minor, old.total_minor, old.taxes)
      is distinct from (new.lines_minor, new.discount_total_minor, new.subtotal_minor, new.tax_minor, new.total_minor, new.taxes)
      and coalesce(current_setting('billhook.computing', true), '') <> 'on' then
    perform private.fail('BH005', 'the totals of an invoice are computed, not written');
  end if;
  return new;
end
$$;
comment on function private.guard_invoice() is
  'A finalised invoice is immutable for every writer, the service role included; the totals of a draft come from refresh_invoice.';

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
  select status into v_status from public.invoices
  where id = case when tg_op = 'DELETE' then old.invoice_id else new.invoice_id end for key share;
  if v_status is not null and v_status <> 'draft' then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  if tg_op = 'UPDATE' and new.invoice_id <> old.invoice_id then
    perform private.fail('BH005', 'a line stays on its invoice');
  end if;
  if tg_op = 'INSERT' then
    select 0, 0, 0, 0 into new.amount_minor, new.total_minor, new.taxable_minor, new.tax_minor;
  elsif tg_op = 'UPDATE' and (old.amount_minor, old.total_minor, old.taxable_minor, old.tax_minor)
      is distinct from (new.amount_minor, new.total_minor, new.taxable_minor, new.tax_minor)
      and coalesce(current_setting('billhook.computing', true), '') <> 'on' then
    perform private.fail('BH005', 'the total of a line is computed, not written');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function private.guard_invoice_line() is
  'Lines are immutable with their invoice, for every writer; their totals come from refresh_invoice.';

create or replace function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
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
      -- Computed from what is in the audit, with every change of it.
      and not (tg_table_name = 'invoice_lines' and k in ('amount_minor', 'total_minor', 'taxable_minor', 'tax_minor'))
  ) d
  where p.before is not null and d.after is not null;
  return null;
end
$$;

create function private.tax_of_client(p_workspace_id uuid, p_client_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
  select t.id from public.clients c
  join public.workspaces w on w.id = c.workspace_id
  join public.tax_rates t on t.workspace_id = c.workspace_id and t.id = coalesce(c.tax_rate_id, w.tax_rate_id)
  where c.workspace_id = p_workspace_id and c.id = p_client_id and t.archived_at is null
$$;
comment on function private.tax_of_client(uuid, uuid) is
  'The tax that new lines for a client get: the client''s, else the workspace''s, else none.';

create function private.start_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  select coalesce(c.prices_include_tax, w.prices_include_tax), w.tax_rounding into new.prices_include_tax, new.tax_rounding
  from public.workspaces w left join public.clients c on c.workspace_id = w.id and c.id = new.client_id
  where w.id = new.workspace_id;
  return new;
end
$$;
comment on function private.start_invoice() is 'A new invoice begins with what the client''s prices mean, and the workspace''s rounding.';
create trigger start before insert on public.invoices for each row execute function private.start_invoice();

create function private.start_invoice_line()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if new.kind = 'time' and new.tax_rate_id is null then
    select private.tax_of_client(i.workspace_id, i.client_id) into new.tax_rate_id from public.invoices i where i.id = new.invoice_id;
  end if;
  return new;
end
$$;
comment on function private.start_invoice_line() is 'A line of time is taxed as its client is, until somebody says otherwise.';
create trigger start before insert on public.invoice_lines for each row execute function private.start_invoice_line();

create function private.check_amount(p_changes jsonb, p_field text, p_low numeric, p_high numeric, p_decimals integer, p_words text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_changes ? p_field and jsonb_typeof(p_changes -> p_field) <> 'null' and (jsonb_typeof(p_changes -> p_field) <> 'number'
      or (p_changes ->> p_field)::numeric not between p_low and p_high
      or (p_changes ->> p_field)::numeric <> round((p_changes ->> p_field)::numeric, p_decimals)) then
    perform private.fail('BH003', p_words, p_field);
  end if;
end
$$;
comment on function private.check_amount(jsonb, text, numeric, numeric, integer, text) is
  'Refuses a number that its column cannot hold with the name of the field. Null passes: it means that there is none.';

create function private.check_discount(p_changes jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  perform private.check_amount(p_changes, 'discount_percent', 0.001, 100, 3, 'a discount is above 0 and at most 100 per cent');
  perform private.check_amount(p_changes, 'discount_minor', 1, 9000000000000000, 0, 'a discount is a whole number of minor units');
  if p_changes ->> 'discount_percent' is not null and p_changes ->> 'discount_minor' is not null then
    perform private.fail('BH003', 'a discount is an amount or a percentage, not both', 'discount_minor');
  end if;
end
$$;
comment on function private.check_discount(jsonb) is 'A discount is an amount or a percentage.';

create function private.check_tax_rate(p_changes jsonb, p_workspace_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if p_changes ->> 'tax_rate_id' is not null and not exists (select 1 from public.tax_rates
      where workspace_id = p_workspace_id and id::text = lower(p_changes ->> 'tax_rate_id') and archived_at is null) then
    perform private.fail('BH003', 'there is no such tax', 'tax_rate_id');
  end if;
end
$$;
comment on function private.check_tax_rate(jsonb, uuid) is 'A line is charged with a tax that the workspace has and still uses.';

create function private.write_invoice_line(p_line_id uuid, p_changes jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_line public.invoice_lines;
  v_key text;
  v_allowed text[];
begin
  select * into v_line from public.invoice_lines where id = p_line_id;
  v_allowed := array['description', 'detail', 'discount_percent', 'discount_minor', 'tax_rate_id']
    || case when v_line.kind = 'time' then '{}'::text[] else array['kind', 'quantity_thousandths', 'unit_price_minor'] end;
  select k into v_key from jsonb_object_keys(p_changes) k where k <> all (v_allowed) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'description' and length(btrim(coalesce(p_changes ->> 'description', ''))) not between 1 and 2000 then
    perform private.fail('BH003', 'a description has 1 to 2,000 characters', 'description');
  end if;
  if p_changes ? 'kind' and coalesce(p_changes ->> 'kind', '') not in ('fee', 'expense') then
    perform private.fail('BH003', 'a line entered by hand is a fee or an expense', 'kind');
  end if;
  perform private.check_text(p_changes, 'detail', 4000);
  perform private.check_amount(p_changes, 'quantity_thousandths', 1, 1000000000, 0, 'a quantity is above 0 and at most 1,000,000');
  perform private.check_amount(p_changes, 'unit_price_minor', 0, 1000000000000, 0,
    'a price is a whole number of minor units, zero or more');
  perform private.check_discount(p_changes);
  perform private.check_tax_rate(p_changes, v_line.workspace_id);
  update public.invoice_lines set
    description = case when p_changes ? 'description' then btrim(p_changes ->> 'description') else description end,
    detail = case when p_changes ? 'detail' then nullif(btrim(p_changes ->> 'detail'), '') else detail end,
    kind = coalesce(p_changes ->> 'kind', kind),
    quantity_thousandths = coalesce((p_changes ->> 'quantity_thousandths')::bigint, quantity_thousandths),
    unit_price_minor = coalesce((p_changes ->> 'unit_price_minor')::bigint, unit_price_minor),
    -- One kind of discount takes the other's place.
    discount_percent = case when p_changes ?| array['discount_percent', 'discount_minor']
      then (p_changes ->> 'discount_percent')::numeric else discount_percent end,
    discount_minor = case when p_changes ?| array['discount_percent', 'discount_minor']
      then (p_changes ->> 'discount_minor')::bigint else discount_minor end,
    tax_rate_id = case when p_changes ? 'tax_rate_id' then (p_changes ->> 'tax_rate_id')::uuid else tax_rate_id end
  where id = p_line_id;
end
$$;
comment on function private.write_invoice_line(uuid, jsonb) is
  'What may be edited of a line: of time, its words, discount and tax; of a fee or an expense, quantity and price too.';

drop function public.update_invoice_line(uuid, text);
create function public.update_invoice_line(p_line_id uuid, p_changes jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice_id uuid;
begin
  select invoice_id into v_invoice_id from public.invoice_lines where id = p_line_id;
  perform private.lock_invoice(v_invoice_id, 'draft');
  perform set_config('billhook.action', 'edit', true);
  perform private.write_invoice_line(p_line_id, p_changes);
  perform private.refresh_invoice(v_invoice_id);
  return v_invoice_id;
end
$$;
comment on function public.update_invoice_line(uuid, jsonb) is
  'Edits a line of an invoice draft; its evidence stays. security definer: lines are not writable directly.';

create function public.add_invoice_line(p_invoice_id uuid, p_line jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_line_id uuid;
begin
  v_invoice := private.lock_invoice(p_invoice_id, 'draft');
  if (select count(*) from public.invoice_lines where invoice_id = p_invoice_id and kind <> 'time') >= 200 then
    perform private.fail('BH003', 'at most 200 lines of an invoice are entered by hand');
  end if;
  perform set_config('billhook.action', 'edit', true);
  insert into public.invoice_lines (workspace_id, invoice_id, position, description, kind, quantity_thousandths, unit_price_minor,
    tax_rate_id)
  select v_invoice.workspace_id, p_invoice_id, coalesce(max(position), 0) + 1, '?', 'fee', 1000, 0,
    private.tax_of_client(v_invoice.workspace_id, v_invoice.client_id)
  from public.invoice_lines where invoice_id = p_invoice_id
  returning id into v_line_id;
  perform private.write_invoice_line(v_line_id, jsonb_build_object('description', null) || p_line);
  perform private.refresh_invoice(p_invoice_id);
  return v_line_id;
end
$$;
comment on function public.add_invoice_line(uuid, jsonb) is
  'Adds a fee or an expense to an invoice draft, as its last line: {description, kind, quantity_thousandths (1000), '
  'unit_price_minor, detail, discount_percent or discount_minor, tax_rate_id (the client''s)}. '
  'security definer: lines are not writable directly.';

create function public.order_invoice_lines(p_invoice_id uuid, p_line_ids uuid[])
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.lock_invoice(p_invoice_id, 'draft');
  if (select array_agg(distinct x order by x) from unnest(p_line_ids) x)
      is distinct from (select array_agg(id order by id) from public.invoice_lines where invoice_id = p_invoice_id) then
    perform private.fail('BH010', 'the lines have changed');
  end if;
  perform set_config('billhook.action', 'reorder', true);
  update public.invoice_lines l set position = o.nth
  from unnest(p_line_ids) with ordinality o (id, nth)
  where l.id = o.id and l.invoice_id = p_invoice_id and l.position <> o.nth;
  perform private.refresh_invoice(p_invoice_id);
  return p_invoice_id;
end
$$;
comment on function public.order_invoice_lines(uuid, uuid[]) is
  'Puts the lines of an invoice draft into another order; all of them are named. security definer: lines are not writable directly.';

create or replace function public.update_invoice(p_invoice_id uuid, p_changes jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_key text;
  v_issue_date date;
begin
  perform private.lock_invoice(p_invoice_id, 'draft');
  select k into v_key from jsonb_object_keys(p_changes) k
  where k <> all (array['issue_date', 'payment_terms_days', 'notes', 'discount_percent', 'discount_minor', 'prices_include_tax',
    'tax_rounding']) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'payment_terms_days' and (jsonb_typeof(p_changes -> 'payment_terms_days') <> 'number'
      or (p_changes ->> 'payment_terms_days')::numeric not between 0 and 365
      or (p_changes ->> 'payment_terms_days')::numeric <> trunc((p_changes ->> 'payment_terms_days')::numeric)) then
    perform private.fail('BH003', 'payment terms are 0 to 365 days', 'payment_terms_days');
  end if;
  if p_changes ? 'prices_include_tax' and jsonb_typeof(p_changes -> 'prices_include_tax') <> 'boolean' then
    perform private.fail('BH003', 'prices include tax, or they do not', 'prices_include_tax');
  end if;
  if p_changes ? 'tax_rounding' and coalesce(p_changes ->> 'tax_rounding', '') not in ('total', 'line') then
    perform private.fail('BH003', 'tax is rounded once per rate or on each line', 'tax_rounding');
  end if;
  perform private.check_text(p_changes, 'notes', 4000);
  perform private.check_discount(p_changes);
  if jsonb_typeof(p_changes -> 'issue_date') <> 'null' then
    v_issue_date := private.date_of(p_changes, 'issue_date');
  end if;
  perform set_config('billhook.action', 'edit', true);
  update public.invoices set
    issue_date = case when p_changes ? 'issue_date' then v_issue_date else issue_date end,
    payment_terms_days = case when p_changes ? 'payment_terms_days' then (p_changes ->> 'payment_terms_days')::integer
      else payment_terms_days end,
    notes = case when p_changes ? 'notes' then nullif(btrim(p_changes ->> 'notes'), '') else notes end,
    discount_percent = case when p_changes ?| array['discount_percent', 'discount_minor']
      then (p_changes ->> 'discount_percent')::numeric else discount_percent end,
    discount_minor = case when p_changes ?| array['discount_percent', 'discount_minor']
      then (p_changes ->> 'discount_minor')::bigint else discount_minor end,
    prices_include_tax = coalesce((p_changes ->> 'prices_include_tax')::boolean, prices_include_tax),
    tax_rounding = coalesce(p_changes ->> 'tax_rounding', tax_rounding)
  where id = p_invoice_id;
  perform private.refresh_invoice(p_invoice_id);
  return p_invoice_id;
end
$$;
comment on function public.update_invoice(uuid, jsonb) is
  'Edits date, terms, notes, discount, and what prices and rounding mean, of an invoice draft. '
  'security definer: invoices are not writable directly.';

create function private.check_taxes()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- BR-AE-02: both parties are named by their tax numbers, as who receives the invoice owes the tax.
  if new.taxes @> '[{"category": "reverse_charge"}]'
    and (coalesce(new.biller ->> 'tax_id', '') = '' or coalesce(new.recipient ->> 'tax_id', '') = '') then
    perform private.fail('BH005', 'reverse charge needs your tax number and that of the client', 'tax_id');
  end if;
  return new;
end
$$;
comment on function private.check_taxes() is 'An invoice that cannot be valid is not finalised.';
create trigger check_taxes before update on public.invoices
  for each row when (old.status = 'draft' and new.status = 'open') execute function private.check_taxes();

-- Invoices from before have one line total each and no tax.
alter table public.invoices disable trigger user;
alter table public.invoice_lines disable trigger user;
update public.invoice_lines set amount_minor = total_minor, taxable_minor = total_minor;
update public.invoices set lines_minor = subtotal_minor;
alter table public.invoice_lines enable trigger user;
alter table public.invoices enable trigger user;

grant execute on function public.update_invoice_line(uuid, jsonb), public.add_invoice_line(uuid, jsonb),
  public.order_invoice_lines(uuid, uuid[]) to authenticated;
grant execute on function private.tax_of_client(uuid, uuid) to service_role;

drop view public.invoice_list;
create view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  -- Last, so that the view can be replaced when the table has a new column.
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;
comment on view public.invoice_list is
  'Invoices with their client. overdue is derived: open, and the due date has passed in the client''s zone.';
revoke all on public.invoice_list from anon, authenticated;
grant select on public.invoice_list to authenticated, service_role;
