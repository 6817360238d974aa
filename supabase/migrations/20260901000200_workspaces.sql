-- Tenants and who belongs to them.

create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(btrim(name)) between 1 and 120),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  hourly_rate_minor bigint check (hourly_rate_minor between 0 and 100000000000),
  timezone text not null default 'UTC' check (length(timezone) between 1 and 64),
  locale text not null default 'en' check (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
  time_display text not null default 'hm' check (time_display in ('hm', 'decimal')),
  legal_name text check (length(legal_name) <= 200),
  address text check (length(address) <= 1000),
  email text check (length(email) <= 320),
  tax_id text check (length(tax_id) <= 64),
  bank_details text check (length(bank_details) <= 1000),
  invoice_number_pattern text not null default 'INV-{year}-{number}'
    check (invoice_number_pattern like '%{number}%' and length(invoice_number_pattern) <= 60),
  payment_terms_days integer not null default 14 check (payment_terms_days between 0 and 365),
  working_from integer not null default 8 check (working_from between 4 and 23),
  working_until integer not null default 20 check (working_until between 5 and 28),
  working_weekends boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (working_from < working_until)
);
comment on table public.workspaces is
  'A tenant: a freelance developer or an agency, with the details that its invoices carry. Rates are minor units per hour. '
  'working_from and working_until are hours of the working day, which lasts until four in the morning (28).';

create table public.members (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  display_name text not null check (length(btrim(display_name)) between 1 and 120),
  email text check (length(email) <= 320),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, user_id),
  unique (workspace_id, id)
);
comment on table public.members is
  'Who belongs to a workspace. viewer reads; member works the inbox; admin also invoices and settings; owner also members.';
create index members_user on public.members (user_id);

create function private.workspace_ids(p_roles text[] default null)
returns uuid[]
language sql
stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(workspace_id), '{}')
  from public.members
  where user_id = auth.uid() and (p_roles is null or role = any (p_roles))
$$;
comment on function private.workspace_ids(text[]) is
  'Workspaces of the person asking, at any or the given roles. security definer because policies on members call it too.';
revoke execute on function private.workspace_ids(text[]) from public;
grant execute on function private.workspace_ids(text[]) to authenticated, service_role;

create function private.require_role(p_workspace_id uuid, p_roles text[])
returns void
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_role text;
begin
  select role into v_role from public.members where workspace_id = p_workspace_id and user_id = auth.uid();
  if v_role is null then
    perform private.fail('BH002', 'not found');
  elsif not v_role = any (p_roles) then
    perform private.fail('BH001', 'not allowed for this role', v_role);
  end if;
end
$$;
comment on function private.require_role(uuid, text[]) is
  'Every procedure asks this first. An outsider is told "not found", so that ids of other tenants reveal nothing. '
  'security definer because the role is read past the policies on members.';
revoke execute on function private.require_role(uuid, text[]) from public;

create function private.workers_of_inbox() returns text[] language sql immutable set search_path = ''
as $$ select array['owner', 'admin', 'member'] $$;
comment on function private.workers_of_inbox() is 'Roles that may change drafts.';
create function private.managers() returns text[] language sql immutable set search_path = ''
as $$ select array['owner', 'admin'] $$;
comment on function private.managers() is 'Roles that may invoice and change settings.';
grant execute on function private.workers_of_inbox(), private.managers() to authenticated, service_role;

alter table public.workspaces enable row level security;
create policy workspaces_read on public.workspaces for select to authenticated
  using (id = any ((select private.workspace_ids())::uuid[]));
create policy workspaces_change on public.workspaces for update to authenticated
  using (id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.workspaces from anon, authenticated;
grant select on public.workspaces to authenticated;
grant update (name, currency, hourly_rate_minor, timezone, locale, time_display, legal_name, address, email, tax_id,
  bank_details, invoice_number_pattern, payment_terms_days, working_from, working_until, working_weekends) on public.workspaces to authenticated;
grant all on public.workspaces to service_role;

alter table public.members enable row level security;
create policy members_read on public.members for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.members from anon, authenticated;
grant select on public.members to authenticated;
grant all on public.members to service_role;

create function private.check_timezone()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.timezone is not distinct from old.timezone then
    return new;
  end if;
  if new.timezone is not null
    and not exists (select 1 from pg_catalog.pg_timezone_names where name = new.timezone and name ~ '^[A-Z].*/|^(UTC|GMT)$') then
    perform private.fail('BH003', 'this time zone is not known', 'timezone');
  end if;
  return new;
end
$$;
comment on function private.check_timezone() is
  'A time zone is a place (Europe/Berlin), UTC or GMT. An unknown one would break every query that asks what day it is there.';
create trigger check_timezone before insert or update of timezone on public.workspaces
  for each row execute function private.check_timezone();
create trigger touch before update on public.workspaces for each row execute function private.touch();
create trigger touch before update on public.members for each row execute function private.touch();

create function public.create_workspace(p_name text, p_currency text default 'EUR', p_timezone text default 'UTC',
  p_display_name text default null)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_email text;
begin
  if auth.uid() is null then
    perform private.fail('BH001', 'sign in first');
  end if;
  if (select count(*) from public.members where user_id = auth.uid() and role = 'owner') >= 20 then
    perform private.fail('BH003', 'a person may own twenty workspaces at most');
  end if;
  if coalesce(p_currency, '') !~ '^[A-Z]{3}$' then
    perform private.fail('BH003', 'a currency is three capital letters, such as EUR', 'currency');
  end if;
  if length(btrim(coalesce(p_name, ''))) not between 1 and 120 then
    perform private.fail('BH003', 'a workspace needs a name of at most 120 characters', 'name');
  end if;
  select email into v_email from auth.users where id = auth.uid();
  insert into public.workspaces (name, currency, timezone, legal_name, email)
  values (btrim(p_name), p_currency, coalesce(p_timezone, 'UTC'), btrim(p_name), v_email)
  returning id into v_id;
  insert into public.members (workspace_id, user_id, role, display_name, email)
  values (v_id, auth.uid(), 'owner',
    left(coalesce(nullif(btrim(p_display_name), ''), split_part(coalesce(v_email, 'Owner'), '@', 1)), 120), v_email);
  return v_id;
end
$$;
comment on function public.create_workspace(text, text, text, text) is
  'Makes a workspace and its owner together. security definer because nobody may insert members directly.';
grant execute on function public.create_workspace(text, text, text, text) to authenticated;
