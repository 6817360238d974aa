-- What Billhook may ask of a git host, with what was granted, and what it knows of the branches there.

create table public.host_grants (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket', 'gitea', 'bitbucket-server', 'azure')),
  base_url text check (base_url ~* '^https?://' and length(base_url) <= 1000),
  kind text not null check (kind in ('token', 'oauth', 'app')),
  account_name text check (length(account_name) <= 300),
  scopes text[] not null default '{}',
  expires_at timestamptz,
  refresh_locked_until timestamptz,
  revoked_at timestamptz,
  revoked_reason text check (length(revoked_reason) <= 1000),
  budget_limit integer check (budget_limit >= 0),
  budget_remaining integer check (budget_remaining >= 0),
  budget_reset_at timestamptz,
  waits_until timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  check ((revoked_at is null) = (revoked_reason is null))
);
comment on table public.host_grants is
  'Leave to ask a git host''s API: a token of one repository, an OAuth grant or an installed app. One budget of requests for all '
  'that use it, as the host''s own headers told it. Revoked: the host refuses it, and revoked_reason says how to mend that.';
create index host_grants_workspace on public.host_grants (workspace_id, provider);

create table public.host_grant_secrets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  grant_id uuid not null,
  purpose text not null check (purpose in ('access', 'refresh')),
  ciphertext text not null,
  created_at timestamptz not null default now(),
  unique (grant_id, purpose),
  foreign key (workspace_id, grant_id) references public.host_grants (workspace_id, id) on delete cascade
);
comment on table public.host_grant_secrets is
  'The tokens of a grant, encrypted by the Worker for the id of the grant. Read by the service role only.';

alter table public.repositories add column grant_id uuid;
alter table public.repositories add foreign key (workspace_id, grant_id)
  references public.host_grants (workspace_id, id) on delete set null (grant_id);
create index repositories_grant on public.repositories (workspace_id, grant_id);
grant update (check_source_address) on public.repositories to authenticated;

