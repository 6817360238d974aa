-- Where pushes come from, and what arrived.

create table public.repositories (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  project_id uuid not null,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket', 'gitea', 'bitbucket-server', 'azure')),
  name text check (length(name) between 1 and 300),
  url text check (url ~* '^https?://' and length(url) <= 1000),
  base_url text check (base_url ~* '^https?://' and length(base_url) <= 1000),
  external_id text check (length(external_id) between 1 and 200),
  default_branch text check (length(default_branch) <= 500),
  bound_at timestamptz,
  first_delivery_at timestamptz,
  last_delivery_at timestamptz,
  check_source_address boolean not null default false,
  secret_rotated_at timestamptz,
  old_secret_valid_until timestamptz,
  host_error text check (length(host_error) <= 1000),
  reconciled_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete restrict
);
comment on table public.repositories is
  'A connection of a host''s repository to a project. The same host repository may be connected more than once. It is bound '
  'to the first repository whose verified delivery it receives (external_id: the host''s own id, which survives a rename).';
create index repositories_project on public.repositories (workspace_id, project_id);
create index repositories_external on public.repositories (provider, external_id);

create table public.repository_secrets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  repository_id uuid not null,
  purpose text not null check (purpose in ('webhook', 'access_token')),
  ciphertext text not null,
  valid_until timestamptz,
  created_at timestamptz not null default now(),
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete cascade
);
comment on table public.repository_secrets is
  'Webhook secrets and access tokens, encrypted by the Worker (AES-256-GCM, versioned key). Read by the service role only. '
  'Several webhook secrets may be valid at once, so that a rotation loses no delivery.';
create index repository_secrets_repository on public.repository_secrets (repository_id, purpose);

create table public.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  repository_id uuid not null,
  delivery_id text not null check (length(delivery_id) between 1 and 200),
  event text not null default '' check (length(event) <= 100),
  origin text not null default 'webhook' check (origin in ('webhook', 'reconciliation', 'import')),
  source_address text check (length(source_address) <= 100),
  verdict text not null check (verdict in ('push', 'ping', 'ignored', 'refused')),
  reason text,
  status text not null check (status in ('accepted', 'done', 'failed')),
  payload jsonb,
  body_bytes integer,
  attempts integer not null default 0,
  error text,
  commits_recorded integer not null default 0,
  drafts_created integer not null default 0,
  progress jsonb,
  waits_until timestamptz,
  wait_reason text check (length(wait_reason) <= 1000),
  incomplete_reason text check (length(incomplete_reason) <= 1000),
  completed_at timestamptz,
  timings jsonb not null default '{}' check (jsonb_typeof(timings) = 'object'),
  received_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (repository_id, delivery_id),
  unique (workspace_id, id),
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete cascade
);
comment on table public.webhook_deliveries is
  'Every verified delivery, once. The payload is the normalised push, kept until it is recorded: this row, not the queue, is '
  'where accepted work lives. accepted: still to be recorded; done: recorded, or nothing to record; failed: given up, replayable. '
  'waits_until: the host is asked again then, and why. incomplete_reason: recorded from the payload alone; completed later. '
  'timings: milliseconds from its arrival until it was begun, completed and recorded.';
create index webhook_deliveries_recent on public.webhook_deliveries (workspace_id, received_at desc);
create index webhook_deliveries_waiting on public.webhook_deliveries (received_at) where status = 'accepted';

alter table public.repositories enable row level security;
create policy repositories_read on public.repositories for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
create policy repositories_change on public.repositories for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
revoke all on public.repositories from anon, authenticated;
grant select on public.repositories to authenticated;
grant update (project_id, archived_at) on public.repositories to authenticated;
grant all on public.repositories to service_role;

alter table public.repository_secrets enable row level security;
revoke all on public.repository_secrets from anon, authenticated;
grant all on public.repository_secrets to service_role;

alter table public.webhook_deliveries enable row level security;
create policy webhook_deliveries_read on public.webhook_deliveries for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.webhook_deliveries from anon, authenticated;
grant select on public.webhook_deliveries to authenticated;
grant all on public.webhook_deliveries to service_role;

create trigger touch before update on public.repositories for each row execute function private.touch();
create trigger touch before update on public.webhook_deliveries for each row execute function private.touch();

create function public.connect_repository(p_id uuid, p_project_id uuid, p_provider text, p_secret_ciphertext text,
  p_name text default null, p_url text default null, p_base_url text default null, p_token_ciphertext text default null)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
  v_archived timestamptz;
begin
  select workspace_id, archived_at into v_workspace_id, v_archived from public.projects where id = p_project_id;
  perform private.require_role(v_workspace_id, private.managers());
  if v_archived is not null then
    perform private.fail('BH005', 'the project is archived', 'project_id');
  end if;
  insert into public.repositories (id, workspace_id, project_id, provider, name, url, base_url)
  values (p_id, v_workspace_id, p_project_id, p_provider, p_name, p_url, p_base_url);
  insert into public.repository_secrets (workspace_id, repository_id, purpose, ciphertext)
  select v_workspace_id, p_id, s.purpose, s.ciphertext
  from (values ('webhook', p_secret_ciphertext), ('access_token', p_token_ciphertext)) s (purpose, ciphertext)
  where s.ciphertext is not null;
  return p_id;
