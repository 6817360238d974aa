-- From approved drafts to a finalised invoice, and back where it is voided.

create view public.invoice_list with (security_invoker = true) as
select i.*, c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;
comment on view public.invoice_list is
  'Invoices with their client. overdue is derived: open, and the due date has passed in the client''s zone.';
revoke all on public.invoice_list from anon, authenticated;
grant select on public.invoice_list to authenticated, service_role;

create function private.refresh_invoice(p_invoice_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.invoices i set subtotal_minor = t.total, total_minor = t.total + i.tax_minor
  from (select coalesce(sum(total_minor), 0) as total from public.invoice_lines where invoice_id = p_invoice_id) t
  where i.id = p_invoice_id
$$;
comment on function private.refresh_invoice(uuid) is 'The one place where an invoice is summed up.';

create function private.lock_invoice(p_invoice_id uuid, p_status text)
returns public.invoices
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  select * into v_invoice from public.invoices where id = p_invoice_id for update;
  perform private.require_role(v_invoice.workspace_id, private.managers());
  if p_status is not null and v_invoice.status <> p_status then
    perform private.fail('BH005', format('the invoice is %s, not %s', v_invoice.status, p_status), v_invoice.status);
  end if;
  return v_invoice;
end
$$;
comment on function private.lock_invoice(uuid, text) is 'Locks an invoice for a manager of its workspace, in the given status.';

create function private.lock_drafts_of_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform 1 from public.draft_line_items where invoice_id = p_invoice_id order by id for update;
end
$$;
comment on function private.lock_drafts_of_invoice(uuid) is
  'In id order, as lock_drafts does, so that an invoice and the inbox cannot wait for each other''s drafts.';
grant execute on function private.lock_drafts_of_invoice(uuid) to service_role;

create function private.put_drafts_on_invoice(p_invoice public.invoices, p_draft_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_position integer;
  v_bad record;
begin
  select d.id, d.status, d.currency, d.client_id, d.workspace_id, d.billable, d.invoice_id into v_bad
  from public.draft_line_items d
  where d.id = any (p_draft_ids) and (d.status <> 'approved' or d.invoice_id is not null or d.currency <> p_invoice.currency
    or d.client_id <> p_invoice.client_id or d.workspace_id <> p_invoice.workspace_id or not d.billable)
  limit 1;
  if v_bad.id is not null then
    if v_bad.workspace_id <> p_invoice.workspace_id then
      perform private.fail('BH002', 'not found');
    elsif v_bad.invoice_id is not null then
      perform private.fail('BH006', 'already on an invoice', v_bad.invoice_id::text);
    elsif v_bad.status <> 'approved' then
      perform private.fail('BH005', 'only approved drafts can be invoiced', v_bad.id::text);
    elsif v_bad.client_id <> p_invoice.client_id then
      perform private.fail('BH007', 'all lines of an invoice are for one client', v_bad.id::text);
    elsif v_bad.currency <> p_invoice.currency then
      perform private.fail('BH007', 'all lines of an invoice have one currency', v_bad.id::text);
    else
      perform private.fail('BH005', 'this draft is not billable', v_bad.id::text);
    end if;
  end if;

  select coalesce(max(position), 0) into v_position from public.invoice_lines where invoice_id = p_invoice.id;
  with added as (
    insert into public.invoice_lines (workspace_id, invoice_id, position, description, project_id, draft_line_item_id,
      ticket_key, start_date, end_date, seconds, hourly_rate_minor)
    select d.workspace_id, p_invoice.id, v_position + row_number() over (order by d.start_date, d.created_at, d.id),
      d.description, d.project_id, d.id, d.ticket_key, d.start_date, d.end_date, e.billed_seconds, e.hourly_rate_minor
    from public.draft_line_items d
    join public.time_entries e on e.draft_line_item_id = d.id and e.superseded_at is null
    where d.id = any (p_draft_ids)
    returning id, draft_line_item_id, workspace_id
  )
  insert into public.invoice_line_entries (invoice_line_id, time_entry_id, workspace_id)
  select a.id, e.id, a.workspace_id from added a
  join public.time_entries e on e.draft_line_item_id = a.draft_line_item_id and e.superseded_at is null;
  update public.draft_line_items set invoice_id = p_invoice.id where id = any (p_draft_ids);
  update public.time_entries set invoice_id = p_invoice.id
  where draft_line_item_id = any (p_draft_ids) and superseded_at is null;
  perform private.refresh_invoice(p_invoice.id);
end
$$;
comment on function private.put_drafts_on_invoice(public.invoices, uuid[]) is
  'One line per approved draft, with the seconds and the rate of its time entry. The drafts are locked by the caller.';

create function public.create_invoice(p_client_id uuid, p_draft_ids uuid[])
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_client public.clients;
  v_invoice public.invoices;
  v_currency text;
  v_found integer;
  v_existing uuid[];
begin
  select * into v_client from public.clients where id = p_client_id;
  perform private.require_role(v_client.workspace_id, private.managers());
  if coalesce(cardinality(p_draft_ids), 0) = 0 then
    perform private.fail('BH008', 'choose at least one approved draft');
  end if;
  perform 1 from public.draft_line_items
  where id = any (p_draft_ids) and workspace_id = v_client.workspace_id order by id for update;
  select count(*), min(currency), array_agg(distinct invoice_id) filter (where invoice_id is not null)
  into v_found, v_currency, v_existing
  from public.draft_line_items where id = any (p_draft_ids) and workspace_id = v_client.workspace_id;
  if v_found <> (select count(distinct x) from unnest(p_draft_ids) x) then
    perform private.fail('BH002', 'not found');
  end if;

  -- The second of two tabs finds the drafts on the invoice the first one made, and gets that invoice.
  if cardinality(v_existing) = 1
    and not exists (select 1 from public.draft_line_items where id = any (p_draft_ids) and invoice_id is null)
    and v_found = (select count(*) from public.draft_line_items where invoice_id = v_existing[1])
    and exists (select 1 from public.invoices where id = v_existing[1] and client_id = p_client_id) then
    return v_existing[1];
  end if;

  perform set_config('billhook.action', 'invoice', true);
  insert into public.invoices (workspace_id, client_id, currency, payment_terms_days, created_by)
  select v_client.workspace_id, p_client_id, v_currency, coalesce(v_client.payment_terms_days, w.payment_terms_days), auth.uid()
  from public.workspaces w where w.id = v_client.workspace_id
  returning * into v_invoice;
  perform private.put_drafts_on_invoice(v_invoice, p_draft_ids);
  return v_invoice.id;
end
$$;
comment on function public.create_invoice(uuid, uuid[]) is
  'An invoice draft from approved drafts of one client and currency. Asked twice for the same drafts, from two tabs at once, '
  'it answers the same invoice. security definer: invoices are not writable directly.';

create function public.add_to_invoice(p_invoice_id uuid, p_draft_ids uuid[])
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_new uuid[];
begin
  v_invoice := private.lock_invoice(p_invoice_id, 'draft');
  perform 1 from public.draft_line_items
  where id = any (p_draft_ids) and workspace_id = v_invoice.workspace_id order by id for update;
  if (select count(distinct x) from unnest(p_draft_ids) x) <> (select count(*) from public.draft_line_items
      where id = any (p_draft_ids) and workspace_id = v_invoice.workspace_id) then
    perform private.fail('BH002', 'not found');
  end if;
  select array_agg(id) into v_new from public.draft_line_items
  where id = any (p_draft_ids) and invoice_id is distinct from p_invoice_id;
  if v_new is not null then
    perform set_config('billhook.action', 'invoice', true);
    perform private.put_drafts_on_invoice(v_invoice, v_new);
  end if;
  return p_invoice_id;
end
$$;
comment on function public.add_to_invoice(uuid, uuid[]) is
  'Adds approved drafts to an invoice draft; those already on it stay as they are. security definer: invoices are not writable.';

create function public.remove_from_invoice(p_line_ids uuid[])
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice_id uuid;
  v_drafts uuid[];
begin
  select invoice_id into v_invoice_id from public.invoice_lines where id = any (p_line_ids) limit 1;
  perform private.lock_invoice(v_invoice_id, 'draft');
  if (select count(distinct x) from unnest(p_line_ids) x) <>
      (select count(*) from public.invoice_lines where id = any (p_line_ids) and invoice_id = v_invoice_id) then
    perform private.fail('BH002', 'not found');
  end if;
  select array_agg(draft_line_item_id) into v_drafts
  from public.invoice_lines where id = any (p_line_ids) and invoice_id = v_invoice_id;
  perform set_config('billhook.action', 'remove_from_invoice', true);
  delete from public.invoice_lines where id = any (p_line_ids) and invoice_id = v_invoice_id;
  update public.draft_line_items set invoice_id = null where id = any (v_drafts) and invoice_id = v_invoice_id;
  update public.time_entries set invoice_id = null where draft_line_item_id = any (v_drafts) and invoice_id = v_invoice_id;
  update public.invoice_lines l set position = n.nth
  from (select id, row_number() over (order by position) as nth from public.invoice_lines where invoice_id = v_invoice_id) n
  where l.id = n.id and l.position <> n.nth;
  perform private.refresh_invoice(v_invoice_id);
  return v_invoice_id;
end
$$;
comment on function public.remove_from_invoice(uuid[]) is
  'Takes lines off an invoice draft; their drafts stay approved and unbilled. security definer: invoices are not writable.';

create function public.update_invoice_line(p_line_id uuid, p_description text)
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
  if length(btrim(coalesce(p_description, ''))) not between 1 and 2000 then
    perform private.fail('BH003', 'a description has 1 to 2,000 characters', 'description');
  end if;
  perform set_config('billhook.action', 'edit', true);
  update public.invoice_lines set description = btrim(p_description) where id = p_line_id;
  return v_invoice_id;
end
$$;
comment on function public.update_invoice_line(uuid, text) is
  'Rewords a line of an invoice draft; its evidence stays. security definer: lines are not writable directly.';

create function public.update_invoice(p_invoice_id uuid, p_changes jsonb)
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
  where k <> all (array['issue_date', 'payment_terms_days', 'notes']) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'payment_terms_days' and (jsonb_typeof(p_changes -> 'payment_terms_days') <> 'number'
      or (p_changes ->> 'payment_terms_days')::numeric not between 0 and 365
      or (p_changes ->> 'payment_terms_days')::numeric <> trunc((p_changes ->> 'payment_terms_days')::numeric)) then
    perform private.fail('BH003', 'payment terms are 0 to 365 days', 'payment_terms_days');
  end if;
  perform private.check_text(p_changes, 'notes', 4000);
  if jsonb_typeof(p_changes -> 'issue_date') <> 'null' then
    v_issue_date := private.date_of(p_changes, 'issue_date');
  end if;
  perform set_config('billhook.action', 'edit', true);
  update public.invoices set
    issue_date = case when p_changes ? 'issue_date' then v_issue_date else issue_date end,
    payment_terms_days = case when p_changes ? 'payment_terms_days' then (p_changes ->> 'payment_terms_days')::integer
      else payment_terms_days end,
    notes = case when p_changes ? 'notes' then nullif(btrim(p_changes ->> 'notes'), '') else notes end
  where id = p_invoice_id;
  return p_invoice_id;
end
$$;
comment on function public.update_invoice(uuid, jsonb) is
  'Edits date, terms and notes of an invoice draft. security definer: invoices are not writable directly.';

create function public.delete_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.lock_invoice(p_invoice_id, 'draft');
  perform private.lock_drafts_of_invoice(p_invoice_id);
  perform set_config('billhook.action', 'discard', true);
  update public.draft_line_items set invoice_id = null where invoice_id = p_invoice_id;
  update public.time_entries set invoice_id = null where invoice_id = p_invoice_id;
  delete from public.invoices where id = p_invoice_id;
end
$$;
comment on function public.delete_invoice(uuid) is
  'Discards an invoice draft; its drafts stay approved and unbilled. security definer: invoices are not writable directly.';

create function public.finalise_invoice(p_invoice_id uuid)
returns text
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_workspace public.workspaces;
  v_client public.clients;
  v_date date;
  v_number integer;
  v_label text;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.status <> 'draft' then
    -- Asked again after a lost answer: the invoice has its number already.
    if v_invoice.status = 'void' then
      perform private.fail('BH005', 'the invoice is void', v_invoice.status);
    end if;
    return v_invoice.number;
  end if;
  if not exists (select 1 from public.invoice_lines where invoice_id = p_invoice_id) then
    perform private.fail('BH008', 'an invoice needs at least one line');
  end if;
  select * into v_workspace from public.workspaces where id = v_invoice.workspace_id;
  select * into v_client from public.clients where id = v_invoice.client_id;
  v_date := coalesce(v_invoice.issue_date, (now() at time zone v_workspace.timezone)::date);

  insert into public.invoice_counters as c (workspace_id, series, period, last_number)
  values (v_invoice.workspace_id, 'invoice',
    case when v_workspace.invoice_number_pattern like '%{year}%' then extract(year from v_date)::integer else 0 end, 1)
  on conflict (workspace_id, series, period) do update set last_number = c.last_number + 1
  returning last_number into v_number;
  v_label := replace(replace(v_workspace.invoice_number_pattern, '{year}', extract(year from v_date)::integer::text),
    '{number}', lpad(v_number::text, greatest(4, length(v_number::text)), '0'));
  if exists (select 1 from public.invoices where workspace_id = v_invoice.workspace_id and number = v_label) then
    perform private.fail('BH005', format('the number %s is taken; change the pattern of invoice numbers', v_label), v_label);
  end if;

  perform private.lock_drafts_of_invoice(p_invoice_id);
  perform set_config('billhook.action', 'finalise', true);
  perform private.refresh_invoice(p_invoice_id);
  update public.invoices set status = 'open', number = v_label, finalised_at = now(), issue_date = v_date,
    due_date = v_date + payment_terms_days,
    biller = jsonb_build_object('name', coalesce(v_workspace.legal_name, v_workspace.name), 'address', v_workspace.address,
      'email', v_workspace.email, 'tax_id', v_workspace.tax_id, 'bank_details', v_workspace.bank_details,
      'locale', v_workspace.locale, 'time_display', v_workspace.time_display),
    recipient = jsonb_build_object('name', v_client.name, 'contact_name', v_client.contact_name, 'email', v_client.email,
      'address', v_client.address, 'country', v_client.country, 'tax_id', v_client.tax_id, 'locale', v_client.locale)
  where id = p_invoice_id;
  update public.draft_line_items set status = 'invoiced' where invoice_id = p_invoice_id;
  update public.time_entries set status = 'invoiced' where invoice_id = p_invoice_id;
  update public.commits set status = 'invoiced', invoiced_at = now()
  where status = 'drafted' and id in (select l.commit_id from public.commit_draft_items l
    join public.draft_line_items d on d.id = l.draft_line_item_id where d.invoice_id = p_invoice_id);
  return v_label;
end
$$;
comment on function public.finalise_invoice(uuid) is
  'Gives the number, fixes dates, parties and total, and marks drafts, entries and commits as invoiced, all at once. The '
  'counter row is locked until commit, so numbers have no gaps. Asked twice, it answers the same number. '
  'security definer: invoices are not writable directly.';

create function public.void_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.status = 'void' then
    return;
  end if;
  if v_invoice.status not in ('open', 'uncollectible') then
    perform private.fail('BH005', format('an invoice that is %s cannot be voided', v_invoice.status), v_invoice.status);
  end if;
  if v_invoice.stripe_invoice_id is not null and v_invoice.stripe_status is distinct from 'void' then
    perform private.fail('BH005', 'the invoice is still open in Stripe; it is voided there first', 'stripe');
  end if;
  perform private.release_invoice(p_invoice_id, now());
end
$$;

create function private.release_invoice(p_invoice_id uuid, p_at timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.lock_drafts_of_invoice(p_invoice_id);
  perform set_config('billhook.action', 'void', true);
  update public.commits k set status = 'drafted', invoiced_at = null
  where k.status = 'invoiced' and k.id in (select l.commit_id from public.commit_draft_items l
    join public.draft_line_items d on d.id = l.draft_line_item_id where d.invoice_id = p_invoice_id)
    -- A commit that another invoice still bills stays invoiced.
    and not exists (select 1 from public.commit_draft_items o join public.draft_line_items d on d.id = o.draft_line_item_id
      where o.commit_id = k.id and d.status = 'invoiced' and d.invoice_id <> p_invoice_id);
  update public.invoice_line_entries set live = false
  where invoice_line_id in (select id from public.invoice_lines where invoice_id = p_invoice_id);
  update public.draft_line_items set status = 'approved', invoice_id = null where invoice_id = p_invoice_id;
  update public.time_entries set status = 'stopped', invoice_id = null where invoice_id = p_invoice_id;
  update public.invoices set status = 'void', voided_at = p_at where id = p_invoice_id;
end
$$;
comment on function private.release_invoice(uuid, timestamptz) is
  'Voids in one transaction: lines stay as history, their time is unbilled again.';
grant execute on function private.release_invoice(uuid, timestamptz) to service_role;
comment on function public.void_invoice(uuid) is
  'Voids an open invoice: it keeps its number, and everything on it is unbilled again. Twice is the same as once. '
  'security definer: invoices are not writable directly.';

grant execute on function public.create_invoice(uuid, uuid[]), public.add_to_invoice(uuid, uuid[]),
  public.remove_from_invoice(uuid[]), public.update_invoice_line(uuid, text), public.update_invoice(uuid, jsonb),
  public.delete_invoice(uuid), public.finalise_invoice(uuid), public.void_invoice(uuid) to authenticated;

create function public.invoice_document(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('invoice', to_jsonb(i), 'client', to_jsonb(c), 'workspace', to_jsonb(w),
    'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from public.invoice_lines l
      where l.invoice_id = i.id))
  from public.invoices i
  join public.clients c on c.id = i.client_id
  join public.workspaces w on w.id = i.workspace_id
  where i.id = p_invoice_id
$$;
comment on function public.invoice_document(uuid) is
  'Everything that the PDF and the payment provider show, in one round trip; under the caller''s row level security.';

create function public.check_invoice_manager(p_invoice_id uuid, p_statuses text[])
returns void
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  select * into v_invoice from public.invoices where id = p_invoice_id;
  perform private.require_role(v_invoice.workspace_id, private.managers());
  if not v_invoice.status = any (p_statuses) then
    perform private.fail('BH005', format('the invoice is %s', v_invoice.status), v_invoice.status);
  end if;
end
$$;
comment on function public.check_invoice_manager(uuid, text[]) is
  'Asked by the Worker before it acts on an invoice at the payment provider. security definer: require_role is internal.';
grant execute on function public.invoice_document(uuid), public.check_invoice_manager(uuid, text[]) to authenticated;

create function public.save_stripe_progress(p_invoice_id uuid, p_progress jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform set_config('billhook.action', 'stripe', true);
  update public.invoices set
    stripe_customer_id = coalesce(p_progress ->> 'customer_id', stripe_customer_id),
    stripe_invoice_id = coalesce(p_progress ->> 'invoice_id', stripe_invoice_id),
    stripe_hosted_url = coalesce(p_progress ->> 'hosted_url', stripe_hosted_url),
    -- An event may have told of the payment before the call that sent the invoice was answered.
    stripe_status = case when status in ('paid', 'void') then stripe_status
      else coalesce(p_progress ->> 'status', stripe_status) end,
    sent_at = coalesce(sent_at, (p_progress ->> 'sent_at')::timestamptz),
    stripe_error = p_progress ->> 'error'
  where id = p_invoice_id;
  update public.clients c set stripe_customer_id = p_progress ->> 'customer_id'
  from public.invoices i
  where i.id = p_invoice_id and c.id = i.client_id and p_progress ->> 'customer_id' is not null
    and c.stripe_customer_id is distinct from p_progress ->> 'customer_id';
end
$$;
comment on function public.save_stripe_progress(uuid, jsonb) is
  'Keeps what Stripe has made so far, after each step, so that the next attempt completes it instead of starting again.';
grant execute on function public.save_stripe_progress(uuid, jsonb) to service_role;

create function public.save_invoice_pdf(p_invoice_id uuid, p_pdf_key text)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.invoices set pdf_key = p_pdf_key where id = p_invoice_id
$$;
comment on function public.save_invoice_pdf(uuid, text) is 'Remembers where the PDF of a finalised invoice is stored.';
grant execute on function public.save_invoice_pdf(uuid, text) to service_role;

create function public.apply_stripe_event(p_event_id text, p_event_type text, p_event_at timestamptz, p_stripe_invoice_id text,
  p_status text, p_invoice_id uuid default null, p_amount_paid_minor bigint default null, p_paid_at timestamptz default null)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_outcome text;
begin
  select * into v_invoice from public.invoices
  where stripe_invoice_id = p_stripe_invoice_id or (stripe_invoice_id is null and id = p_invoice_id)
  order by stripe_invoice_id nulls last limit 1 for update;
  if exists (select 1 from public.stripe_events where event_id = p_event_id) then
    return (select outcome from public.stripe_events where event_id = p_event_id);
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
  insert into public.stripe_events (event_id, workspace_id, invoice_id, event_type, event_at, outcome)
  values (p_event_id, v_invoice.workspace_id, v_invoice.id, p_event_type, p_event_at, v_outcome)
  on conflict (event_id) do nothing;
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
    amount_paid_minor = coalesce(p_amount_paid_minor, amount_paid_minor),
    sent_at = case when p_event_type = 'invoice.sent' then coalesce(sent_at, p_event_at) else sent_at end
  where id = v_invoice.id;
  if p_status = 'paid' and v_invoice.status <> 'paid' then
    perform private.notify(v_invoice.workspace_id, 'invoice_paid', v_invoice.id, v_invoice.number);
  elsif p_event_type = 'invoice.payment_failed' then
    perform private.notify(v_invoice.workspace_id, 'invoice_failed', v_invoice.id, v_invoice.number);
  end if;
  return v_outcome;
end
$$;
comment on function public.apply_stripe_event(text, text, timestamptz, text, text, uuid, bigint, timestamptz) is
  'Handles an event of Stripe once, whatever the order. Amounts are minor units. An event for an invoice still in draft is '
  'kept as a mismatch: Billhook finalises first; so is a payment of an invoice that is void here, and the workspace is told.';
grant execute on function public.apply_stripe_event(text, text, timestamptz, text, text, uuid, bigint, timestamptz) to service_role;