create table public.repository_heads (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  repository_id uuid not null,
  branch text not null check (length(branch) between 1 and 1000),
  head text not null check (head ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  gap_from text check (gap_from ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  seen_at timestamptz not null default clock_timestamp(),
  primary key (repository_id, branch),
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete cascade
);
comment on table public.repository_heads is
  'The last commit known of each branch. What lies between it and the next push''s `before` is a push that never arrived. '
  'gap_from: commits between this one and head may be missing, because nobody could ask the host for them yet.';
create index repository_heads_workspace on public.repository_heads (workspace_id, repository_id);

alter table public.host_grants enable row level security;
create policy host_grants_read on public.host_grants for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.host_grants from anon, authenticated;
grant select on public.host_grants to authenticated;
grant all on public.host_grants to service_role;

alter table public.host_grant_secrets enable row level security;
revoke all on public.host_grant_secrets from anon, authenticated;
grant all on public.host_grant_secrets to service_role;

alter table public.repository_heads enable row level security;
create policy repository_heads_read on public.repository_heads for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.repository_heads from anon, authenticated;
grant select on public.repository_heads to authenticated;
grant all on public.repository_heads to service_role;

create trigger touch before update on public.host_grants for each row execute function private.touch();

-- Access tokens used to belong to their repository. Each becomes a grant under the repository's id, for which it was encrypted.
insert into public.host_grants (id, workspace_id, provider, base_url, kind, account_name)
select r.id, r.workspace_id, r.provider, r.base_url, 'token', r.name from public.repositories r
where exists (select 1 from public.repository_secrets s where s.repository_id = r.id and s.purpose = 'access_token');
insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
select distinct on (repository_id) workspace_id, repository_id, 'access', ciphertext from public.repository_secrets
where purpose = 'access_token' order by repository_id, created_at desc;
update public.repositories r set grant_id = r.id from public.host_grants g where g.id = r.id;
delete from public.repository_secrets where purpose = 'access_token';

create function private.store_token(p_repository public.repositories, p_grant_id uuid, p_ciphertext text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.host_grants (id, workspace_id, provider, base_url, kind, account_name, created_by)
  values (p_grant_id, p_repository.workspace_id, p_repository.provider, p_repository.base_url, 'token', p_repository.name, auth.uid());
  insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
  values (p_repository.workspace_id, p_grant_id, 'access', p_ciphertext);
  update public.repositories set grant_id = p_grant_id, host_error = null where id = p_repository.id;
  -- A token serves one repository: the one it replaces has no further use.
  delete from public.host_grants g where g.id = p_repository.grant_id and g.kind = 'token'
    and not exists (select 1 from public.repositories r where r.grant_id = g.id);
  delete from public.notifications n where n.workspace_id = p_repository.workspace_id and n.kind = 'grant_revoked'
    and n.subject_id in (p_repository.grant_id, p_repository.id);
end
$$;
comment on function private.store_token(public.repositories, uuid, text) is
  'Makes a grant of kind token for one repository and lets go of the token it had. What was said of the old one is taken back.';

drop function public.connect_repository(uuid, uuid, text, text, text, text, text, text);
create function public.connect_repository(p_id uuid, p_project_id uuid, p_provider text, p_secret_ciphertext text,
  p_name text default null, p_url text default null, p_base_url text default null, p_grant_id uuid default null,
  p_token_ciphertext text default null)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
  v_archived timestamptz;
  r public.repositories;
begin
  select workspace_id, archived_at into v_workspace_id, v_archived from public.projects where id = p_project_id;
  perform private.require_role(v_workspace_id, private.managers());
  if v_archived is not null then
    perform private.fail('BH005', 'the project is archived', 'project_id');
  end if;
  insert into public.repositories (id, workspace_id, project_id, provider, name, url, base_url)
  values (p_id, v_workspace_id, p_project_id, p_provider, p_name, p_url, p_base_url)
  returning * into r;
  insert into public.repository_secrets (workspace_id, repository_id, purpose, ciphertext)
  values (v_workspace_id, p_id, 'webhook', p_secret_ciphertext);
  if p_token_ciphertext is not null then
    perform private.store_token(r, p_grant_id, p_token_ciphertext);
  end if;
  return p_id;
end
$$;
comment on function public.connect_repository(uuid, uuid, text, text, text, text, text, uuid, text) is
  'Connects a repository with its encrypted secrets in one step. Called by the Worker with the person''s own token; the ids are '
  'the caller''s, because the secrets are encrypted for them. security definer because nobody may write secrets directly.';
grant execute on function public.connect_repository(uuid, uuid, text, text, text, text, text, uuid, text) to authenticated;

create function public.set_repository_token(p_repository_id uuid, p_grant_id uuid, p_token_ciphertext text)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r public.repositories;
begin
  select * into r from public.repositories where id = p_repository_id for update;
  perform private.require_role(r.workspace_id, private.managers());
  perform private.store_token(r, p_grant_id, p_token_ciphertext);
  return p_grant_id;
end
$$;
comment on function public.set_repository_token(uuid, uuid, text) is
  'Gives a repository a new token for the host''s API, encrypted for the id of its grant: the way out of a revoked one. '
  'security definer because nobody may write secrets directly; the role is checked.';
grant execute on function public.set_repository_token(uuid, uuid, text) to authenticated;

create function public.rotate_webhook_secret(p_repository_id uuid, p_secret_ciphertext text, p_overlap_hours integer default 24)
returns timestamptz
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r public.repositories;
  v_until timestamptz := now() + make_interval(hours => coalesce(p_overlap_hours, 24));
begin
  select * into r from public.repositories where id = p_repository_id for update;
  perform private.require_role(r.workspace_id, private.managers());
  if coalesce(p_overlap_hours, 24) not between 0 and 720 then
    perform private.fail('BH003', 'the old secret may stay valid for 720 hours at most', 'overlap_hours');
  end if;
  if (select count(*) from public.repository_secrets
      where repository_id = r.id and purpose = 'webhook' and (valid_until is null or valid_until > now())) >= 10 then
    perform private.fail('BH005', 'ten secrets are valid already; let some of them end first', 'overlap_hours');
  end if;
  delete from public.repository_secrets where repository_id = r.id and purpose = 'webhook' and valid_until <= now();
  update public.repository_secrets set valid_until = least(valid_until, v_until) where repository_id = r.id and purpose = 'webhook';
  insert into public.repository_secrets (workspace_id, repository_id, purpose, ciphertext)
  values (r.workspace_id, r.id, 'webhook', p_secret_ciphertext);
  update public.repositories set secret_rotated_at = now(), old_secret_valid_until = v_until where id = r.id;
  return v_until;
end
$$;
comment on function public.rotate_webhook_secret(uuid, text, integer) is
  'Adds a webhook secret and lets those there are end after the overlap, in which all are accepted, so that no delivery is lost '
  'while the host is told. Answers until when. security definer because nobody may write secrets directly; the role is checked.';
grant execute on function public.rotate_webhook_secret(uuid, text, integer) to authenticated;

create function public.take_host_requests(p_grant_id uuid, p_wanted integer, p_keep real default 0)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  g public.host_grants;
  v_granted integer;
  v_waits_until timestamptz;
begin
  select * into g from public.host_grants where id = p_grant_id for update;
  if g.id is null or g.revoked_at is not null then
    return jsonb_build_object('granted', 0, 'waits_until', null, 'is_paused', false);
  end if;
  if g.waits_until > clock_timestamp() then
    return jsonb_build_object('granted', 0, 'waits_until', g.waits_until, 'is_paused', true);
  end if;
  if g.budget_reset_at is null or g.budget_reset_at <= clock_timestamp() then
    g.budget_remaining := null;
  end if;
  v_granted := case when g.budget_remaining is null then p_wanted
    else greatest(0, least(p_wanted, g.budget_remaining - ceil(coalesce(g.budget_limit, 0) * p_keep)::integer)) end;
  if v_granted = 0 then
    v_waits_until := g.budget_reset_at;
  end if;
  update public.host_grants set budget_remaining = g.budget_remaining - v_granted, waits_until = null where id = g.id;
  return jsonb_build_object('granted', v_granted, 'waits_until', v_waits_until, 'is_paused', false);
end
$$;
comment on function public.take_host_requests(uuid, integer, real) is
  'Reserves requests of a grant''s budget before they are sent, so that workers side by side share it. p_keep is the part of the '
  'whole budget that is left for what is more urgent. Nothing granted: waits_until says when to ask again.';
grant execute on function public.take_host_requests(uuid, integer, real) to service_role;

create function public.note_host_requests(p_grant_id uuid, p_unused integer, p_limit integer default null,
  p_remaining integer default null, p_reset_at timestamptz default null, p_waits_until timestamptz default null)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.host_grants set
    budget_limit = coalesce(p_limit, budget_limit),
    budget_remaining = case
      when p_remaining is null then budget_remaining + p_unused
      -- A window that ends later is a new one. Hosts round: some seconds make no other window.
      when budget_remaining is null or budget_reset_at is null or p_reset_at > budget_reset_at + interval '5 seconds' then p_remaining
      else least(budget_remaining + p_unused, p_remaining) end,
    budget_reset_at = coalesce(p_reset_at, budget_reset_at),
    waits_until = coalesce(p_waits_until, waits_until)
  where id = p_grant_id
$$;
comment on function public.note_host_requests(uuid, integer, integer, integer, timestamptz, timestamptz) is
  'Gives back what was reserved and not used, and keeps what the host''s last answer said of the budget.';
grant execute on function public.note_host_requests(uuid, integer, integer, integer, timestamptz, timestamptz) to service_role;

create function public.lock_host_grant(p_grant_id uuid, p_seconds integer default 30)
returns boolean
language sql
volatile
set search_path = ''
as $$
  with locked as (
    update public.host_grants set refresh_locked_until = clock_timestamp() + make_interval(secs => p_seconds)
    where id = p_grant_id and (refresh_locked_until is null or refresh_locked_until < clock_timestamp())
    returning id
  )
  select exists (select 1 from locked)
$$;
comment on function public.lock_host_grant(uuid, integer) is
  'True for the one caller that may refresh the grant''s tokens now: hosts accept a refresh token once. The lock ends by itself.';
grant execute on function public.lock_host_grant(uuid, integer) to service_role;

create function public.revoke_host_grant(p_grant_id uuid, p_reason text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  g public.host_grants;
begin
  update public.host_grants set revoked_at = clock_timestamp(), revoked_reason = left(p_reason, 1000)
  where id = p_grant_id and revoked_at is null
  returning * into g;
  if g.id is not null then
    perform private.notify(g.workspace_id, 'grant_revoked', g.id, p_reason);
  end if;
end
$$;
comment on function public.revoke_host_grant(uuid, text) is
  'Keeps that the host refuses a grant, and tells the workspace once. Pushes are recorded from what they carry themselves.';
grant execute on function public.revoke_host_grant(uuid, text) to service_role;

create function public.note_repository_access(p_repository_id uuid, p_error text default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  r public.repositories;
begin
  update public.repositories set host_error = left(p_error, 1000)
  where id = p_repository_id and host_error is distinct from left(p_error, 1000)
  returning * into r;
  if r.id is not null and p_error is not null then
    perform private.notify(r.workspace_id, 'grant_revoked', r.id, p_error);
  end if;
end
$$;
comment on function public.note_repository_access(uuid, text) is
  'Keeps why a valid grant may not read this one repository, and tells the workspace once; null takes it back.';
grant execute on function public.note_repository_access(uuid, text) to service_role;

create function public.recorded_hashes(p_repositories jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(k.repository_id, k.hashes), '{}') from (
    select c.repository_id, jsonb_agg(c.hash) as hashes
    from jsonb_each(p_repositories) r
    cross join lateral jsonb_array_elements_text(r.value) h
    join public.commits c on c.repository_id = r.key::uuid and c.hash = h
    group by c.repository_id
  ) k
$$;
comment on function public.recorded_hashes(jsonb) is
  'Of {repository: [hash]}, those that are recorded: the host is not asked about them again.';
grant execute on function public.recorded_hashes(jsonb) to service_role;

create function public.save_delivery_progress(p_deliveries jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  with listed as materialized (
    select * from jsonb_to_recordset(p_deliveries) as l (id uuid, payload jsonb, progress jsonb, waits_until timestamptz,
      wait_reason text, incomplete_reason text, is_resumed boolean, is_completed boolean)
  ), taken as materialized (
    select id from public.webhook_deliveries where id in (select id from listed) and status = 'accepted' order by id for update
  )
  update public.webhook_deliveries d set
    payload = coalesce(l.payload, d.payload), progress = coalesce(l.progress, d.progress), waits_until = l.waits_until,
    wait_reason = left(l.wait_reason, 1000), incomplete_reason = left(l.incomplete_reason, 1000),
    completed_at = case when l.is_completed then clock_timestamp() end,
    -- To wait for the host is no failed attempt.
    attempts = case when l.is_resumed then greatest(d.attempts - 1, 0) else d.attempts end,
    timings = d.timings || jsonb_build_object('completed', (extract(epoch from clock_timestamp() - d.received_at) * 1000)::bigint)
  from listed l
  where d.id = l.id and d.id in (select id from taken)
$$;
comment on function public.save_delivery_progress(jsonb) is
  'Keeps how far the host''s API completed accepted deliveries: [{id, payload, progress, waits_until, wait_reason, '
  'incomplete_reason, is_resumed, is_completed}]. They stay accepted; what waits_until is ahead of is not begun before.';
grant execute on function public.save_delivery_progress(jsonb) to service_role;

create function private.finish_delivery()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.timings := new.timings
    || jsonb_build_object('recorded', (extract(epoch from clock_timestamp() - new.received_at) * 1000)::bigint);
  new.progress := null;
  new.waits_until := null;
  new.wait_reason := null;
  if jsonb_typeof(old.payload -> 'changes') = 'array' and new.origin <> 'import' then
    perform private.remember_heads(new, old.payload -> 'changes');
  end if;
  return new;
end
$$;
comment on function private.finish_delivery() is 'What is kept of a delivery that has been recorded: how long it took, and the heads it told of.';

create function private.remember_heads(p_delivery public.webhook_deliveries, p_changes jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.repository_heads where repository_id = p_delivery.repository_id and branch in (
    select c ->> 'branch' from jsonb_array_elements(p_changes) c where c ->> 'after' is null);
  insert into public.repository_heads as h (workspace_id, repository_id, branch, head, gap_from)
  select distinct on (c.value ->> 'branch') p_delivery.workspace_id, p_delivery.repository_id, c.value ->> 'branch', c.value ->> 'after',
    case when p_delivery.incomplete_reason is not null and c.value -> 'truncated' = 'true' then c.value ->> 'before' end
  from jsonb_array_elements(p_changes) with ordinality c
  where c.value ->> 'after' ~ '^[0-9a-f]{40}([0-9a-f]{24})?$' and length(c.value ->> 'branch') between 1 and 1000
  order by c.value ->> 'branch', c.ordinality desc
  on conflict (repository_id, branch) do update set head = excluded.head, seen_at = clock_timestamp(),
    gap_from = case
      -- Asked of the host, from the last head known: nothing is missing.
      when p_delivery.completed_at is not null then null
      when h.gap_from is not null then h.gap_from
      when excluded.gap_from is not null or exists (
        select 1 from jsonb_array_elements(p_changes) c where c ->> 'branch' = h.branch and c ->> 'before' <> h.head
          and c ->> 'after' <> h.head and c -> 'forced' is distinct from 'true')
        then h.head end;
end
$$;
comment on function private.remember_heads(public.webhook_deliveries, jsonb) is
  'Moves the known heads of the branches a push told of. Where it did not go on from the known one and the host could not be '
  'asked, gap_from keeps from where something may be missing, until it can be.';
grant execute on function private.remember_heads(public.webhook_deliveries, jsonb) to service_role;

create trigger finish before update on public.webhook_deliveries for each row
  when (old.status = 'accepted' and new.status = 'done') execute function private.finish_delivery();

create function public.replay_failed_deliveries(p_workspace_id uuid, p_repository_id uuid default null)
returns setof uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, private.workers_of_inbox());
  return query
    update public.webhook_deliveries set status = 'accepted', attempts = 0, error = null, started_at = null, finished_at = null
    where id in (select d.id from public.webhook_deliveries d where d.workspace_id = p_workspace_id
      and (p_repository_id is null or d.repository_id = p_repository_id)
      and d.status = 'failed' and d.payload is not null order by d.id for update)
    returning id;
end
$$;
comment on function public.replay_failed_deliveries(uuid, uuid) is
  'Puts all failed deliveries of a workspace, or of one repository, back. security definer because deliveries are not writable; '
  'the caller''s role is checked.';
grant execute on function public.replay_failed_deliveries(uuid, uuid) to authenticated;

create function private.host_of(p_repository public.repositories)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('grant_id', g.id, 'kind', g.kind, 'token', s.ciphertext, 'base_url', coalesce(p_repository.base_url, g.base_url),
    'revoked_reason', g.revoked_reason, 'expires_at', g.expires_at)
  from public.host_grants g
  join public.host_grant_secrets s on s.grant_id = g.id and s.purpose = 'access'
  where g.id = p_repository.grant_id
$$;
comment on function private.host_of(public.repositories) is 'How to ask the repository''s host: its address and the encrypted token, or null.';
grant execute on function private.host_of(public.repositories) to service_role;

create function public.repositories_to_reconcile(p_repository_id uuid default null, p_limit integer default 50)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(t.found), '[]') from (
    select jsonb_build_object('id', r.id, 'provider', r.provider, 'external_id', r.external_id, 'name', r.name, 'url', r.url,
      'default_branch', r.default_branch, 'host', private.host_of(r),
      'heads', (select coalesce(jsonb_agg(jsonb_build_object('branch', h.branch, 'head', h.head, 'gap_from', h.gap_from)), '[]')
        from public.repository_heads h where h.repository_id = r.id)) as found
    from public.repositories r
    join public.host_grants g on g.id = r.grant_id and g.revoked_at is null
      and (g.waits_until is null or g.waits_until < clock_timestamp())
    where r.archived_at is null and r.name is not null
      and (p_repository_id is null or r.id = p_repository_id)
      and (p_repository_id is not null or (
        (r.reconciled_at is null or r.reconciled_at < clock_timestamp() - interval '50 minutes')
        and (coalesce(r.last_delivery_at, r.created_at) < clock_timestamp() - interval '1 hour'
          or exists (select 1 from public.repository_heads h where h.repository_id = r.id and h.gap_from is not null)
          or exists (select 1 from public.webhook_deliveries d where d.repository_id = r.id and d.status = 'failed'
            and d.received_at > clock_timestamp() - interval '1 day'))))
    order by r.reconciled_at nulls first
    limit p_limit
  ) t
$$;
comment on function public.repositories_to_reconcile(uuid, integer) is
  'Connections whose branches are to be compared with the host''s: silent for an hour, with a failed delivery, or with a known '
  'gap; or the one asked for. Only those whose grant still works.';
grant execute on function public.repositories_to_reconcile(uuid, integer) to service_role;

create function public.store_reconciliation(p_repository_id uuid, p_heads jsonb, p_gone text[], p_pushes jsonb)
returns setof uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  r public.repositories;
begin
  update public.repositories set reconciled_at = clock_timestamp() where id = p_repository_id and archived_at is null
  returning * into r;
  if r.id is null then
    return;
  end if;
  delete from public.repository_heads where repository_id = r.id and branch = any (p_gone);
  insert into public.repository_heads (workspace_id, repository_id, branch, head)
  select r.workspace_id, r.id, h ->> 'branch', h ->> 'head' from jsonb_array_elements(p_heads) h
  on conflict (repository_id, branch) do nothing;
  return query
    insert into public.webhook_deliveries as d (workspace_id, repository_id, delivery_id, event, origin, verdict, status, payload)
    select r.workspace_id, r.id, p ->> 'delivery_id', 'push', 'reconciliation', 'push', 'accepted', p -> 'payload'
    from jsonb_array_elements(p_pushes) p
    -- One that could not be completed the last time is tried again.
    on conflict (repository_id, delivery_id) do update set status = 'accepted', payload = excluded.payload, attempts = 0,
      started_at = null, finished_at = null, error = null, incomplete_reason = null, progress = null, completed_at = null,
      received_at = excluded.received_at, timings = '{}'
    where d.status = 'done' and d.incomplete_reason is not null
    returning d.id;
end
$$;
comment on function public.store_reconciliation(uuid, jsonb, text[], jsonb) is
  'Keeps what a comparison of branches found: heads of branches seen for the first time, branches that are gone, and for each '
  'that moved without a delivery an own one, to be completed and recorded as any push. Answers those to queue.';
grant execute on function public.store_reconciliation(uuid, jsonb, text[], jsonb) to service_role;

create function public.stale_ciphertexts(p_version text, p_limit integer default 200)
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
  limit p_limit
$$;
comment on function public.stale_ciphertexts(text, integer) is 'Secrets that are encrypted under another key than the current one.';
grant execute on function public.stale_ciphertexts(text, integer) to service_role;

create function public.replace_ciphertexts(p_changes jsonb)
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
  )
  select ((select count(*) from of_repositories) + (select count(*) from of_grants))::integer
$$;
comment on function public.replace_ciphertexts(jsonb) is
  'Puts secrets under the current key: [{kind, id, before, after}]. One that changed meanwhile is left as it is.';
grant execute on function public.replace_ciphertexts(jsonb) to service_role;

create table private.host_address_ranges (
  provider text primary key,
  ranges text[] not null,
  fetched_at timestamptz
);
comment on table private.host_address_ranges is
  'From which addresses the public hosts send webhooks, as they publish it. GitHub''s are fetched (/meta); GitLab''s stand in its '
  'documentation ("GitLab.com settings"). Bitbucket''s list is known to be incomplete and not used.';
alter table private.host_address_ranges enable row level security;
revoke all on private.host_address_ranges from anon, authenticated;
grant select, insert, update on private.host_address_ranges to service_role;
insert into private.host_address_ranges (provider, ranges) values ('gitlab', '{34.74.90.64/28,34.74.226.0/24}');

create function public.save_address_ranges(p_provider text, p_ranges text[])
returns void
language sql
volatile
set search_path = ''
as $$
  insert into private.host_address_ranges (provider, ranges, fetched_at) values (p_provider, p_ranges, now())
  on conflict (provider) do update set ranges = excluded.ranges, fetched_at = excluded.fetched_at
$$;
comment on function public.save_address_ranges(text, text[]) is 'Keeps the addresses a host publishes for its webhooks.';
grant execute on function public.save_address_ranges(text, text[]) to service_role;

create function public.wants_address_ranges(p_provider text, p_older_than_hours integer default 20)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select 1 from public.repositories where provider = p_provider and check_source_address and archived_at is null)
    and not exists (select 1 from private.host_address_ranges where provider = p_provider
      and fetched_at > now() - make_interval(hours => p_older_than_hours))
$$;
comment on function public.wants_address_ranges(text, integer) is 'Does anybody have addresses checked, and are those known not fresh?';
grant execute on function public.wants_address_ranges(text, integer) to service_role;

drop function public.webhook_target(uuid);
create function public.webhook_target(p_repository_id uuid)
returns table (provider text, secrets text[], address_ranges text[])
language sql
stable
set search_path = ''
as $$
  select r.provider, coalesce(array_agg(s.ciphertext order by s.created_at desc) filter (where s.id is not null), '{}'),
    -- A self-hosted host publishes nothing.
    case when r.check_source_address and r.base_url is null
      then (select a.ranges from private.host_address_ranges a where a.provider = r.provider) end
  from public.repositories r
  left join public.repository_secrets s
    on s.repository_id = r.id and s.purpose = 'webhook' and (s.valid_until is null or s.valid_until > now())
  where r.id = p_repository_id and r.archived_at is null
  group by r.id
$$;
comment on function public.webhook_target(uuid) is
  'What is needed to verify a delivery: the provider, every secret valid now, and the addresses it may come from (null: any).';
grant execute on function public.webhook_target(uuid) to service_role;

create function public.incomplete_deliveries(p_limit integer default 20, p_commits integer default 200)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', d.id, 'received_at', d.received_at, 'attempts', d.attempts,
    'repository', jsonb_build_object('id', r.id, 'name', r.name, 'provider', r.provider),
    'workspace', jsonb_build_object('id', w.id, 'timezone', w.timezone, 'working_from', w.working_from,
      'working_until', w.working_until, 'working_weekends', w.working_weekends),
    'project', jsonb_build_object('id', p.id, 'name', p.name, 'billing_type', p.billing_type),
    'config', to_jsonb(c), 'host', private.host_of(r), 'commits', k.commits) order by d.received_at desc), '[]')
  from (
    select d.* from public.webhook_deliveries d
    join public.repositories r on r.id = d.repository_id and r.archived_at is null and r.host_error is null
    join public.host_grants g on g.id = r.grant_id and g.revoked_at is null
      and (g.waits_until is null or g.waits_until < clock_timestamp())
    where d.status = 'done' and d.incomplete_reason is not null
      and (d.waits_until is null or d.waits_until < clock_timestamp())
    order by d.received_at desc
    limit p_limit
  ) d
  join public.repositories r on r.id = d.repository_id
  join public.workspaces w on w.id = d.workspace_id
  join public.projects p on p.id = r.project_id
  join public.project_git_configs c on c.project_id = p.id
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'hash', x.hash, 'message', x.message, 'branch', x.branch, 'url', x.url,
      'parents', x.parents, 'author_name', x.author_name, 'author_email', x.author_email, 'author_username', x.author_username,
      'authored_at', x.authored_at, 'committed_at', x.committed_at, 'authored_offset_minutes', x.authored_offset_minutes)), '[]') as commits
    from (
      select * from public.commits x where x.delivery_id = d.id and x.additions is null
        and (x.parents is null or cardinality(x.parents) < 2)
      order by x.committed_at desc limit p_commits
    ) x
  ) k
