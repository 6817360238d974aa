-- Comparing with Stripe: an invoice paid with a card on file is never sent there, and one whose money went back stays paid there.

create function private.has_refund_of_stripe(p_invoice_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select 1 from public.invoice_payments p where p.invoice_id = p_invoice_id and p.stripe_refund_id is not null)
$$;
comment on function private.has_refund_of_stripe(uuid) is 'Whether Stripe gave back money of the invoice.';
grant execute on function private.has_refund_of_stripe(uuid) to service_role;

create or replace function private.differences_at_stripe(p_account_id uuid, p_facts jsonb, p_missing text[], p_before timestamptz,
  p_healed uuid[])
returns table (invoice_id uuid, stripe_invoice_id text, kind text, ours text, theirs text)
language sql
stable
set search_path = ''
as $$
  with theirs as materialized (
    select * from jsonb_to_recordset(p_facts) as f (stripe_invoice_id text, invoice_id text, status text, currency text,
      total_minor bigint, amount_paid_minor bigint, number text, customer_id text)
  ), pairs as (
    select i.*, t.status as t_status, t.currency as t_currency, t.total_minor as t_total, t.amount_paid_minor as t_paid,
      t.number as t_number, t.customer_id as t_customer,
      private.paid_at_stripe(i.id) as paid_there, private.has_refund_of_stripe(i.id) as has_refund
    from public.invoices i join theirs t on t.stripe_invoice_id = i.stripe_invoice_id
    where i.stripe_account_id = p_account_id and (i.sent_at is not null or i.paid_at is not null) and (i.updated_at <= p_before or i.id = any (p_healed))
  )
  select p.id, p.stripe_invoice_id, d.kind, left(d.ours, 300), left(d.theirs, 300)
  from pairs p cross join lateral (values
    -- What was paid stays paid at Stripe, also where the money went back; here it is owed again.
    ('status', p.status, case when p.has_refund and p.status = 'open' and p.t_status = 'paid' then p.status else p.t_status end),
    ('total', p.total_minor || ' ' || p.currency, p.t_total || ' ' || p.t_currency),
    ('amount_paid', p.paid_there || ' ' || p.currency, p.t_paid || ' ' || p.t_currency),
    ('number', p.number, coalesce(p.t_number, '')),
    ('customer', coalesce(p.stripe_customer_id, ''), coalesce(p.t_customer, ''))) d (kind, ours, theirs)
  where d.ours <> d.theirs
  union all
  select i.id, i.stripe_invoice_id, 'missing_there', i.number, null
  from public.invoices i
  where i.stripe_account_id = p_account_id and i.stripe_invoice_id = any (p_missing) and i.status <> 'void'
  union all
  select null, t.stripe_invoice_id, 'missing_here', null, left(coalesce(t.number, t.stripe_invoice_id) || ', ' || t.status, 300)
  from theirs t
  where t.invoice_id is not null and t.status not in ('draft', 'void')
    -- Two workspaces may share an account; and what is being sent at this moment has its id in a moment.
    and not exists (select 1 from public.invoices i where i.id::text = t.invoice_id
      and (i.stripe_invoice_id = t.stripe_invoice_id or (i.stripe_invoice_id is null and i.updated_at > p_before)))
$$;
comment on function private.differences_at_stripe(uuid, jsonb, text[], timestamptz, uuid[]) is
  'What of an account''s invoices is not the same in what Stripe answered: {stripe_invoice_id, invoice_id, status, currency, '
  'total_minor, amount_paid_minor, number, customer_id}; p_missing are ids it does not know. What was neither sent nor paid yet, or '
  'changed here after p_before by others than the comparison, is left out.';

create or replace function public.compare_stripe_invoices(p_account_id uuid, p_facts jsonb, p_missing text[], p_listed_at timestamptz,
  p_quiet interval default '15 minutes')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_account public.stripe_accounts;
  v_fact record;
  v_outcome text;
  v_healed uuid[] := '{}';
  v_found jsonb;
  v_new text[];
  v_open integer;
