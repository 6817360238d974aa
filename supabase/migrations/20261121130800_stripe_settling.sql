-- What happens to an invoice here is told to Stripe, and what happens to its money there is told here: payments by other ways,
-- credit notes and write-offs in the one direction, debits on their way, declines and refunds in the other.

alter table public.workspaces add column payment_methods text[]
  check (payment_methods <@ array['card', 'sepa_debit', 'us_bank_account', 'customer_balance'] and cardinality(payment_methods) > 0);
alter table public.clients add column payment_methods text[]
  check (payment_methods <@ array['card', 'sepa_debit', 'us_bank_account', 'customer_balance'] and cardinality(payment_methods) > 0);
comment on column public.workspaces.payment_methods is
  'Ways to pay at Stripe, under its names for them; null: as the account is set up there. Those of a client go before.';
grant update (payment_methods) on public.workspaces to authenticated;
grant insert (payment_methods), update (payment_methods) on public.clients to authenticated;

alter table public.invoices
  add column stripe_credit_note_id text check (length(stripe_credit_note_id) <= 255),
  add column refund_by_stripe boolean not null default false,
  add column stripe_payment_state text check (stripe_payment_state in ('processing', 'declined', 'action_required')),
  add column stripe_settle_at timestamptz;
comment on column public.invoices.refund_by_stripe is
  'Of a credit note: what Stripe received of it goes back by the way it came; else people see to that.';
comment on column public.invoices.stripe_settle_at is 'Not before then is Stripe told again what happened here.';
create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  -- A debit takes days: what is on its way is not late.
  i.status = 'open' and i.stripe_payment_state is distinct from 'processing'
    and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;
comment on view public.invoice_list is
  'Invoices with their client. overdue is derived: open, no payment on its way, and the due date has passed in the client''s zone.';

alter table public.invoice_payments
  add column stripe_record_id text check (length(stripe_record_id) <= 255),
  add column stripe_minor bigint not null default 0 check (stripe_minor >= 0),
  add column stripe_told_at timestamptz,
  add column stripe_refund_id text check (length(stripe_refund_id) <= 255),
  add unique (workspace_id, stripe_refund_id);
comment on column public.invoice_payments.stripe_minor is
  'What of a payment by another way Stripe counts as paid, from before it does: it is no money that Stripe received.';
drop index public.invoice_payments_stripe;
create unique index invoice_payments_stripe on public.invoice_payments (invoice_id) where source = 'stripe' and stripe_refund_id is null;
comment on table public.invoice_payments is
  'Money for an invoice, in minor units of its currency; below zero it went back. One row of source stripe says what Stripe has '
  'received in all, and one for each refund what it gave back. invoices.amount_paid_minor is their sum.';

