-- The account of Stripe that a workspace sends its invoices with, and what belongs to that account and to no other.

create table public.stripe_accounts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  source text not null default 'own' check (source in ('own', 'operator')),
  account_id text check (account_id ~ '^acct_[A-Za-z0-9_]{1,100}$'),
  name text check (length(name) <= 300),
  livemode boolean not null,
  key_hint text check (length(key_hint) <= 40),
  key_digest text check (length(key_digest) <= 64),
  state text not null default 'connected' check (state in ('connected', 'key_refused', 'permissions_missing', 'disconnected')),
  missing_permissions text[] not null default '{}' check (cardinality(missing_permissions) <= 40),
  problem text check (length(problem) <= 1000),
  webhook_endpoint_id text check (length(webhook_endpoint_id) <= 255),
  webhook_set_at timestamptz,
  webhook_heard_at timestamptz,
  checked_at timestamptz,
  compared_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  -- One row for what was sent before the accounts were told apart, whose id is learnt with the first call.
  unique nulls not distinct (workspace_id, source, account_id, livemode),
  check (source = 'operator' or account_id is not null)
);
comment on table public.stripe_accounts is
  'An account of Stripe, in one of its two modes, that invoices of this workspace are in. own: connected here with a key of its own, '
  'one at a time; operator: that of the installation''s environment. A disconnected one keeps its invoices and has no key. '
  'webhook_set_at: since when there is a secret to check its events with; webhook_heard_at: when the last one came.';
create unique index stripe_accounts_in_use on public.stripe_accounts (workspace_id) where source = 'own' and state <> 'disconnected';

create table public.stripe_secrets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  account_id uuid not null,
  purpose text not null check (purpose in ('key', 'webhook')),
  ciphertext text not null,
  created_at timestamptz not null default now(),
  unique (account_id, purpose),
  foreign key (workspace_id, account_id) references public.stripe_accounts (workspace_id, id) on delete cascade
);
comment on table public.stripe_secrets is
  'The API key of a workspace''s account and the secret that its events are signed with, encrypted. The service role''s alone.';

create table public.stripe_customers (
  client_id uuid not null,
  account_id uuid not null,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  customer_id text not null check (length(customer_id) between 1 and 255),
  name text check (length(name) <= 300),
  email text check (length(email) <= 320),
  linked_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (client_id, account_id),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete cascade,
  foreign key (workspace_id, account_id) references public.stripe_accounts (workspace_id, id) on delete cascade
);
comment on table public.stripe_customers is
  'Which customer of an account a client is: an id of one account is nothing in another. linked_by: who chose it; null: Billhook '
  'found or made it. name and email are as they were then.';

alter table public.stripe_accounts enable row level security;
create policy stripe_accounts_read on public.stripe_accounts for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
alter table public.stripe_customers enable row level security;
create policy stripe_customers_read on public.stripe_customers for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
alter table public.stripe_secrets enable row level security;
revoke all on public.stripe_accounts, public.stripe_customers, public.stripe_secrets from anon, authenticated;
grant select on public.stripe_accounts, public.stripe_customers to authenticated;
grant all on public.stripe_accounts, public.stripe_customers, public.stripe_secrets to service_role;
create trigger touch before update on public.stripe_accounts for each row execute function private.touch();
create trigger touch before update on public.stripe_customers for each row execute function private.touch();
create trigger audit_insert after insert on public.stripe_accounts referencing new table as new_rows
  for each statement execute function private.audit_insert();

alter table public.notifications drop constraint notifications_kind_check;
alter table public.notifications add constraint notifications_kind_check check (kind in ('drafts_waiting', 'delivery_failed',
  'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed', 'tracker_refused', 'worklog_failed', 'budget_used',
  'stripe_refused', 'stripe_differs'));

alter table public.invoices
  add column stripe_account_id uuid,
  add foreign key (workspace_id, stripe_account_id) references public.stripe_accounts (workspace_id, id) on delete restrict;