begin
  -- Two comparisons of one account wait for each other.
  select * into v_account from public.stripe_accounts where id = p_account_id for update;

  -- What was only not heard of is applied as if it had been told: the total is the same, and the state there is further along.
  for v_fact in
    select t.*, i.id as ours_id from jsonb_to_recordset(p_facts) as t (stripe_invoice_id text, invoice_id uuid, status text,
      currency text, total_minor bigint, amount_paid_minor bigint, paid_at timestamptz)
    join public.invoices i on i.stripe_account_id = p_account_id and i.stripe_invoice_id = t.stripe_invoice_id
    where i.total_minor = t.total_minor and i.currency = t.currency
      and ((i.status in ('open', 'uncollectible') and t.status = 'paid' and not private.has_refund_of_stripe(i.id))
        or (i.status in ('open', 'uncollectible') and t.status = 'void')
        or (i.status = 'open' and t.status = 'uncollectible')
        or (i.status = 'open' and t.status = 'open' and t.amount_paid_minor > private.paid_at_stripe(i.id)))
    order by i.id
  loop
    v_outcome := public.apply_stripe_event(
      p_event_id => format('comparison %s %s %s', v_fact.stripe_invoice_id, v_fact.status, v_fact.amount_paid_minor),
      p_event_type => case v_fact.status when 'paid' then 'invoice.paid' when 'void' then 'invoice.voided'
        when 'uncollectible' then 'invoice.marked_uncollectible' else 'invoice.updated' end,
      p_event_at => p_listed_at, p_stripe_invoice_id => v_fact.stripe_invoice_id, p_status => v_fact.status,
      p_amount_paid_minor => v_fact.amount_paid_minor, p_paid_at => v_fact.paid_at,
      p_account_id => case v_account.source when 'own' then p_account_id end);
    if v_outcome = 'applied' then
      v_healed := v_healed || v_fact.ours_id;
    end if;
  end loop;

  select coalesce(jsonb_agg(to_jsonb(d)), '[]') into v_found
  from private.differences_at_stripe(p_account_id, p_facts, p_missing, p_listed_at - p_quiet, v_healed) d;
  with kept as (
    insert into public.stripe_differences as d (workspace_id, account_id, invoice_id, stripe_invoice_id, kind, ours, theirs)
    select v_account.workspace_id, p_account_id, f.invoice_id, f.stripe_invoice_id, f.kind, f.ours, f.theirs
    from jsonb_to_recordset(v_found) as f (invoice_id uuid, stripe_invoice_id text, kind text, ours text, theirs text)
    on conflict (account_id, stripe_invoice_id, kind) do update set ours = excluded.ours, theirs = excluded.theirs,
      -- What was accepted was this difference, and not another one.
      accepted_at = case when (d.ours, d.theirs) is not distinct from (excluded.ours, excluded.theirs) then d.accepted_at end
    returning d.*, (xmax = 0) as is_new
  )
  select array_agg(distinct coalesce(i.number, k.theirs, k.stripe_invoice_id)) into v_new
  from kept k left join public.invoices i on i.id = k.invoice_id where k.is_new;
  -- Equal again; what was too fresh to be compared is left as it was.
  delete from public.stripe_differences d
  where d.account_id = p_account_id
    and not exists (select 1 from jsonb_to_recordset(v_found) as f (stripe_invoice_id text, kind text)
      where f.stripe_invoice_id = d.stripe_invoice_id and f.kind = d.kind)
    and not exists (select 1 from public.invoices i where i.id = d.invoice_id and i.updated_at > p_listed_at - p_quiet
      and not i.id = any (v_healed));

  select count(*) into v_open from public.stripe_differences where account_id = p_account_id and accepted_at is null;
  if v_open = 0 then
    delete from public.notifications where workspace_id = v_account.workspace_id and kind = 'stripe_differs' and subject_id = p_account_id;
  elsif v_new is not null then
    perform private.notify(v_account.workspace_id, 'stripe_differs', p_account_id, array_to_string(v_new[1:5], ' · ')
      || case when cardinality(v_new) > 5 then format(' and %s more', cardinality(v_new) - 5) else '' end);
  end if;
  update public.stripe_accounts set compared_at = p_listed_at where id = p_account_id;
  return jsonb_build_object('open', v_open, 'found', coalesce(cardinality(v_new), 0), 'healed', cardinality(v_healed));
end
$$;
