-- How a workspace's invoices look and where they are paid: fixed, with the parties, when an invoice is finalised.

create function private.is_iban(p_iban text)
returns boolean
language sql
immutable parallel safe
set search_path = ''
as $$
  -- ISO 13616-1, 6.1 and Annex A: two letters, two check digits and up to 30 of the bank's; in digits, modulo 97, it is 1.
  select p_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' and (
    select string_agg(case when c ~ '[0-9]' then c else (ascii(c) - 55)::text end, '' order by nth)::numeric % 97 = 1
    from regexp_split_to_table(substr(p_iban, 5) || left(p_iban, 4), '') with ordinality x (c, nth))
$$;
comment on function private.is_iban(text) is
  'Is this an IBAN, in capitals and without spaces, whose check digits are right? Its twin for forms is packages/domain/iban.ts.';
grant execute on function private.is_iban(text) to authenticated, service_role;

create table public.workspace_logos (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  media_type text not null check (media_type in ('image/png', 'image/jpeg')),
  image bytea not null check (octet_length(image) between 1 and 524288),
  width integer not null check (width between 16 and 1200),
  height integer not null check (height between 16 and 1200),
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  -- The signatures of PNG (ISO/IEC 15948, 5.2) and of JPEG (ISO/IEC 10918-1, B.1.1.3: SOI, and the first marker).
  check (case media_type when 'image/png' then substring(image from 1 for 8) = '\x89504e470d0a1a0a'::bytea
    else substring(image from 1 for 3) = '\xffd8ff'::bytea end)
);
comment on table public.workspace_logos is
  'Pictures at the head of invoices, in pixels. A row never changes: a finalised invoice names the one it was made with.';
alter table public.workspace_logos enable row level security;
create policy workspace_logos_read on public.workspace_logos for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.workspace_logos from anon, authenticated;
grant select on public.workspace_logos to authenticated;
grant all on public.workspace_logos to service_role;

alter table public.workspaces
  add column country text check (country ~ '^[A-Z]{2}$'),
  add column account_holder text check (length(account_holder) <= 70),
  add column iban text check (private.is_iban(iban)),
  -- ISO 9362: bank, country, place and, for a branch, three more.
  add column bic text check (bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
  add column bank_name text check (length(bank_name) <= 100),
  add column payment_code text not null default 'automatic' check (payment_code in ('automatic', 'epc', 'swiss', 'none')),
  add column accent_color text not null default '#1f5f5b' check (accent_color ~ '^#[0-9a-f]{6}$'),
  add column logo_id uuid,
  add foreign key (id, logo_id) references public.workspace_logos (workspace_id, id) on delete restrict;
comment on column public.workspaces.payment_code is
  'The code that banking apps read: EPC069-12 for euros within SEPA, the Swiss QR-bill, what fits the account, or none.';
comment on column public.workspaces.bank_details is 'Where to pay beside the IBAN, or what there is to say about it: free lines.';
grant update (country, account_holder, iban, bic, bank_name, payment_code, accent_color) on public.workspaces to authenticated;

create function public.set_workspace_logo(p_workspace_id uuid, p_logo jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_image bytea;
begin
  perform private.require_role(p_workspace_id, private.managers());
  perform 1 from public.workspaces where id = p_workspace_id for update;
  if p_logo is not null then
    begin
      v_image := decode(p_logo ->> 'image', 'base64');
      insert into public.workspace_logos (workspace_id, media_type, image, width, height)
      values (p_workspace_id, p_logo ->> 'media_type', v_image, (p_logo ->> 'width')::integer, (p_logo ->> 'height')::integer)
      returning id into v_id;
    exception when data_exception or integrity_constraint_violation then
      perform private.fail('BH003', 'a logo is a PNG or JPEG of at most 512 KiB and 16 to 1200 pixels each way', 'logo');
    end;
  end if;
  perform set_config('billhook.action', 'edit', true);
  update public.workspaces set logo_id = v_id where id = p_workspace_id;
  delete from public.workspace_logos l where l.workspace_id = p_workspace_id and l.id is distinct from v_id
    and not exists (select 1 from public.invoices i where i.workspace_id = p_workspace_id and i.biller ->> 'logo_id' = l.id::text);
  return v_id;
end
$$;
comment on function public.set_workspace_logo(uuid, jsonb) is
  'Sets the logo {media_type, image (base64), width, height} or, with null, takes it away. One that a finalised invoice shows is '
  'kept for it. security definer: logos are not writable directly.';
grant execute on function public.set_workspace_logo(uuid, jsonb) to authenticated;

create function private.biller_of(p_workspace public.workspaces)
returns jsonb
language sql
immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object('name', coalesce(p_workspace.legal_name, p_workspace.name), 'address', p_workspace.address,
    'country', p_workspace.country, 'email', p_workspace.email, 'tax_id', p_workspace.tax_id,
    'account_holder', p_workspace.account_holder, 'iban', p_workspace.iban, 'bic', p_workspace.bic,
    'bank_name', p_workspace.bank_name, 'bank_details', p_workspace.bank_details, 'payment_code', p_workspace.payment_code,
    'accent_color', p_workspace.accent_color, 'logo_id', p_workspace.logo_id, 'locale', p_workspace.locale,
    'time_display', p_workspace.time_display)
$$;
comment on function private.biller_of(public.workspaces) is 'Who bills, how that looks and where to pay, as an invoice keeps it.';

create function private.recipient_of(p_client public.clients)
returns jsonb
language sql
immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object('name', p_client.name, 'contact_name', p_client.contact_name, 'email', p_client.email,
    'address', p_client.address, 'country', p_client.country, 'tax_id', p_client.tax_id, 'locale', p_client.locale)
$$;
comment on function private.recipient_of(public.clients) is 'Who is billed, as an invoice keeps it.';

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
    biller = private.biller_of(v_workspace), recipient = private.recipient_of(v_client)
  where id = p_invoice_id;
  update public.draft_line_items set status = 'invoiced' where invoice_id = p_invoice_id;
  update public.time_entries set status = 'invoiced' where invoice_id = p_invoice_id;
  update public.commits set status = 'invoiced', invoiced_at = now()
  where status = 'drafted' and id in (select l.commit_id from public.commit_draft_items l
    join public.draft_line_items d on d.id = l.draft_line_item_id where d.invoice_id = p_invoice_id);
  return v_label;
end
$$;
