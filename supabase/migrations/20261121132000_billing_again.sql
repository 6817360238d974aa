-- Entries that a credit note released are billed on another invoice, also where they are asked for just as the first time.

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

  -- Drafts before entries and each in id order, as everywhere: of those who ask at once the second waits here for the first.
  perform 1 from public.draft_line_items d
  where d.workspace_id = v_client.workspace_id
    and d.id in (select draft_line_item_id from public.time_entries where id = any (v_ids)) order by d.id for update;
  perform 1 from public.time_entries where id = any (v_ids) and workspace_id = v_client.workspace_id order by id for update;
  -- What was released by a credit note is asked for anew: its invoice is not void, and is no answer any more.
  v_key := md5(v_client.workspace_id::text || array_to_string(v_ids, '') || coalesce((select nullif(count(*), 0)::text
    from public.invoice_line_entries where time_entry_id = any (v_ids) and not live), ''));
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

