-- What happens to an invoice after it has its number: payments, write-offs, credit notes, and the numbers of each series.

alter table public.workspaces
  add column credit_note_number_pattern text not null default 'CN-{year}-{number}'
    check (credit_note_number_pattern like '%{number}%' and length(credit_note_number_pattern) <= 60),
  add column test_mode boolean not null default false;
comment on column public.workspaces.test_mode is
  'Invoices made from now on are tests: with numbers of their own, so that practising leaves no gap in those of the books.';
grant update (credit_note_number_pattern, test_mode) on public.workspaces to authenticated;
alter table public.clients add column number_code text check (number_code ~ '^[A-Z0-9]{1,12}$');
comment on column public.clients.number_code is 'What {client} stands for in numbers of invoices; else the beginning of the name.';
grant insert (number_code), update (number_code) on public.clients to authenticated;

alter table public.invoices
  add column kind text not null default 'invoice' check (kind in ('invoice', 'credit_note')),
  add column corrects_id uuid,
  add column is_test boolean not null default false,
  add column credited_minor bigint not null default 0 check (credited_minor >= 0),
  add foreign key (workspace_id, corrects_id) references public.invoices (workspace_id, id) on delete restrict,
  add check ((kind = 'credit_note') = (corrects_id is not null));
comment on column public.invoices.corrects_id is 'The invoice that a credit note (its amounts are above zero) takes something off.';
comment on column public.invoices.credited_minor is 'What credit notes took off the invoice, tax included.';
create index invoices_corrects on public.invoices (corrects_id) where corrects_id is not null;
create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;

create table public.invoice_payments (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  invoice_id uuid not null,
  amount_minor bigint not null check (amount_minor <> 0),
  paid_on date not null,
  method text check (length(method) <= 60),
  note text check (length(note) <= 500),
  source text not null default 'manual' check (source in ('manual', 'stripe')),
  created_by uuid,
  created_at timestamptz not null default now(),
  foreign key (workspace_id, invoice_id) references public.invoices (workspace_id, id) on delete cascade
);
comment on table public.invoice_payments is
  'Money for an invoice, in minor units of its currency; below zero it went back. One row of source stripe says what Stripe has '
  'received in all. invoices.amount_paid_minor is their sum.';
create index invoice_payments_invoice on public.invoice_payments (invoice_id);
create unique index invoice_payments_stripe on public.invoice_payments (invoice_id) where source = 'stripe';
alter table public.invoice_payments enable row level security;
create policy invoice_payments_read on public.invoice_payments for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.invoice_payments from anon, authenticated;
grant select on public.invoice_payments to authenticated;
grant all on public.invoice_payments to service_role;
create trigger audit_insert after insert on public.invoice_payments referencing new table as new_rows
  for each statement execute function private.audit_insert();
create trigger audit_update after update on public.invoice_payments referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('id');
create trigger audit_delete after delete on public.invoice_payments referencing old table as old_rows
  for each statement execute function private.audit_delete();

-- What was paid before payments had rows.
insert into public.invoice_payments (workspace_id, invoice_id, amount_minor, paid_on, source)
select workspace_id, id, amount_paid_minor, coalesce(paid_at, updated_at)::date,
  case when stripe_invoice_id is null then 'manual' else 'stripe' end
from public.invoices where amount_paid_minor > 0;

