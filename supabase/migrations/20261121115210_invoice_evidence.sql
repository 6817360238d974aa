-- What stands behind an invoice's lines, for an appendix to its PDF.

alter table public.clients add column evidence_appendix boolean not null default false;
comment on column public.clients.evidence_appendix is 'New invoices show the entries, tickets and commits behind their lines.';
grant insert (evidence_appendix), update (evidence_appendix) on public.clients to authenticated;
alter table public.invoices add column evidence_appendix boolean not null default false;
comment on column public.invoices.evidence_appendix is 'The PDF shows the entries, tickets and commits behind the lines.';
create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;

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
  select coalesce(c.prices_include_tax, w.prices_include_tax), w.tax_rounding, w.test_mode, coalesce(c.evidence_appendix, false)
  into new.prices_include_tax, new.tax_rounding, new.is_test, new.evidence_appendix
  from public.workspaces w left join public.clients c on c.workspace_id = w.id and c.id = new.client_id
  where w.id = new.workspace_id;
  return new;
end
$$;
comment on function private.start_invoice() is
  'A new invoice begins with what the client''s prices mean, the workspace''s rounding, whether it is a test, and whether it shows '
  'its evidence.';

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
    'tax_rounding', 'evidence_appendix']) limit 1;
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
  if p_changes ? 'evidence_appendix' and jsonb_typeof(p_changes -> 'evidence_appendix') <> 'boolean' then
    perform private.fail('BH003', 'the evidence is added, or it is not', 'evidence_appendix');
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
    tax_rounding = coalesce(p_changes ->> 'tax_rounding', tax_rounding),
    evidence_appendix = coalesce((p_changes ->> 'evidence_appendix')::boolean, evidence_appendix)
  where id = p_invoice_id;
  perform private.refresh_invoice(p_invoice_id);
  return p_invoice_id;
end
$$;
comment on function public.update_invoice(uuid, jsonb) is
  'Edits date, terms, notes, discount, what prices and rounding mean, and whether the evidence is shown, of an invoice draft. '
  'security definer: invoices are not writable directly.';

create function private.evidence_of(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with entries as materialized (
    select l.id as line_id, l.position, e.id, e.entry_date, e.created_at, e.draft_line_item_id, left(e.description, 500) as description,
      e.billed_seconds, d.ticket_key, left(t.title, 200) as ticket_title,
      row_number() over (order by l.position, e.entry_date, e.created_at, e.id) as nth
    from public.invoice_lines l
    join public.invoice_line_entries x on x.invoice_line_id = l.id
    join public.time_entries e on e.id = x.time_entry_id
    left join public.draft_line_items d on d.id = e.draft_line_item_id
    left join public.tickets t on t.id = d.ticket_id
    where l.invoice_id = p_invoice_id
  ), behind as (
    select e.id as entry_id, c.short_hash, left(split_part(c.message, E'\n', 1), 200) as subject, r.name as repository,
      row_number() over (order by e.nth, c.committed_at, c.id) as nth, row_number() over (partition by e.id order by c.committed_at, c.id) as own_nth
    from entries e
    join public.commit_draft_items i on i.draft_line_item_id = e.draft_line_item_id
    join public.commits c on c.id = i.commit_id
    join public.repositories r on r.id = c.repository_id
  ), commits as (
    select entry_id, count(*) as commits,
      jsonb_agg(jsonb_build_object('hash', short_hash, 'subject', subject, 'repository', repository) order by own_nth)
        filter (where nth <= 1000) as shown
    from behind group by entry_id
  )
  select jsonb_build_object('entries', (select count(*) from entries), 'lines', coalesce((
    select jsonb_agg(jsonb_build_object('line_id', s.line_id, 'entries', s.entries) order by s.position)
    from (
      select e.line_id, e.position, jsonb_agg(jsonb_build_object('date', e.entry_date, 'description', e.description,
        'seconds', e.billed_seconds, 'ticket_key', e.ticket_key, 'ticket_title', e.ticket_title,
        'commits', coalesce(c.shown, '[]'), 'commits_left_out', coalesce(c.commits - jsonb_array_length(coalesce(c.shown, '[]')), 0))
        order by e.nth) as entries
      from entries e left join commits c on c.entry_id = e.id
      where e.nth <= 1000 group by e.line_id, e.position
    ) s), '[]'))
$$;
comment on function private.evidence_of(uuid) is
  'What was done for each line of an invoice: {entries (how many), lines: [{line_id, entries: [{date, description, seconds, ticket_…, '
  'commits: [{hash, subject, repository}], commits_left_out}]}]}. A thousand entries and a thousand commits at most; void invoices '
  'keep theirs.';
grant execute on function private.evidence_of(uuid) to authenticated, service_role;

create or replace function public.invoice_document(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('invoice', to_jsonb(i), 'client', to_jsonb(c), 'workspace', to_jsonb(w),
    'corrects', (select o.number from public.invoices o where o.id = i.corrects_id),
    'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]') from public.invoice_lines l
      where l.invoice_id = i.id),
    'payments', (select coalesce(jsonb_agg(jsonb_build_object('amount_minor', p.amount_minor, 'paid_on', p.paid_on)
        order by p.paid_on, p.created_at, p.id), '[]')
      from public.invoice_payments p where p.invoice_id = i.id),
    'evidence', case when i.evidence_appendix then private.evidence_of(i.id) end)
  from public.invoices i
  join public.clients c on c.id = i.client_id
  join public.workspaces w on w.id = i.workspace_id
  where i.id = p_invoice_id
$$;
comment on function public.invoice_document(uuid) is
  'All that a PDF or a payment provider shows of an invoice, in one read: its parties, lines and payments, the invoice that it '
  'corrects, and its evidence where it is shown.';