create or replace function private.guard_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- What happens to an invoice after it was finalised; everything else of it stays.
  v_open constant text[] := array['status', 'amount_paid_minor', 'credited_minor', 'sent_at', 'paid_at', 'voided_at', 'pdf_key',
    'stripe_account_id', 'stripe_invoice_id', 'stripe_customer_id', 'stripe_status', 'stripe_hosted_url', 'stripe_event_at',
    'stripe_error', 'stripe_credit_note_id', 'refund_by_stripe', 'stripe_payment_state', 'stripe_settle_at', 'version',
    'updated_at'];
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
    if old.stripe_account_id is not null and new.stripe_account_id is distinct from old.stripe_account_id then
      perform private.fail('BH005', 'the invoice is in another account of Stripe', 'stripe_account_id');
    end if;
    if new.status <> old.status and not (old.status, new.status) in (
        ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid'), ('uncollectible', 'void'))
      -- Money that was booked by mistake, or went back.
      and not ((old.status, new.status) = ('paid', 'open') and coalesce(current_setting('billhook.settling', true), '') = 'on') then
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

create or replace function private.book_stripe_payment(p_invoice public.invoices, p_amount_minor bigint, p_at timestamptz)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_received bigint;
begin
  select p_amount_minor - coalesce(sum(stripe_minor), 0) into v_received from public.invoice_payments where invoice_id = p_invoice.id;
  if v_received > 0 then
    insert into public.invoice_payments (workspace_id, invoice_id, amount_minor, paid_on, method, source)
    values (p_invoice.workspace_id, p_invoice.id, v_received, (p_at at time zone 'UTC')::date, 'Stripe', 'stripe')
    on conflict (invoice_id) where source = 'stripe' and stripe_refund_id is null do update set amount_minor = excluded.amount_minor
      -- What Stripe received only grows; what is less was said earlier.
      where public.invoice_payments.amount_minor < excluded.amount_minor;
  end if;
  return (select coalesce(sum(amount_minor), 0) from public.invoice_payments where invoice_id = p_invoice.id);
end
$$;
comment on function private.book_stripe_payment(public.invoices, bigint, timestamptz) is
  'Keeps what Stripe says was paid of an invoice, less what it was told of here, and answers what was paid by every way.';

create or replace function public.apply_stripe_event(p_event_id text, p_event_type text, p_event_at timestamptz, p_stripe_invoice_id text,
  p_status text, p_invoice_id uuid default null, p_amount_paid_minor bigint default null, p_paid_at timestamptz default null,
  p_account_id uuid default null)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_account public.stripe_accounts;
  v_invoice public.invoices;
  v_outcome text;
begin
  -- What an account says counts for its own invoices alone: whoever connects one can sign any event with its secret.
  if p_account_id is not null then
    select * into v_account from public.stripe_accounts where id = p_account_id;
    update public.stripe_accounts set webhook_heard_at = now()
    where id = p_account_id and p_event_id like 'evt\_%' and (webhook_heard_at is null or webhook_heard_at < now() - interval '1 minute');
  end if;
  select i.* into v_invoice from public.invoices i
  where (i.stripe_invoice_id = p_stripe_invoice_id or (i.stripe_invoice_id is null and i.id = p_invoice_id))
    and case when p_account_id is null
      then i.stripe_account_id is null
        or exists (select 1 from public.stripe_accounts a where a.id = i.stripe_account_id and a.source = 'operator')
      else i.workspace_id = v_account.workspace_id and i.stripe_account_id = p_account_id end
  order by i.stripe_invoice_id nulls last limit 1 for update;
  if exists (select 1 from public.stripe_events where event_id = p_event_id and stripe_account_id is not distinct from p_account_id) then
    return (select outcome from public.stripe_events
      where event_id = p_event_id and stripe_account_id is not distinct from p_account_id);
  end if;

  -- Stripe's clock counts whole seconds: of two events with one time the one further along counts. A final state is never
  -- taken back by an event that was made earlier but arrives later. Money for a void invoice is for a person to settle.
  v_outcome := case
    when v_invoice.id is null then 'unrelated'
    when v_invoice.status = 'draft' or (v_invoice.status = 'void' and p_status = 'paid') then 'mismatch'
    when v_invoice.status in ('paid', 'void') and p_status <> v_invoice.status then 'older'
    when p_status not in ('paid', 'void') and (v_invoice.stripe_event_at > p_event_at
      or (v_invoice.stripe_event_at = p_event_at and v_invoice.status = 'uncollectible' and p_status <> 'uncollectible'))
      then 'older'
    else 'applied'
  end;
  insert into public.stripe_events (event_id, stripe_account_id, workspace_id, invoice_id, event_type, event_at, outcome)
  values (p_event_id, p_account_id, v_invoice.workspace_id, v_invoice.id, p_event_type, p_event_at, v_outcome)
  on conflict (event_id, stripe_account_id) do nothing;
  if not found then
    return v_outcome;
  end if;
  if v_outcome = 'older' and p_event_type = 'invoice.sent' and v_invoice.sent_at is null then
    -- That it was sent stays true, however late one hears of it.
    perform set_config('billhook.action', p_event_type, true);
    update public.invoices set sent_at = p_event_at where id = v_invoice.id;
  elsif v_outcome = 'mismatch' and p_status = 'paid' then
    perform private.notify(v_invoice.workspace_id, 'invoice_failed', v_invoice.id,
      format('%s is %s, but was paid in Stripe', coalesce(v_invoice.number, 'an invoice'), v_invoice.status));
  end if;
  if v_outcome <> 'applied' then
    return v_outcome;
  end if;

  perform set_config('billhook.action', p_event_type, true);
  if p_status = 'void' and v_invoice.status in ('open', 'uncollectible') then
    perform private.release_invoice(v_invoice.id, p_event_at);
    perform set_config('billhook.action', p_event_type, true);
  end if;
  update public.invoices set
    stripe_invoice_id = coalesce(stripe_invoice_id, p_stripe_invoice_id),
    stripe_status = p_status,
    stripe_event_at = greatest(stripe_event_at, p_event_at),
    status = case
      when p_status = 'paid' and status in ('open', 'uncollectible') then 'paid'
      when p_status = 'uncollectible' and status = 'open' then 'uncollectible'
      else status end,
    paid_at = case when p_status = 'paid' then least(paid_at, coalesce(p_paid_at, p_event_at)) else paid_at end,
    amount_paid_minor = private.book_stripe_payment(v_invoice, p_amount_paid_minor, coalesce(p_paid_at, p_event_at)),
    sent_at = case when p_event_type = 'invoice.sent' then coalesce(sent_at, p_event_at) else sent_at end,
    stripe_payment_state = case
      when p_status <> 'open' then null
      when p_event_type = 'invoice.payment_failed' then 'declined'
      when p_event_type = 'invoice.payment_action_required' then 'action_required'
      else stripe_payment_state end
  where id = v_invoice.id;
  if exists (select 1 from public.invoice_payments where invoice_id = v_invoice.id and stripe_refund_id is not null) then
    -- What went back may have been heard of before what came in.
    perform private.settle_invoice(v_invoice.id);
  end if;
  if p_status = 'paid' and v_invoice.status <> 'paid' then
    perform private.notify(v_invoice.workspace_id, 'invoice_paid', v_invoice.id, v_invoice.number);
  elsif p_event_type = 'invoice.payment_failed' then
    perform private.notify(v_invoice.workspace_id, 'invoice_failed', v_invoice.id, v_invoice.number);
  end if;
  return v_outcome;
end
$$;

-- Settled again from an event, which the service role brings.
grant execute on function private.settle_invoice(uuid) to service_role;

create function private.find_invoice_at_stripe(p_stripe_invoice_id text, p_account_id uuid)
returns public.invoices
language sql
volatile
set search_path = ''
as $$
  select i.* from public.invoices i left join public.stripe_accounts a on a.id = i.stripe_account_id
  where i.stripe_invoice_id = p_stripe_invoice_id
    and case when p_account_id is null then a.id is null or a.source = 'operator' else a.id = p_account_id end
  limit 1 for update of i
$$;
comment on function private.find_invoice_at_stripe(text, uuid) is
  'The invoice that an account speaks of (null: the installation''s), locked: what it says counts for its own invoices alone.';
grant execute on function private.find_invoice_at_stripe(text, uuid) to service_role;

create function public.save_payment_state(p_stripe_invoice_id text, p_state text, p_account_id uuid default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  v_invoice := private.find_invoice_at_stripe(p_stripe_invoice_id, p_account_id);
  if v_invoice.status = 'open' and v_invoice.stripe_payment_state is distinct from p_state then
    perform set_config('billhook.action', 'stripe', true);
    update public.invoices set stripe_payment_state = p_state where id = v_invoice.id;
  end if;
end
$$;
comment on function public.save_payment_state(text, text, uuid) is
  'Where the payment of an open invoice stands at this moment: processing, declined, action_required, or null.';
grant execute on function public.save_payment_state(text, text, uuid) to service_role;

create function public.apply_stripe_refund(p_event_id text, p_event_type text, p_event_at timestamptz, p_stripe_invoice_id text,
  p_refund_id text, p_amount_minor bigint, p_succeeded boolean, p_account_id uuid default null)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_outcome text;
begin
  v_invoice := private.find_invoice_at_stripe(p_stripe_invoice_id, p_account_id);
  v_outcome := case when v_invoice.id is null then 'unrelated' else 'applied' end;
  insert into public.stripe_events (event_id, stripe_account_id, workspace_id, invoice_id, event_type, event_at, outcome)
  values (p_event_id, p_account_id, v_invoice.workspace_id, v_invoice.id, p_event_type, p_event_at, v_outcome)
  on conflict (event_id, stripe_account_id) do nothing;
  if v_invoice.id is null then
    return v_outcome;
  end if;
  perform set_config('billhook.action', p_event_type, true);
  if p_succeeded then
    insert into public.invoice_payments (workspace_id, invoice_id, amount_minor, paid_on, method, source, stripe_refund_id)
    values (v_invoice.workspace_id, v_invoice.id, -p_amount_minor, (p_event_at at time zone 'UTC')::date, 'Stripe', 'stripe', p_refund_id)
    on conflict (workspace_id, stripe_refund_id) do nothing;
  else
    delete from public.invoice_payments where workspace_id = v_invoice.workspace_id and stripe_refund_id = p_refund_id;
  end if;
  perform private.settle_invoice(v_invoice.id);
  return v_outcome;
end
$$;
comment on function public.apply_stripe_refund(text, text, timestamptz, text, text, bigint, boolean, uuid) is
  'Books what Stripe gave back for an invoice, once, as the refund stands at this moment: one that failed is taken back. '
  'Amounts are minor units.';
grant execute on function public.apply_stripe_refund(text, text, timestamptz, text, text, bigint, boolean, uuid) to service_role;

create function public.stripe_document(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with taxed as (
    select l.*, case when t.id is null then null else jsonb_build_object('category', t.category, 'percent', t.percent) end as tax
    from public.invoice_lines l left join public.tax_rates t on t.id = l.tax_rate_id
  )
  select jsonb_build_object('invoice', to_jsonb(i), 'client', to_jsonb(c), 'workspace', to_jsonb(w),
    'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from taxed l where l.invoice_id = i.id),
    'payments', (select coalesce(jsonb_agg(to_jsonb(p) order by p.created_at, p.id), '[]') from public.invoice_payments p
      where p.invoice_id = i.id and p.source = 'manual' and p.amount_minor > 0 and p.stripe_told_at is null),
    'credits', (select coalesce(jsonb_agg(to_jsonb(n) || jsonb_build_object(
        'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from taxed l where l.invoice_id = n.id))
        order by n.finalised_at, n.id), '[]')
      from public.invoices n where n.corrects_id = i.id and n.status = 'paid' and n.stripe_credit_note_id is null))
  from public.invoices i
  join public.clients c on c.id = i.client_id
  join public.workspaces w on w.id = i.workspace_id
  where i.id = p_invoice_id
$$;
comment on function public.stripe_document(uuid) is
  'All that Stripe is told of an invoice: itself, its parties, its lines each with its tax, and the payments by other ways and the '
  'credit notes that Stripe has not been told of, oldest first.';
grant execute on function public.stripe_document(uuid) to authenticated, service_role;

create function public.save_stripe_payment(p_payment_id uuid, p_progress jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.invoice_payments set stripe_record_id = p_progress ->> 'record_id', stripe_minor = (p_progress ->> 'minor')::bigint,
    stripe_told_at = case when (p_progress ->> 'done')::boolean then now() end
  where id = p_payment_id and source = 'manual'
$$;
comment on function public.save_stripe_payment(uuid, jsonb) is
  'How far Stripe was told of a payment by another way: {record_id, minor, done}. minor is kept before Stripe counts it, so that no '
  'event takes it for money that Stripe received.';
grant execute on function public.save_stripe_payment(uuid, jsonb) to service_role;

create function public.save_stripe_credit(p_credit_note_id uuid, p_stripe_credit_note_id text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform set_config('billhook.action', 'stripe', true);
  update public.invoices set stripe_credit_note_id = p_stripe_credit_note_id where id = p_credit_note_id and kind = 'credit_note';
end
$$;
comment on function public.save_stripe_credit(uuid, text) is 'Remembers the credit note that Stripe has for one of ours.';
grant execute on function public.save_stripe_credit(uuid, text) to service_role;

create function public.claim_stripe_settling(p_limit integer default 20)
returns setof uuid
language sql
volatile
set search_path = ''
as $$
  update public.invoices i set stripe_settle_at = now() + interval '15 minutes'
  where i.id in (
    select o.id from public.invoices o
    where o.stripe_invoice_id is not null and o.stripe_status in ('open', 'paid', 'uncollectible')
      and o.status in ('open', 'paid', 'uncollectible') and o.kind = 'invoice'
      and (o.stripe_settle_at is null or o.stripe_settle_at < now())
      and (o.status = 'uncollectible' and o.stripe_status = 'open'
        or exists (select 1 from public.invoice_payments p where p.invoice_id = o.id and p.source = 'manual' and p.amount_minor > 0
          and p.stripe_told_at is null and p.created_at < now() - interval '1 minute')
        or exists (select 1 from public.invoices n where n.corrects_id = o.id and n.status = 'paid' and n.stripe_credit_note_id is null
          and n.finalised_at < now() - interval '1 minute'))
    order by o.stripe_settle_at nulls first, o.id limit p_limit for update skip locked)
  returning i.id
$$;
comment on function public.claim_stripe_settling(integer) is
  'Invoices of which Stripe has not heard everything, each for one caller and a quarter of an hour: what a page that was closed, or '
  'an outage of Stripe, left undone.';
grant execute on function public.claim_stripe_settling(integer) to service_role;
create index invoice_payments_untold on public.invoice_payments (invoice_id) where source = 'manual' and stripe_told_at is null;

create function public.credit_and_refund(p_invoice_id uuid, p_credit jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_note_id uuid;
begin
  v_note_id := public.credit_invoice(p_invoice_id, p_credit);
  update public.invoices set refund_by_stripe = true
  where id = v_note_id and stripe_credit_note_id is null and not refund_by_stripe;
  return v_note_id;
end
$$;
comment on function public.credit_and_refund(uuid, jsonb) is
  'As credit_invoice, and what Stripe received of it goes back by Stripe. security definer: invoices are not writable directly; '
  'credit_invoice has checked the person.';
grant execute on function public.credit_and_refund(uuid, jsonb) to authenticated;

create or replace function public.remove_payment(p_payment_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_payment public.invoice_payments;
begin
  select * into v_payment from public.invoice_payments where id = p_payment_id;
  perform private.lock_invoice(v_payment.invoice_id, null);
  if v_payment.source <> 'manual' then
    perform private.fail('BH005', 'what Stripe received is changed in Stripe', 'source');
  end if;
  -- Again, now that nobody else is at the invoice.
  if (select stripe_minor from public.invoice_payments where id = p_payment_id) > 0 then
    perform private.fail('BH005', 'Stripe counts this payment; book it as money that went back', 'source');
  end if;
  perform set_config('billhook.action', 'remove_payment', true);
  delete from public.invoice_payments where id = p_payment_id;
  perform private.settle_invoice(v_payment.invoice_id);
end
$$;