$$;
comment on function public.incomplete_deliveries(integer, integer) is
  'Recorded deliveries whose commits lack what the host could not be asked for at the time, newest first, with some of those '
  'commits each: only where the grant works now.';
grant execute on function public.incomplete_deliveries(integer, integer) to service_role;
create index webhook_deliveries_incomplete on public.webhook_deliveries (received_at desc)
  where status = 'done' and incomplete_reason is not null;

create function public.complete_commits(p_commits jsonb)
returns integer
language sql
volatile
set search_path = ''
as $$
  with listed as materialized (
    select * from jsonb_to_recordset(p_commits) as l (id uuid, person_id uuid, parents text[], author_name text, author_email text,
      authored_at timestamptz, authored_offset_minutes integer, work_day date, files jsonb, files_changed integer, additions integer,
      deletions integer, source_files integer, source_additions integer, source_deletions integer, binary_files integer)
  ), taken as materialized (
    select id from public.commits where id in (select id from listed) and additions is null order by id for update
  ), completed as (
    update public.commits c set parents = coalesce(l.parents, c.parents), author_name = coalesce(c.author_name, left(l.author_name, 320)),
      author_email = coalesce(c.author_email, left(l.author_email, 320)), person_id = coalesce(l.person_id, c.person_id),
      authored_at = coalesce(l.authored_at, c.authored_at), work_day = coalesce(l.work_day, c.work_day),
      authored_offset_minutes = coalesce(l.authored_offset_minutes, c.authored_offset_minutes), files = coalesce(l.files, c.files),
      files_changed = coalesce(l.files_changed, c.files_changed), additions = l.additions, deletions = l.deletions,
      source_files = l.source_files, source_additions = l.source_additions, source_deletions = l.source_deletions,
      binary_files = l.binary_files
    from listed l where c.id = l.id and c.id in (select id from taken)
    returning c.id
  )
  select count(*)::integer from completed