comment on column public.invoices.stripe_account_id is
  'The account that the invoice is in, from before anything of it is made there; it never becomes another one.';
create index invoices_stripe_account on public.invoices (stripe_account_id) where stripe_account_id is not null;
create or replace view public.invoice_list with (security_invoker = true) as
select c.name as client_name, c.locale as client_locale,
  i.status = 'open' and i.due_date < (now() at time zone coalesce(c.timezone, w.timezone))::date as overdue,
  (select count(*) from public.invoice_lines l where l.invoice_id = i.id)::integer as line_count,
  i.*
from public.invoices i
join public.clients c on c.id = i.client_id
join public.workspaces w on w.id = i.workspace_id;

-- An id is Stripe's own, and what one workspace says of it must not stand in another's way.
alter table public.invoices drop constraint invoices_stripe_invoice_id_key;
alter table public.invoices add unique (workspace_id, stripe_invoice_id);
alter table public.stripe_events drop constraint stripe_events_pkey;
alter table public.stripe_events
  add column id uuid primary key default gen_random_uuid(),
  add column stripe_account_id uuid references public.stripe_accounts (id) on delete cascade,
  add unique nulls not distinct (event_id, stripe_account_id);
comment on column public.stripe_events.stripe_account_id is
  'Whose endpoint heard of it; null: the installation''s. Two workspaces with one account each hear of an event under the same id.';

insert into public.stripe_accounts (workspace_id, source, livemode)
select distinct workspace_id, 'operator', true from public.invoices where stripe_invoice_id is not null
union select distinct workspace_id, 'operator', true from public.clients where stripe_customer_id is not null;
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
    'stripe_error', 'version', 'updated_at'];
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
update public.invoices i set stripe_account_id = a.id
from public.stripe_accounts a where a.workspace_id = i.workspace_id and i.stripe_invoice_id is not null;
insert into public.stripe_customers (client_id, account_id, workspace_id, customer_id)
select c.id, a.id, c.workspace_id, c.stripe_customer_id
from public.clients c join public.stripe_accounts a on a.workspace_id = c.workspace_id where c.stripe_customer_id is not null;
alter table public.clients drop column stripe_customer_id;

create function private.stripe_account_of(p_account public.stripe_accounts)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select to_jsonb(p_account) || jsonb_build_object(
    'key', (select ciphertext from public.stripe_secrets where account_id = p_account.id and purpose = 'key'),
    'webhook', (select ciphertext from public.stripe_secrets where account_id = p_account.id and purpose = 'webhook'))
$$;
comment on function private.stripe_account_of(public.stripe_accounts) is 'An account with its encrypted secrets, null where it has none.';
grant execute on function private.stripe_account_of(public.stripe_accounts) to service_role;

