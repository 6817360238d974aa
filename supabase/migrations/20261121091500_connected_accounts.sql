-- The accounts of git hosts that a workspace is connected with: letting one go, and giving a repository another one.

create or replace function private.host_of(p_repository public.repositories)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('grant_id', g.id, 'kind', g.kind, 'token', coalesce(s.ciphertext, ''),
    'base_url', coalesce(p_repository.base_url, g.base_url), 'revoked_reason', g.revoked_reason, 'expires_at', g.expires_at)
  from public.host_grants g
  left join public.host_grant_secrets s on s.grant_id = g.id and s.purpose = 'access'
  -- One that was disconnected has no token any more, and says why.
  where g.id = p_repository.grant_id and (s.id is not null or g.revoked_reason is not null)
$$;
comment on function private.host_of(public.repositories) is
  'How to ask the repository''s host: its address and the encrypted token, or why it is not asked; null where nothing was granted.';

create function public.disconnect_grant(p_grant_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  g public.host_grants;
  v_person text;
begin
  select * into g from public.host_grants where id = p_grant_id for update;
  perform private.require_role(g.workspace_id, private.managers());
  delete from public.host_grant_secrets where grant_id = g.id;
  if not exists (select 1 from public.repositories where workspace_id = g.workspace_id and grant_id = g.id) then
    delete from public.notifications where workspace_id = g.workspace_id and kind = 'grant_revoked' and subject_id = g.id;
    delete from public.host_grants where id = g.id;
    return;
  end if;
  select display_name into v_person from public.members where workspace_id = g.workspace_id and user_id = auth.uid();
  update public.host_grants set revoked_at = clock_timestamp(), refresh_locked_until = null, expires_at = null, revoked_reason = left(
    coalesce(v_person, 'Somebody') || case when kind = 'token'
      then ' took the access token away. Give the repository a new one, and what it missed is filled in.'
      else ' disconnected ' || coalesce(account_name, 'the account') || '. Connect it again, or give the repository another access, '
        || 'and what it missed is filled in.' end, 1000)
  where id = g.id;
end
$$;
comment on function public.disconnect_grant(uuid) is
  'Throws the tokens of a grant away. Repositories that use it go on from what their pushes say themselves, and say how to mend that; '
  'a grant without any is gone. security definer because secrets and grants are not writable directly; the role is checked.';
grant execute on function public.disconnect_grant(uuid) to authenticated;

create function public.use_grant(p_repository_id uuid, p_grant_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r public.repositories;
  g public.host_grants;
begin
  select * into r from public.repositories where id = p_repository_id for update;
  perform private.require_role(r.workspace_id, private.managers());
  select * into g from public.host_grants where id = p_grant_id and workspace_id = r.workspace_id and kind <> 'token';
  if g.id is null then
    perform private.fail('BH002', 'not found', 'grant_id');
  end if;
  if g.provider <> r.provider then
    perform private.fail('BH005', 'This account is at another host than the repository.', 'grant_id');
  end if;
  if g.revoked_reason is not null then
    perform private.fail('BH005', g.revoked_reason, 'grant_id');
  end if;
  -- A token goes to the host that gave it and to no other.
  update public.repositories set grant_id = g.id, base_url = g.base_url, host_error = null where id = r.id;
  delete from public.host_grants o where o.id = r.grant_id and o.id <> g.id
    and (o.kind = 'token' or o.revoked_at is not null and not exists (select 1 from public.host_grant_secrets s where s.grant_id = o.id))
    and not exists (select 1 from public.repositories x where x.grant_id = o.id);
  delete from public.notifications n where n.workspace_id = r.workspace_id and n.kind = 'grant_revoked'
    and (n.subject_id = r.id or n.subject_id = r.grant_id and not exists (select 1 from public.host_grants o where o.id = r.grant_id));
end
$$;
comment on function public.use_grant(uuid, uuid) is
  'Lets a repository be asked for under a connected account of the same host, in place of a token or another account; what nothing '
  'uses any more is let go of. The Worker has checked access there. security definer because repositories'' grants are not writable '
  'directly; the role is checked.';
grant execute on function public.use_grant(uuid, uuid) to authenticated;

create or replace function public.save_grant_tokens(p_grant_id uuid, p_access text, p_refresh text default null, p_expires_at timestamptz default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  g public.host_grants;
begin
  -- Disconnected while its tokens were refreshed, it gets none any more.
  update public.host_grants set refresh_locked_until = null, expires_at = p_expires_at where id = p_grant_id and revoked_at is null
  returning * into g;
  insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
  select g.workspace_id, g.id, s.purpose, s.ciphertext
  from (values ('access', p_access), ('refresh', p_refresh)) s (purpose, ciphertext)
  where s.ciphertext is not null and g.id is not null
  on conflict (grant_id, purpose) do update set ciphertext = excluded.ciphertext, created_at = now();
end
$$;