create or replace function private.guard_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- What happens to an invoice after it was finalised; everything else of it stays.
  v_open constant text[] := array['status', 'amount_paid_minor', 'credited_minor', 'sent_at', 'paid_at', 'voided_at', 'pdf_key',
    'stripe_invoice_id', 'stripe_customer_id', 'stripe_status', 'stripe_hosted_url', 'stripe_event_at', 'stripe_error', 'version',
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

create or replace function private.start_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if new.kind = 'credit_note' then
    return new;
  end if;
  select coalesce(c.prices_include_tax, w.prices_include_tax), w.tax_rounding, w.test_mode
  into new.prices_include_tax, new.tax_rounding, new.is_test
  from public.workspaces w left join public.clients c on c.workspace_id = w.id and c.id = new.client_id
  where w.id = new.workspace_id;
  return new;
end
$$;
comment on function private.start_invoice() is
  'A new invoice begins with what the client''s prices mean, the workspace''s rounding, and whether it is a test.';

create function private.next_number(p_invoice public.invoices, p_workspace public.workspaces, p_client public.clients, p_date date)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_pattern constant text := case p_invoice.kind when 'credit_note' then p_workspace.credit_note_number_pattern
    else p_workspace.invoice_number_pattern end;
  v_number integer;
  v_label text;
begin
  insert into public.invoice_counters as c (workspace_id, series, period, last_number)
  values (p_invoice.workspace_id, p_invoice.kind || case when p_invoice.is_test then '_test' else '' end,
    case when v_pattern like '%{year}%' then extract(year from p_date)::integer else 0 end, 1)
  on conflict (workspace_id, series, period) do update set last_number = c.last_number + 1
  returning last_number into v_number;
  v_label := case when p_invoice.is_test then 'TEST-' else '' end || v_pattern;
  v_label := replace(v_label, '{year}', extract(year from p_date)::integer::text);
  v_label := replace(v_label, '{month}', to_char(p_date, 'MM'));
  v_label := replace(v_label, '{client}', coalesce(p_client.number_code,
    nullif(upper(left(regexp_replace(p_client.name, '[^A-Za-z0-9]', '', 'g'), 6)), ''), 'CLIENT'));
  v_label := replace(v_label, '{number}', lpad(v_number::text, greatest(4, length(v_number::text)), '0'));
  if length(v_label) > 60 then
    perform private.fail('BH005', 'the pattern of numbers makes a number that is too long', v_label);
  end if;
  if exists (select 1 from public.invoices where workspace_id = p_invoice.workspace_id and number = v_label) then
    perform private.fail('BH005', format('the number %s is taken; change the pattern of invoice numbers', v_label), v_label);
  end if;
  return v_label;
end
$$;
comment on function private.next_number(public.invoices, public.workspaces, public.clients, date) is
  'The next number of the series (invoices, credit notes, tests of each), by its pattern; counted anew each year where the '
  'pattern names the year. The counter row stays locked until commit, so numbers have no gaps.';

create or replace function public.finalise_invoice(p_invoice_id uuid)
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

  v_label := private.next_number(v_invoice, v_workspace, v_client, v_date);

  perform private.lock_drafts_of_invoice(p_invoice_id);
  perform set_config('billhook.action', 'finalise', true);
  perform private.refresh_invoice(p_invoice_id);
  update public.invoices set status = 'open', number = v_label, finalised_at = now(), issue_date = v_date,
    due_date = v_date + case when kind = 'invoice' then payment_terms_days else 0 end,
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

create function private.settle_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_paid bigint;
  v_settled boolean;
begin
  select * into v_invoice from public.invoices where id = p_invoice_id;
  select coalesce(sum(amount_minor), 0) into v_paid from public.invoice_payments where invoice_id = p_invoice_id;
  v_settled := v_paid + v_invoice.credited_minor >= v_invoice.total_minor;
  perform set_config('billhook.settling', 'on', true);
  update public.invoices set amount_paid_minor = v_paid,
    status = case
      when status in ('open', 'uncollectible') and v_settled then 'paid'
      when status = 'paid' and not v_settled then 'open'
      else status end,
    paid_at = case when v_settled then coalesce(paid_at, now()) end
  where id = p_invoice_id;
  perform set_config('billhook.settling', '', true);
end
$$;
comment on function private.settle_invoice(uuid) is
  'Sums up what was paid: an invoice whose payments and credits reach its total is paid, and open again if they no longer do.';

create function private.book_stripe_payment(p_invoice public.invoices, p_amount_minor bigint, p_at timestamptz)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
begin
  if p_amount_minor > 0 then
    insert into public.invoice_payments (workspace_id, invoice_id, amount_minor, paid_on, method, source)
    values (p_invoice.workspace_id, p_invoice.id, p_amount_minor, (p_at at time zone 'UTC')::date, 'Stripe', 'stripe')
    on conflict (invoice_id) where source = 'stripe' do update set amount_minor = excluded.amount_minor
      where public.invoice_payments.amount_minor <> excluded.amount_minor;
  end if;
  return (select coalesce(sum(amount_minor), 0) from public.invoice_payments where invoice_id = p_invoice.id);
end
$$;
comment on function private.book_stripe_payment(public.invoices, bigint, timestamptz) is
  'Keeps what Stripe says it received for an invoice in all, and answers what was paid by every way.';
grant execute on function private.book_stripe_payment(public.invoices, bigint, timestamptz) to service_role;

create or replace function public.apply_stripe_event(p_event_id text, p_event_type text, p_event_at timestamptz, p_stripe_invoice_id text,
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
    amount_paid_minor = private.book_stripe_payment(v_invoice, p_amount_paid_minor, coalesce(p_paid_at, p_event_at)),
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

create function public.record_payment(p_invoice_id uuid, p_payment jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_id constant uuid := coalesce((p_payment ->> 'id')::uuid, gen_random_uuid());
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.kind <> 'invoice' or v_invoice.status not in ('open', 'paid', 'uncollectible') then
    perform private.fail('BH005', format('no payment is booked on an invoice that is %s', v_invoice.status), v_invoice.status);
  end if;
  if exists (select 1 from public.invoice_payments where id = v_id) then
    return v_id;
  end if;
  if coalesce(p_payment ->> 'amount_minor', '0') = '0' then
    perform private.fail('BH003', 'enter an amount', 'amount_minor');
  end if;
  perform private.check_amount(p_payment, 'amount_minor', -9000000000000000, 9000000000000000, 0,
    'an amount is a whole number of minor units');
  if (p_payment ->> 'amount_minor')::bigint + v_invoice.amount_paid_minor < 0 then
    perform private.fail('BH003', 'more cannot go back than was paid', 'amount_minor');
  end if;
  perform private.check_text(p_payment, 'method', 60);
  perform private.check_text(p_payment, 'note', 500);
  perform set_config('billhook.action', case when (p_payment ->> 'amount_minor')::bigint > 0 then 'payment' else 'refund' end, true);
  insert into public.invoice_payments (id, workspace_id, invoice_id, amount_minor, paid_on, method, note, created_by)
  values (v_id, v_invoice.workspace_id, p_invoice_id, (p_payment ->> 'amount_minor')::bigint,
    private.date_of(p_payment, 'paid_on'), nullif(btrim(p_payment ->> 'method'), ''), nullif(btrim(p_payment ->> 'note'), ''), auth.uid());
  perform private.settle_invoice(p_invoice_id);
  return v_id;
end
$$;
comment on function public.record_payment(uuid, jsonb) is
  'Books money for an invoice (below zero: money that went back): {id, amount_minor, paid_on, method, note}. The id comes from the '
  'page, so that asking twice is the same as once. security definer: payments are not writable directly.';

create function public.remove_payment(p_payment_id uuid)
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
  perform set_config('billhook.action', 'remove_payment', true);
  delete from public.invoice_payments where id = p_payment_id;
  perform private.settle_invoice(v_payment.invoice_id);
end
$$;
comment on function public.remove_payment(uuid) is
  'Takes back a payment that was booked by mistake; the audit keeps it. security definer: payments are not writable directly.';

create function public.write_off_invoice(p_invoice_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.status = 'uncollectible' then
    return;
  end if;
  if v_invoice.status <> 'open' then
    perform private.fail('BH005', format('an invoice that is %s cannot be written off', v_invoice.status), v_invoice.status);
  end if;
  perform set_config('billhook.action', 'write_off', true);
  update public.invoices set status = 'uncollectible' where id = p_invoice_id;
end
$$;
comment on function public.write_off_invoice(uuid) is
  'Gives up on the money of an open invoice; should it come after all, it is booked as any payment. Its work stays billed. '
  'security definer: invoices are not writable directly.';

create or replace function public.void_invoice(p_invoice_id uuid)
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
  if v_invoice.kind <> 'invoice' then
    perform private.fail('BH005', 'a credit note cannot be voided', v_invoice.kind);
  end if;
  if v_invoice.amount_paid_minor <> 0 or v_invoice.credited_minor > 0 then
    perform private.fail('BH005', 'the invoice is paid or credited in part; write a credit note for the rest', 'payments');
  end if;
  if v_invoice.stripe_invoice_id is not null and v_invoice.stripe_status is distinct from 'void' then
    perform private.fail('BH005', 'the invoice is still open in Stripe; it is voided there first', 'stripe');
  end if;
  perform private.release_invoice(p_invoice_id, now());
end
$$;

create function private.release_lines(p_line_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_entries uuid[];
  v_drafts uuid[];
begin
  select array_agg(e.id), array_agg(e.draft_line_item_id) into v_entries, v_drafts
  from public.invoice_line_entries x join public.time_entries e on e.id = x.time_entry_id
  where x.invoice_line_id = any (p_line_ids) and x.live;
  perform 1 from public.draft_line_items where id = any (v_drafts) order by id for update;
  update public.invoice_line_entries set live = false where invoice_line_id = any (p_line_ids) and live;
  update public.draft_line_items set status = 'approved', invoice_id = null where id = any (v_drafts);
  update public.time_entries set status = 'stopped', invoice_id = null where id = any (v_entries);
  update public.commits k set status = 'drafted', invoiced_at = null
  where k.status = 'invoiced' and k.id in (select l.commit_id from public.commit_draft_items l where l.draft_line_item_id = any (v_drafts))
    and not exists (select 1 from public.commit_draft_items o join public.draft_line_items d on d.id = o.draft_line_item_id
      where o.commit_id = k.id and d.status = 'invoiced');
end
$$;
comment on function private.release_lines(uuid[]) is 'What lines billed is unbilled again; they keep it as their evidence.';

create function public.credit_invoice(p_invoice_id uuid, p_credit jsonb)
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
  select v_note.workspace_id, v_note.id, row_number() over (order by g.nth), format('Credit for %s', v_invoice.number), 'fee', 1000,
    private.divide_rounded(v_amount * g.upto, v_invoice.total_minor) - private.divide_rounded(v_amount * (g.upto - g.gross), v_invoice.total_minor),
    g.tax_rate_id
  from (
    select min(l.position) as nth, t.category, t.percent, min(l.tax_rate_id::text)::uuid as tax_rate_id,
      sum(l.taxable_minor + l.tax_minor) as gross, sum(sum(l.taxable_minor + l.tax_minor)) over (order by min(l.position)) as upto
    from public.invoice_lines l left join public.tax_rates t on t.id = l.tax_rate_id
    where l.invoice_id = p_invoice_id group by t.category, t.percent
  ) g
  where v_lines is null and g.gross > 0;
  perform private.refresh_invoice(v_note.id);
  perform public.finalise_invoice(v_note.id);
  perform set_config('billhook.action', 'credit', true);
  update public.invoices set status = 'paid' where id = v_note.id;
  update public.invoices set credited_minor = credited_minor + v_amount where id = p_invoice_id;
  perform private.settle_invoice(p_invoice_id);
  if coalesce((p_credit ->> 'release')::boolean, false) then
    perform private.release_lines(v_lines);
  end if;
  return v_note.id;
end
$$;
comment on function public.credit_invoice(uuid, jsonb) is
  'Writes a credit note, with its number, for what is left of an invoice, for lines of it {line_ids} or for an amount '
  '{amount_minor}, tax included; {release: true} makes the work of the lines billable again. The id comes from the page, so that '
  'asking twice is the same as once. security definer: invoices are not writable directly.';

create function public.duplicate_invoice(p_invoice_id uuid)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_copy public.invoices;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.kind <> 'invoice' or not exists (select 1 from public.invoice_lines where invoice_id = p_invoice_id and kind <> 'time') then
    perform private.fail('BH008', 'nothing on it was entered by hand, and time is billed once');
  end if;
  perform set_config('billhook.action', 'duplicate', true);
  insert into public.invoices (workspace_id, client_id, currency, payment_terms_days, created_by, notes, discount_percent)
  values (v_invoice.workspace_id, v_invoice.client_id, v_invoice.currency, v_invoice.payment_terms_days, auth.uid(), v_invoice.notes,
    v_invoice.discount_percent)
  returning * into v_copy;
  insert into public.invoice_lines (workspace_id, invoice_id, position, description, detail, kind, quantity_thousandths,
    unit_price_minor, discount_percent, discount_minor, tax_rate_id)
  select workspace_id, v_copy.id, row_number() over (order by position), description, detail, kind, quantity_thousandths,
    unit_price_minor, discount_percent, discount_minor, tax_rate_id
  from public.invoice_lines where invoice_id = p_invoice_id and kind <> 'time';
  perform private.refresh_invoice(v_copy.id);
  return v_copy.id;
end
$$;
comment on function public.duplicate_invoice(uuid) is
  'A new draft with the fees and expenses of an invoice, for what comes again; its time is billed once. '
  'security definer: invoices are not writable directly.';

create or replace function public.invoice_document(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('invoice', to_jsonb(i), 'client', to_jsonb(c), 'workspace', to_jsonb(w),
    'corrects', (select o.number from public.invoices o where o.id = i.corrects_id),
    'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from public.invoice_lines l
      where l.invoice_id = i.id))
  from public.invoices i
  join public.clients c on c.id = i.client_id
  join public.workspaces w on w.id = i.workspace_id
  where i.id = p_invoice_id
$$;

grant execute on function public.record_payment(uuid, jsonb), public.remove_payment(uuid), public.write_off_invoice(uuid),
  public.credit_invoice(uuid, jsonb), public.duplicate_invoice(uuid) to authenticated;