$$;
comment on function public.complete_commits(jsonb) is
  'Adds to recorded commits what the host told of them later; what was there before stays.';
grant execute on function public.complete_commits(jsonb) to service_role;

create function public.estimate_again(p_estimates jsonb, p_moved jsonb default '[]', p_delivery_ids uuid[] default '{}',
  p_waits_until timestamptz default null)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_changed integer;
begin
  -- In the order of lock_drafts, so that two that touch the same drafts cannot wait for each other.
  perform 1 from public.draft_line_items d
  where d.id in (select l.draft_line_item_id from public.commit_draft_items l
    where l.commit_id in (select (e ->> 'commit_id')::uuid from jsonb_array_elements(p_estimates) e))
    or d.id in (select (m ->> 'draft_id')::uuid from jsonb_array_elements(p_moved) m)
  order by d.id for update;
  update public.draft_line_items d set minutes = m.minutes, estimated_minutes = m.minutes, estimate_low = m.low,
    estimate_high = m.high, estimate_reason = m.reason
  from jsonb_to_recordset(p_moved) as m (draft_id uuid, minutes integer, low integer, high integer, reason text)
  where d.id = m.draft_id and d.status = 'draft' and d.edited_at is null;
  with listed as materialized (
    select * from jsonb_to_recordset(p_estimates) as l (commit_id uuid, minutes integer, low integer, high integer, method text,
      reason text, flags jsonb)
  ), estimated as (
    update public.draft_line_items d set minutes = l.minutes, estimated_minutes = l.minutes, estimate_low = l.low, estimate_high = l.high,
      estimate_method = l.method, estimate_reason = l.reason, flags = coalesce(l.flags, d.flags)
    from listed l
    join public.commit_draft_items i on i.commit_id = l.commit_id
    where d.id = i.draft_line_item_id and d.status = 'draft' and d.edited_at is null and d.source_type = 'commit' and d.share = 1
      -- A draft that was joined from several commits is not of one estimate.
      and (select count(*) from public.commit_draft_items o where o.draft_line_item_id = d.id) = 1
      -- Nor is one of what is left of a commit beside known work.
      and not exists (select 1 from public.commit_links p where p.commit_id = l.commit_id and p.kind = 'part')
    returning d.id
  )
  select count(*) into v_changed from estimated;
  update public.webhook_deliveries d set
    incomplete_reason = case when p_waits_until is null then null else d.incomplete_reason end, waits_until = p_waits_until,
    completed_at = case when p_waits_until is null then clock_timestamp() else d.completed_at end
  where d.id = any (p_delivery_ids) and d.status = 'done';
  return v_changed;
end
$$;
comment on function public.estimate_again(jsonb, jsonb, uuid[], timestamptz) is
  'Gives drafts that nobody has touched the estimate that their completed commit has now, and moves those of the same days with '
  'it; what a person edited, approved or joined stays. The deliveries named are complete with it, or wait for the host until the moment given.';
grant execute on function public.estimate_again(jsonb, jsonb, uuid[], timestamptz) to service_role;