end
$$;
comment on function public.connect_repository(uuid, uuid, text, text, text, text, text, text) is
  'Connects a repository with its encrypted secrets in one step. Called by the Worker with the person''s own token; the id is '
  'the caller''s, because the secrets are encrypted for it. '
  'security definer because nobody may write secrets directly.';
grant execute on function public.connect_repository(uuid, uuid, text, text, text, text, text, text) to authenticated;

create function public.webhook_target(p_repository_id uuid)
returns table (provider text, secrets text[])
language sql
stable
set search_path = ''
as $$
  select r.provider, coalesce(array_agg(s.ciphertext order by s.created_at desc) filter (where s.id is not null), '{}')
  from public.repositories r
  left join public.repository_secrets s
    on s.repository_id = r.id and s.purpose = 'webhook' and (s.valid_until is null or s.valid_until > now())
  where r.id = p_repository_id and r.archived_at is null
  group by r.id
$$;
comment on function public.webhook_target(uuid) is 'What is needed to verify a delivery: the provider and every secret valid now.';
grant execute on function public.webhook_target(uuid) to service_role;

create function public.webhook_targets_in_workspace(p_workspace_id uuid, p_provider text, p_external_id text, p_name text)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select id from public.repositories
  where workspace_id = p_workspace_id and provider = p_provider and archived_at is null
    and (external_id = p_external_id or (external_id is null and lower(name) = lower(p_name)))
$$;
comment on function public.webhook_targets_in_workspace(uuid, text, text, text) is
  'Connections that a provider-wide delivery is for, within the one workspace whose operator holds the provider-wide secret: '
  'otherwise a tenant could name another tenant''s repository and receive its pushes.';
grant execute on function public.webhook_targets_in_workspace(uuid, text, text, text) to service_role;

create function public.accept_delivery(p_repository_id uuid, p_delivery_id text, p_event text, p_verdict text,
  p_reason text default null, p_repository jsonb default null, p_payload jsonb default null, p_body_bytes integer default null,
  p_source_address text default null)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  r public.repositories;
  d public.webhook_deliveries;
  v_verdict text := p_verdict;
  v_reason text := p_reason;
begin
  select * into r from public.repositories where id = p_repository_id and archived_at is null;
  if r.id is null then
    return jsonb_build_object('outcome', 'unknown_repository');
  end if;

  if r.external_id is null and p_repository ->> 'externalId' is not null then
    -- A connection that was given a name accepts that name only; the first to bind wins, the next compares.
    update public.repositories set
      external_id = p_repository ->> 'externalId',
      name = nullif(left(p_repository ->> 'name', 300), ''),
      url = case when p_repository ->> 'url' ~* '^https?://' and length(p_repository ->> 'url') <= 1000
        then p_repository ->> 'url' else url end,
      default_branch = left(p_repository ->> 'defaultBranch', 500),
      bound_at = now()
    where id = r.id and external_id is null and (name is null or lower(name) = lower(p_repository ->> 'name'));
    select * into r from public.repositories where id = p_repository_id;
  end if;
  if p_repository ->> 'externalId' is not null and r.external_id is distinct from p_repository ->> 'externalId' then
    v_verdict := 'refused';
    v_reason := format('This connection is bound to %s; the delivery is of %s.', r.name, p_repository ->> 'name');
  end if;

  insert into public.webhook_deliveries (workspace_id, repository_id, delivery_id, event, verdict, reason, status, payload,
    body_bytes, source_address, finished_at)
  values (r.workspace_id, r.id, p_delivery_id, left(coalesce(p_event, ''), 100), v_verdict, v_reason,
    case when v_verdict = 'push' then 'accepted' else 'done' end,
    case when v_verdict = 'push' then p_payload end, p_body_bytes, left(p_source_address, 100),
    case when v_verdict = 'push' then null else now() end)
  on conflict (repository_id, delivery_id) do nothing
  returning * into d;

  if d.id is null then
    select * into d from public.webhook_deliveries where repository_id = r.id and delivery_id = p_delivery_id;
    return jsonb_build_object('outcome', 'repeated', 'id', d.id, 'verdict', d.verdict, 'reason', d.reason, 'status', d.status);
  end if;

  if v_verdict <> 'refused' then
    update public.repositories set first_delivery_at = coalesce(first_delivery_at, now()), last_delivery_at = now()
    where id = r.id;
  end if;
  return jsonb_build_object('outcome', 'stored', 'id', d.id, 'verdict', d.verdict, 'reason', d.reason, 'status', d.status);
end
$$;
comment on function public.accept_delivery(uuid, text, text, text, text, jsonb, jsonb, integer, text) is
  'Stores a verified delivery once, and binds the connection to its repository. A repeat is answered from the stored row, so '
  'that it hears what the first heard. One statement of the Worker: either all of this is durable or none.';
grant execute on function public.accept_delivery(uuid, text, text, text, text, jsonb, jsonb, integer, text) to service_role;
