-- Whom the work is for, and at what rate.

create table public.clients (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  contact_name text check (length(contact_name) <= 200),
  email text check (length(email) <= 320),
  address text check (length(address) <= 1000),
  country text check (country ~ '^[A-Z]{2}$'),
  tax_id text check (length(tax_id) <= 64),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  hourly_rate_minor bigint check (hourly_rate_minor between 0 and 100000000000),
  locale text not null default 'en' check (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
  timezone text check (length(timezone) between 1 and 64),
  payment_terms_days integer check (payment_terms_days between 0 and 365),
  stripe_customer_id text,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id)
);
comment on table public.clients is
  'Who is billed, in which currency and language. Archived, never deleted, once anything was billed.';

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  client_id uuid not null,
  name text not null check (length(btrim(name)) between 1 and 200),
  hourly_rate_minor bigint check (hourly_rate_minor between 0 and 100000000000),
  billing_type text not null default 'hourly' check (billing_type in ('hourly', 'fixed', 'non_billable')),
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete restrict
);
comment on table public.projects is 'Work for one client. Its rate, where set, is used instead of the client''s.';
create index projects_client on public.projects (workspace_id, client_id);

create table public.project_git_configs (
  project_id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  estimation_strategy text not null default 'calibrated'
    check (estimation_strategy in ('explicit', 'heuristic', 'hybrid', 'calibrated')),
  explicit_pattern text check (length(explicit_pattern) <= 200),
  default_minutes integer not null default 30 check (default_minutes between 0 and 1440),
  base_minutes integer not null default 15 check (base_minutes between 0 and 480),
  minutes_per_file numeric(8, 3) not null default 5 check (minutes_per_file between 0 and 480),
  minutes_per_line numeric(8, 3) not null default 0.5 check (minutes_per_line between 0 and 480),
  factor numeric(6, 3) not null default 1 check (factor between 0 and 100),
  max_minutes integer not null default 480 check (max_minutes between 1 and 1440),
  exclude_patterns text[] not null default '{}' 
    check (cardinality(exclude_patterns) <= 50 and octet_length(array_to_string(exclude_patterns, '')) <= 10000),
  ignore_merges boolean not null default true,
  ignore_bots boolean not null default true,
  ignore_releases boolean not null default true,
  ignore_dependencies boolean not null default true,
  revert_rule text not null default 'bill' check (revert_rule in ('bill', 'ignore')),
  tickets_only boolean not null default false,
  billable_labels text[] not null default '{}' 
    check (cardinality(billable_labels) <= 50 and octet_length(array_to_string(billable_labels, '')) <= 10000),
  old_commit_days integer not null default 60 check (old_commit_days between 1 and 3650),
  pair_rule text not null default 'author_only' check (pair_rule in ('author_only', 'split', 'each_in_full')),
  agent_rule text not null default 'as_person' check (agent_rule in ('as_person', 'at_rate', 'not_billed')),
  agent_hourly_rate_minor bigint check (agent_hourly_rate_minor between 0 and 100000000000),
  updated_at timestamptz not null default now(),
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete cascade,
  check (agent_rule <> 'at_rate' or agent_hourly_rate_minor is not null)
);
comment on table public.project_git_configs is
  'How a project''s commits become drafts: estimation strategy and its parameters (minutes), which commits are left out, and '
  'whose work a commit of several people or of a coding agent is.';

create function private.make_git_config()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.project_git_configs (project_id, workspace_id) values (new.id, new.workspace_id);
  return null;
end
$$;
comment on function private.make_git_config() is
  'A project always has its git configuration. security definer because only updates of it are granted.';
create trigger make_git_config after insert on public.projects for each row execute function private.make_git_config();

create function private.project_rate_minor(p_project_id uuid)
returns bigint
language sql
stable security definer
set search_path = ''
as $$
  select coalesce(p.hourly_rate_minor, c.hourly_rate_minor,
    case when w.currency = c.currency then w.hourly_rate_minor end)
  from public.projects p
  join public.clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
  join public.workspaces w on w.id = p.workspace_id
  where p.id = p_project_id
$$;
comment on function private.project_rate_minor(uuid) is
  'Hourly rate for new work, in minor units of the client''s currency: the project''s, else the client''s, else the '
  'workspace''s where the currency is the same, else null. Captured on the draft; a later change rewrites nothing. '
  'security definer because the pipeline and the procedures ask it whatever their caller may read.';

grant execute on function private.project_rate_minor(uuid) to service_role;

alter table public.clients enable row level security;
create policy clients_read on public.clients for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
create policy clients_add on public.clients for insert to authenticated
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
create policy clients_change on public.clients for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.clients from anon, authenticated;
grant select on public.clients to authenticated;
grant insert (id, workspace_id, name, contact_name, email, address, country, tax_id, currency, hourly_rate_minor, locale,
  timezone, payment_terms_days) on public.clients to authenticated;
grant update (name, contact_name, email, address, country, tax_id, currency, hourly_rate_minor, locale, timezone,
  payment_terms_days, archived_at) on public.clients to authenticated;
grant all on public.clients to service_role;

alter table public.projects enable row level security;
create policy projects_read on public.projects for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
create policy projects_add on public.projects for insert to authenticated
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
create policy projects_change on public.projects for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.projects from anon, authenticated;
grant select on public.projects to authenticated;
grant insert (id, workspace_id, client_id, name, hourly_rate_minor, billing_type) on public.projects to authenticated;
grant update (name, hourly_rate_minor, billing_type, archived_at) on public.projects to authenticated;
grant all on public.projects to service_role;

alter table public.project_git_configs enable row level security;
create policy project_git_configs_read on public.project_git_configs for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
create policy project_git_configs_change on public.project_git_configs for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.project_git_configs from anon, authenticated;
grant select on public.project_git_configs to authenticated;
grant update (estimation_strategy, explicit_pattern, default_minutes, base_minutes, minutes_per_file, minutes_per_line,
  factor, max_minutes, exclude_patterns, ignore_merges, ignore_bots, ignore_releases, ignore_dependencies, revert_rule, tickets_only, billable_labels, old_commit_days, pair_rule, agent_rule,
  agent_hourly_rate_minor) on public.project_git_configs to authenticated;
grant all on public.project_git_configs to service_role;

create trigger check_timezone before insert or update of timezone on public.clients
  for each row execute function private.check_timezone();
create trigger touch before update on public.clients for each row execute function private.touch();
create trigger touch before update on public.projects for each row execute function private.touch();
create trigger touch before update on public.project_git_configs for each row execute function private.touch();
