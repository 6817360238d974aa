-- Leave to ask a git host, given by a person in the host's own pages (OAuth 2.0, RFC 6749).

create table public.oauth_attempts (
  id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null check (provider in ('github', 'gitlab', 'bitbucket', 'gitea')),
  base_url text check (base_url ~* '^https?://' and length(base_url) <= 1000),
  session_hash text not null check (session_hash ~ '^[0-9a-f]{64}$'),
  verifier_ciphertext text,
  return_to text not null check (return_to ~ '^/[a-z]' and length(return_to) <= 500),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '10 minutes'
);
comment on table public.oauth_attempts is
  'People who are at a git host''s pages, to allow Billhook in. Each counts once, for ten minutes, and in the browser it was begun '
  'in: session_hash is of a cookie. The verifier (RFC 7636) is encrypted for the attempt. Read by the service role only.';
create index oauth_attempts_workspace on public.oauth_attempts (workspace_id);
create index oauth_attempts_user on public.oauth_attempts (user_id);
create index oauth_attempts_expiry on public.oauth_attempts (expires_at);
alter table public.oauth_attempts enable row level security;
revoke all on public.oauth_attempts from anon, authenticated;
grant all on public.oauth_attempts to service_role;

create function public.begin_oauth(p_id uuid, p_workspace_id uuid, p_provider text, p_session_hash text, p_return_to text,
  p_base_url text default null, p_verifier_ciphertext text default null)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, private.managers());
  delete from public.oauth_attempts where expires_at < now();
  if (select count(*) from public.oauth_attempts where user_id = auth.uid()) >= 20 then
    perform private.fail('BH005', 'too many attempts at once; wait ten minutes', 'provider');
  end if;
  insert into public.oauth_attempts (id, workspace_id, user_id, provider, base_url, session_hash, verifier_ciphertext, return_to)
  values (p_id, p_workspace_id, auth.uid(), p_provider, p_base_url, p_session_hash, p_verifier_ciphertext, p_return_to);
end
$$;
comment on function public.begin_oauth(uuid, uuid, text, text, text, text, text) is
  'Notes that a person goes to a host to allow Billhook in, and clears away who never came back. '
  'security definer because attempts are not writable directly; the role is checked.';
grant execute on function public.begin_oauth(uuid, uuid, text, text, text, text, text) to authenticated;