create function public.stripe_account_by_id(p_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((select private.stripe_account_of(a) from public.stripe_accounts a where a.id = p_id), '{}')
$$;
comment on function public.stripe_account_by_id(uuid) is 'An account with its encrypted secrets; an empty object where there is none.';
grant execute on function public.stripe_account_by_id(uuid) to service_role;

create function public.stripe_account_in_use(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'account', (select private.stripe_account_of(a) from public.stripe_accounts a
      where a.workspace_id = p_workspace_id and a.source = 'own' and a.state <> 'disconnected'),
    'is_first_workspace', p_workspace_id = (select id from public.workspaces order by created_at, id limit 1))
$$;
comment on function public.stripe_account_in_use(uuid) is
  'The account that a workspace is connected to: {account, is_first_workspace}. The installation''s own key may serve the first '
  'workspace, which is its operator''s, where it names no other.';
grant execute on function public.stripe_account_in_use(uuid) to service_role;

create function public.stripe_account_for_invoice(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select public.stripe_account_in_use(i.workspace_id)
    || jsonb_build_object(
      'bound', (select private.stripe_account_of(a) from public.stripe_accounts a where a.id = i.stripe_account_id),
      'workspace_id', i.workspace_id,
      'client_id', i.client_id,
      'is_test', i.is_test,
      'customers', coalesce((select jsonb_object_agg(c.account_id, c.customer_id) from public.stripe_customers c
        where c.client_id = i.client_id), '{}'))
  from public.invoices i where i.id = p_invoice_id
$$;
comment on function public.stripe_account_for_invoice(uuid) is
  'With which account an invoice is sent: bound, the one it is in already, else account, the workspace''s. customers are the client''s, '
  'by account.';
grant execute on function public.stripe_account_for_invoice(uuid) to service_role;

create function public.find_stripe_account(p_workspace_id uuid, p_account_id text, p_livemode boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((select private.stripe_account_of(a) from public.stripe_accounts a
    where a.workspace_id = p_workspace_id and a.source = 'own' and a.account_id = p_account_id and a.livemode = p_livemode), '{}')
$$;
comment on function public.find_stripe_account(uuid, text, boolean) is
  'Asked before an account is connected again, so that its invoices find it: its row with what is left of its secrets, or an empty object.';
grant execute on function public.find_stripe_account(uuid, text, boolean) to service_role;

create function public.connect_stripe_account(p_workspace_id uuid, p_user_id uuid, p_account jsonb, p_secrets jsonb)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id constant uuid := (p_account ->> 'id')::uuid;
  v_other public.stripe_accounts;
begin
  -- Two who connect at once wait for each other.
  perform 1 from public.workspaces where id = p_workspace_id for update;
  select * into v_other from public.stripe_accounts
  where workspace_id = p_workspace_id and source = 'own' and state <> 'disconnected' and id <> v_id;
  if v_other.id is not null then
    perform private.fail('BH005', format('%s is connected%s; disconnect it before you connect another account',
      coalesce(v_other.name, v_other.account_id), case when v_other.livemode then '' else ' in test mode' end), 'account');
  end if;
  insert into public.stripe_accounts as a (id, workspace_id, source, account_id, name, livemode, key_hint, state, missing_permissions,
    problem, webhook_endpoint_id, webhook_set_at, checked_at, created_by)
  values (v_id, p_workspace_id, 'own', p_account ->> 'account_id', left(p_account ->> 'name', 300), (p_account ->> 'livemode')::boolean,
    p_account ->> 'key_hint', p_account ->> 'state',
    array(select jsonb_array_elements_text(p_account -> 'missing_permissions')), p_account ->> 'problem',
    p_account ->> 'webhook_endpoint_id', case when p_secrets ->> 'webhook' is not null then now() end, now(), p_user_id)
  on conflict (id) do update set name = coalesce(excluded.name, a.name), key_hint = excluded.key_hint, state = excluded.state,
    missing_permissions = excluded.missing_permissions, problem = excluded.problem, webhook_endpoint_id = excluded.webhook_endpoint_id,
    webhook_set_at = case when p_secrets ->> 'webhook' is null then null else coalesce(a.webhook_set_at, now()) end,
    checked_at = now(), created_by = excluded.created_by
  where a.workspace_id = p_workspace_id and a.source = 'own' and a.account_id = excluded.account_id and a.livemode = excluded.livemode;
  if not found then
    perform private.fail('BH010', 'the account is another one');
  end if;
  delete from public.stripe_secrets where account_id = v_id and purpose = 'webhook' and p_secrets ->> 'webhook' is null;
  insert into public.stripe_secrets as s (workspace_id, account_id, purpose, ciphertext)
  select p_workspace_id, v_id, e.key, e.value from jsonb_each_text(p_secrets) e where e.value is not null
  on conflict (account_id, purpose) do update set ciphertext = excluded.ciphertext, created_at = now();
  delete from public.notifications where workspace_id = p_workspace_id and kind = 'stripe_refused' and subject_id = v_id;
  return v_id;
end
$$;
comment on function public.connect_stripe_account(uuid, uuid, jsonb, jsonb) is
  'Connects an account, or gives it another key: {id, account_id, name, livemode, key_hint, state, missing_permissions, problem, '
  'webhook_endpoint_id} and {key, webhook}, encrypted for the id. The Worker has asked Stripe and checked the person.';
grant execute on function public.connect_stripe_account(uuid, uuid, jsonb, jsonb) to service_role;

create function public.keep_operator_account(p_workspace_id uuid, p_account_id text, p_livemode boolean, p_key_digest text,
  p_name text default null)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform 1 from public.workspaces where id = p_workspace_id for update;
  update public.stripe_accounts set account_id = p_account_id, name = p_name, livemode = p_livemode, key_digest = p_key_digest,
    checked_at = now()
  where id = (select id from public.stripe_accounts where workspace_id = p_workspace_id and source = 'operator'
    and ((account_id = p_account_id and livemode = p_livemode) or account_id is null) order by account_id nulls last limit 1)
  returning id into v_id;
  if v_id is null then
    insert into public.stripe_accounts (workspace_id, source, account_id, name, livemode, key_digest, checked_at)
    values (p_workspace_id, 'operator', p_account_id, p_name, p_livemode, p_key_digest, now())
    returning id into v_id;
  end if;
  return v_id;
end
$$;
comment on function public.keep_operator_account(uuid, text, boolean, text, text) is
  'Remembers which account the installation''s key belongs to, for a workspace that it serves; key_digest tells whether it is still '
  'the same key.';
grant execute on function public.keep_operator_account(uuid, text, boolean, text, text) to service_role;

create function public.operator_stripe_account(p_workspace_id uuid, p_key_digest text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((select private.stripe_account_of(a) from public.stripe_accounts a
    where a.workspace_id = p_workspace_id and a.source = 'operator' and a.key_digest = p_key_digest limit 1), '{}')
$$;
comment on function public.operator_stripe_account(uuid, text) is
  'The account that the installation''s key was found to belong to; an empty object where this key has not been used here yet.';
grant execute on function public.operator_stripe_account(uuid, text) to service_role;

create function public.report_stripe_account(p_id uuid, p_state text, p_missing text[] default '{}', p_problem text default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_before public.stripe_accounts;
begin
  select * into v_before from public.stripe_accounts where id = p_id for update;
  if v_before.id is null or v_before.state = 'disconnected' then
    return;
  end if;
  update public.stripe_accounts set state = p_state, missing_permissions = p_missing, problem = p_problem, checked_at = now()
  where id = p_id;
  if p_state = 'connected' then
    delete from public.notifications where workspace_id = v_before.workspace_id and kind = 'stripe_refused' and subject_id = p_id;
  elsif v_before.state <> p_state then
    perform private.notify(v_before.workspace_id, 'stripe_refused', p_id, coalesce(p_problem, 'Check the key under Settings, Payments.'));
  end if;
end
$$;
comment on function public.report_stripe_account(uuid, text, text[], text) is
  'What Stripe answered to an account''s key. Refused once, it is told once, until it works again.';
grant execute on function public.report_stripe_account(uuid, text, text[], text) to service_role;

create function public.set_stripe_webhook(p_id uuid, p_ciphertext text, p_endpoint_id text default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.stripe_accounts set webhook_endpoint_id = p_endpoint_id, webhook_set_at = now(), webhook_heard_at = null
  where id = p_id and state <> 'disconnected';
  if not found then
    perform private.fail('BH002', 'not found');
  end if;
  insert into public.stripe_secrets (workspace_id, account_id, purpose, ciphertext)
  select workspace_id, id, 'webhook', p_ciphertext from public.stripe_accounts where id = p_id
  on conflict (account_id, purpose) do update set ciphertext = excluded.ciphertext, created_at = now();
end
$$;
comment on function public.set_stripe_webhook(uuid, text, text) is
  'The endpoint that tells of an account''s events (null: made by hand there) and the secret it signs with, encrypted.';
grant execute on function public.set_stripe_webhook(uuid, text, text) to service_role;

create function public.check_stripe_manager(p_id uuid)
returns uuid
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
begin
  select workspace_id into v_workspace_id from public.stripe_accounts where id = p_id;
  perform private.require_role(v_workspace_id, private.managers());
  return v_workspace_id;
end
$$;
comment on function public.check_stripe_manager(uuid) is
  'Asked by the Worker before it uses an account''s key for a person: their workspace. security definer: require_role is internal.';
grant execute on function public.check_stripe_manager(uuid) to authenticated;

create function public.disconnect_stripe_account(p_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_account public.stripe_accounts;
begin
  select * into v_account from public.stripe_accounts where id = p_id and source = 'own' for update;
  perform private.require_role(v_account.workspace_id, private.managers());
  delete from public.stripe_secrets where account_id = p_id;
  delete from public.notifications where workspace_id = v_account.workspace_id and kind = 'stripe_refused' and subject_id = p_id;
  update public.stripe_accounts set state = 'disconnected', missing_permissions = '{}', problem = null, key_hint = null,
    webhook_endpoint_id = null, webhook_set_at = null
  where id = p_id;
end
$$;
comment on function public.disconnect_stripe_account(uuid) is
  'Throws an account''s secrets away. Its invoices stay in it, and are gone on with when it is connected again. security definer '
  'because accounts and secrets are not writable directly; the role is checked.';
grant execute on function public.disconnect_stripe_account(uuid) to authenticated;

create function public.link_stripe_customer(p_client_id uuid, p_account_id uuid, p_user_id uuid, p_customer jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.stripe_customers (client_id, account_id, workspace_id, customer_id, name, email, linked_by)
  select c.id, a.id, c.workspace_id, p_customer ->> 'id', left(p_customer ->> 'name', 300), left(p_customer ->> 'email', 320), p_user_id
  from public.clients c join public.stripe_accounts a on a.workspace_id = c.workspace_id
  where c.id = p_client_id and a.id = p_account_id
  on conflict (client_id, account_id) do update set customer_id = excluded.customer_id, name = excluded.name, email = excluded.email,
    linked_by = excluded.linked_by;
  if not found then
    perform private.fail('BH002', 'not found');
  end if;
end
$$;
comment on function public.link_stripe_customer(uuid, uuid, uuid, jsonb) is
  'Says which customer of an account a client is: {id, name, email}, which the Worker has read there for the person.';
grant execute on function public.link_stripe_customer(uuid, uuid, uuid, jsonb) to service_role;

create function public.unlink_stripe_customer(p_client_id uuid, p_account_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role((select workspace_id from public.clients where id = p_client_id), private.managers());
  delete from public.stripe_customers where client_id = p_client_id and account_id = p_account_id;
end
$$;
comment on function public.unlink_stripe_customer(uuid, uuid) is
  'Forgets which customer a client is; the next invoice looks for one, or makes it. security definer: the table is not writable directly.';
grant execute on function public.unlink_stripe_customer(uuid, uuid) to authenticated;

create or replace function public.save_stripe_progress(p_invoice_id uuid, p_progress jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if exists (select 1 from public.invoices i join public.stripe_accounts a on a.id = (p_progress ->> 'account_id')::uuid
      where i.id = p_invoice_id and i.stripe_account_id is null and a.livemode = i.is_test) then
    perform private.fail('BH005', 'a test goes to the test mode of an account, and nothing else does', 'is_test');
  end if;
  perform set_config('billhook.action', 'stripe', true);
  update public.invoices set
    stripe_account_id = coalesce((p_progress ->> 'account_id')::uuid, stripe_account_id),
    stripe_customer_id = coalesce(p_progress ->> 'customer_id', stripe_customer_id),
    stripe_invoice_id = coalesce(p_progress ->> 'invoice_id', stripe_invoice_id),
    stripe_hosted_url = coalesce(p_progress ->> 'hosted_url', stripe_hosted_url),
    -- An event may have told of the payment before the call that sent the invoice was answered.
    stripe_status = case when status in ('paid', 'void') then stripe_status
      else coalesce(p_progress ->> 'status', stripe_status) end,
    sent_at = coalesce(sent_at, (p_progress ->> 'sent_at')::timestamptz),
    stripe_error = p_progress ->> 'error'
  where id = p_invoice_id;
  insert into public.stripe_customers as c (client_id, account_id, workspace_id, customer_id)
  select i.client_id, i.stripe_account_id, i.workspace_id, p_progress ->> 'customer_id'
  from public.invoices i
  where i.id = p_invoice_id and i.stripe_account_id is not null and p_progress ->> 'customer_id' is not null
  on conflict (client_id, account_id) do update set customer_id = excluded.customer_id, name = null, email = null, linked_by = null
    where c.customer_id <> excluded.customer_id;
end
$$;

drop function public.apply_stripe_event(text, text, timestamptz, text, text, uuid, bigint, timestamptz);
create function public.apply_stripe_event(p_event_id text, p_event_type text, p_event_at timestamptz, p_stripe_invoice_id text,
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
comment on function public.apply_stripe_event(text, text, timestamptz, text, text, uuid, bigint, timestamptz, uuid) is
  'Handles an event of Stripe once, whatever the order, for the invoices of the account that told of it (null: the installation''s). '
  'Amounts are minor units. An event for an invoice still in draft is a mismatch; one that came too late changes nothing.';
grant execute on function public.apply_stripe_event(text, text, timestamptz, text, text, uuid, bigint, timestamptz, uuid) to service_role;

create or replace function public.stale_ciphertexts(p_version text, p_limit integer default 200)
returns table (kind text, id uuid, owner_id uuid, purpose text, ciphertext text)
language sql
stable
set search_path = ''
as $$
  select 'repository', s.id, s.repository_id, s.purpose, s.ciphertext from public.repository_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
  union all
  select 'grant', s.id, s.grant_id, s.purpose, s.ciphertext from public.host_grant_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
  union all
  select 'words', k.workspace_id, k.workspace_id, 'key', k.ciphertext from public.word_keys k
  where not starts_with(k.ciphertext, p_version || '.')
  union all
  select 'stripe', s.id, s.account_id, s.purpose, s.ciphertext from public.stripe_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
  limit p_limit
$$;

create or replace function public.replace_ciphertexts(p_changes jsonb)
returns integer
language sql
volatile
set search_path = ''
as $$
  with listed as materialized (
    select * from jsonb_to_recordset(p_changes) as l (kind text, id uuid, before text, after text)
  ), of_repositories as (
    update public.repository_secrets s set ciphertext = l.after from listed l
    where l.kind = 'repository' and s.id = l.id and s.ciphertext = l.before
    returning 1
  ), of_grants as (
    update public.host_grant_secrets s set ciphertext = l.after from listed l
    where l.kind = 'grant' and s.id = l.id and s.ciphertext = l.before
    returning 1
  ), of_words as (
    update public.word_keys k set ciphertext = l.after from listed l
    where l.kind = 'words' and k.workspace_id = l.id and k.ciphertext = l.before
    returning 1
  ), of_stripe as (
    update public.stripe_secrets s set ciphertext = l.after from listed l
    where l.kind = 'stripe' and s.id = l.id and s.ciphertext = l.before
    returning 1
  )
  select ((select count(*) from of_repositories) + (select count(*) from of_grants) + (select count(*) from of_words)
    + (select count(*) from of_stripe))::integer
$$;
