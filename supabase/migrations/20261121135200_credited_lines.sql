-- A line is credited once.

alter table public.invoice_lines
  add column credits_line_id uuid,
  add foreign key (workspace_id, credits_line_id) references public.invoice_lines (workspace_id, id) on delete restrict;
comment on column public.invoice_lines.credits_line_id is 'On a credit note: the line that it takes off as a whole.';
create unique index invoice_lines_credited on public.invoice_lines (workspace_id, credits_line_id) where credits_line_id is not null;

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
  if exists (select 1 from public.invoice_lines where workspace_id = v_invoice.workspace_id and credits_line_id = any (v_lines)) then
    perform private.fail('BH003', 'a line that is credited already cannot be credited again', 'line_ids');
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
    quantity_thousandths, unit_price_minor, tax_rate_id, credits_line_id)
  select l.workspace_id, v_note.id, row_number() over (order by l.position), l.description, 'fee', l.project_id, l.ticket_key,
    l.start_date, l.end_date, 1000, l.taxable_minor + l.tax_minor, l.tax_rate_id, l.id
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
  -- Which sums it up.
  perform public.finalise_invoice(v_note.id);
  perform set_config('billhook.action', 'credit', true);
  update public.invoices set status = 'paid' where id = v_note.id;
  update public.invoices set credited_minor = credited_minor + v_amount where id = p_invoice_id;
  perform private.settle_invoice(p_invoice_id);
  if coalesce((p_credit ->> 'release')::boolean, false) then
    -- With the last of an invoice goes what any of its lines billed.
    perform private.release_lines(case when v_lines is null and v_amount = v_rest
      then array(select id from public.invoice_lines where invoice_id = p_invoice_id) else v_lines end);
  end if;
  return v_note.id;
end
$$;
