-- What is left of an invoice is credited with its work, also after a part of it; and a cap says by how much it is passed in money.

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

comment on function public.credit_invoice(uuid, jsonb) is
  'Writes a credit note, with its number, for what is left of an invoice, for lines of it {line_ids} or for an amount '
  '{amount_minor}, tax included; {release: true} makes the work of the lines billable again, or of all of them where nothing is left '
  'of the invoice. The id comes from the page, so that asking twice is the same as once. security definer: invoices are not writable '
  'directly.';

create or replace function public.bill_client(p_client_id uuid, p_options jsonb default '{}')
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
    perform private.fail('BH009', format('%s exceeds its cap by %s', v_over ->> 'project_name',
      case when (v_over ->> 'seconds')::bigint > 0 then format('%s h', round((v_over ->> 'seconds')::numeric / 3600, 1))
        else format('%s %s', round((v_over ->> 'minor')::numeric / power(10::numeric, public.currency_exponent(v_plan ->> 'currency')),
          public.currency_exponent(v_plan ->> 'currency')), v_plan ->> 'currency') end), v_over ->> 'project_id');
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
