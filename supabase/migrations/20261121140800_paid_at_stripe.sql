-- The columns that it reads are there now, whichever way the migrations before were ordered.

create or replace function private.paid_at_stripe(p_invoice_id uuid)
returns bigint
language sql
stable
set search_path = ''
as $$
  select coalesce(sum(case when p.source = 'stripe' and p.stripe_refund_id is null then p.amount_minor else p.stripe_minor end), 0)::bigint
  from public.invoice_payments p where p.invoice_id = p_invoice_id
$$;