create function public.take_oauth_attempt(p_id uuid, p_provider text, p_session_hash text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  with taken as (
    delete from public.oauth_attempts
    where id = p_id and provider = p_provider and session_hash = p_session_hash and expires_at > now()
    returning *
  )
  select coalesce((select to_jsonb(t) from taken t), '{}')
$$;
comment on function public.take_oauth_attempt(uuid, text, text) is
  'Hands an attempt out once, to the browser that began it; empty for every other. Another browser does not use it up.';
grant execute on function public.take_oauth_attempt(uuid, text, text) to service_role;

create function public.store_oauth_grant(p_grant_id uuid, p_workspace_id uuid, p_user_id uuid, p_provider text, p_base_url text,
  p_account_name text, p_scopes text[], p_access text, p_refresh text default null, p_expires_at timestamptz default null,
  p_kind text default 'oauth')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_old uuid[];
begin
  if not exists (select 1 from public.members
      where workspace_id = p_workspace_id and user_id = p_user_id and role = any (private.managers())) then
    perform private.fail('BH001', 'not allowed for this role');
  end if;
  select coalesce(array_agg(id), '{}') into v_old from public.host_grants
  where workspace_id = p_workspace_id and provider = p_provider and kind = p_kind
    and base_url is not distinct from p_base_url and account_name = p_account_name;
  insert into public.host_grants (id, workspace_id, provider, base_url, kind, account_name, scopes, expires_at, created_by)
  values (p_grant_id, p_workspace_id, p_provider, p_base_url, p_kind, p_account_name, p_scopes, p_expires_at, p_user_id);
  insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
  select p_workspace_id, p_grant_id, s.purpose, s.ciphertext
  from (values ('access', p_access), ('refresh', p_refresh)) s (purpose, ciphertext) where s.ciphertext is not null;
  delete from public.notifications n where n.workspace_id = p_workspace_id and n.kind = 'grant_revoked'
    and (n.subject_id = any (v_old)
      or n.subject_id in (select r.id from public.repositories r where r.workspace_id = p_workspace_id and r.grant_id = any (v_old)));
  update public.repositories set grant_id = p_grant_id, host_error = null
  where workspace_id = p_workspace_id and grant_id = any (v_old);
  delete from public.host_grants where id = any (v_old);
end
$$;
comment on function public.store_oauth_grant(uuid, uuid, uuid, text, text, text, text[], text, text, timestamptz, text) is
  'Keeps what a host granted a person, if that person still manages the workspace: kind oauth, or app for an installed GitHub App, '
  'whose p_refresh is the encrypted number of the installation. It takes the place of an earlier grant of the '
  'same account, in all repositories that used it: connecting again is how a revoked grant is mended.';
grant execute on function public.store_oauth_grant(uuid, uuid, uuid, text, text, text, text[], text, text, timestamptz, text) to service_role;

create function public.check_grant_manager(p_grant_id uuid)
returns jsonb
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  g public.host_grants;
begin
  select * into g from public.host_grants where id = p_grant_id;
  perform private.require_role(g.workspace_id, private.managers());
  if g.revoked_at is not null then
    perform private.fail('BH005', g.revoked_reason, 'grant_id');
  end if;
  return jsonb_build_object('workspace_id', g.workspace_id, 'provider', g.provider, 'base_url', g.base_url);
end
$$;
comment on function public.check_grant_manager(uuid) is
  'Whether the person may use this grant, and for which host it is. Its tokens stay with the service role. '
  'security definer so that the rule is the same wherever the row is read from; the role is checked.';
grant execute on function public.check_grant_manager(uuid) to authenticated;

create function public.grant_host(p_grant_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('grant_id', g.id, 'kind', g.kind, 'token', s.ciphertext, 'base_url', g.base_url,
    'revoked_reason', g.revoked_reason, 'expires_at', g.expires_at)
  from public.host_grants g
  join public.host_grant_secrets s on s.grant_id = g.id and s.purpose = 'access'
  where g.id = p_grant_id
$$;
comment on function public.grant_host(uuid) is 'How to ask a host under this grant: its address and the encrypted token.';
grant execute on function public.grant_host(uuid) to service_role;

create function public.connect_granted_repository(p_id uuid, p_project_id uuid, p_grant_id uuid, p_secret_ciphertext text,
  p_name text, p_url text default null, p_default_branch text default null)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  g public.host_grants;
begin
  select h.* into g from public.host_grants h join public.projects p on p.workspace_id = h.workspace_id
  where h.id = p_grant_id and p.id = p_project_id;
  perform private.require_role(g.workspace_id, private.managers());
  perform public.connect_repository(p_id, p_project_id, g.provider, p_secret_ciphertext, p_name, p_url, g.base_url);
  update public.repositories set grant_id = g.id, default_branch = left(p_default_branch, 500) where id = p_id;
  return p_id;
end
$$;
comment on function public.connect_granted_repository(uuid, uuid, uuid, text, text, text, text) is
  'Connects a repository that was picked under a grant of the same workspace; the grant serves it from then on. '
  'security definer because nobody may write secrets directly; the role is checked.';
grant execute on function public.connect_granted_repository(uuid, uuid, uuid, text, text, text, text) to authenticated;

create function public.take_grant_refresh(p_grant_id uuid, p_access text, p_seconds integer default 30)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  g public.host_grants;
  v_access text;
  v_refresh text;
begin
  select * into g from public.host_grants where id = p_grant_id for update;
  select ciphertext into v_access from public.host_grant_secrets where grant_id = p_grant_id and purpose = 'access';
  if g.id is null or g.revoked_at is not null or v_access is null then
    return jsonb_build_object('outcome', 'revoked', 'reason', g.revoked_reason);
  end if;
  -- Only what was refreshed meanwhile is news; the same token under another encryption key has the same expiry still.
  if v_access <> p_access and g.expires_at > clock_timestamp() + interval '30 seconds' then
    return jsonb_build_object('outcome', 'refreshed', 'access', v_access);
  end if;
  select ciphertext into v_refresh from public.host_grant_secrets where grant_id = p_grant_id and purpose = 'refresh';
  if v_refresh is null then
    return jsonb_build_object('outcome', 'ended');
  end if;
  if not public.lock_host_grant(p_grant_id, p_seconds) then
    return jsonb_build_object('outcome', 'busy');
  end if;
  return jsonb_build_object('outcome', 'yours', 'refresh', v_refresh, 'base_url', g.base_url);
end
$$;
comment on function public.take_grant_refresh(uuid, text, integer) is
  'Who refreshes a grant: hosts accept a refresh token once, so one caller gets it and the others wait for the outcome. p_access is '
  'the encrypted token the caller holds; where another is kept by now, that one is answered.';
grant execute on function public.take_grant_refresh(uuid, text, integer) to service_role;

create function public.save_grant_tokens(p_grant_id uuid, p_access text, p_refresh text default null, p_expires_at timestamptz default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  g public.host_grants;
begin
  update public.host_grants set refresh_locked_until = null, expires_at = p_expires_at where id = p_grant_id returning * into g;
  insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
  select g.workspace_id, g.id, s.purpose, s.ciphertext
  from (values ('access', p_access), ('refresh', p_refresh)) s (purpose, ciphertext)
  where s.ciphertext is not null and g.id is not null
  on conflict (grant_id, purpose) do update set ciphertext = excluded.ciphertext, created_at = now();
end
$$;
comment on function public.save_grant_tokens(uuid, text, text, timestamptz) is
  'Keeps refreshed tokens, before the first use of them, and lets go of the lock. Where the host gave no new refresh token, the '
  'one there is stays.';
grant execute on function public.save_grant_tokens(uuid, text, text, timestamptz) to service_role;

create function public.release_grant_refresh(p_grant_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.host_grants set refresh_locked_until = null where id = p_grant_id
$$;
comment on function public.release_grant_refresh(uuid) is 'Lets go of the lock after a refresh that came to nothing, so that the next caller tries.';
grant execute on function public.release_grant_refresh(uuid) to service_role;
