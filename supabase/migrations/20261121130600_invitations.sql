-- Who else works in a workspace: invited by a link, in a role, until an owner says otherwise.

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  email text not null check (email = lower(btrim(email)) and length(email) between 3 and 320 and email like '%_@_%'),
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  invited_by uuid,
  expires_at timestamptz not null default now() + interval '14 days',
  accepted_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table public.invitations is
  'People who were asked to join. Of the token in their link only the SHA-256 is kept; it opens the workspace to the address it was '
  'made for, once, for fourteen days.';
create unique index invitations_open on public.invitations (workspace_id, email) where accepted_at is null;

alter table public.invitations enable row level security;
create policy invitations_read on public.invitations for select to authenticated
  using (workspace_id = any ((select private.workspace_ids(array['owner']))::uuid[]));
revoke all on public.invitations from anon, authenticated;
grant select (id, workspace_id, email, role, expires_at, accepted_at, created_at) on public.invitations to authenticated;
grant all on public.invitations to service_role;

create function public.invite_member(p_workspace_id uuid, p_email text, p_role text)
returns text
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_email constant text := lower(btrim(coalesce(p_email, '')));
  v_token constant text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  perform private.require_role(p_workspace_id, array['owner']);
  if v_email !~ '^[^@\s]+@[^@\s]+$' or length(v_email) > 320 then
    perform private.fail('BH003', 'enter an e-mail address', 'email');
  end if;
  if coalesce(p_role, '') not in ('owner', 'admin', 'member', 'viewer') then
    perform private.fail('BH003', 'there is no such role', 'role');
  end if;
  if exists (select 1 from public.members m join auth.users u on u.id = m.user_id
      where m.workspace_id = p_workspace_id and lower(u.email) = v_email) then
    perform private.fail('BH003', 'this person is a member already', 'email');
  end if;
  if (select count(*) from public.invitations where workspace_id = p_workspace_id and accepted_at is null) >= 100 then
    perform private.fail('BH003', 'a hundred invitations are open; take one back first');
  end if;
  -- Asked again, the new link takes the place of the old one.
  insert into public.invitations (workspace_id, email, role, token_hash, invited_by)
  values (p_workspace_id, v_email, p_role, encode(sha256(convert_to(v_token, 'UTF8')), 'hex'), auth.uid())
  on conflict (workspace_id, email) where accepted_at is null do update set role = excluded.role, token_hash = excluded.token_hash,
    invited_by = excluded.invited_by, expires_at = excluded.expires_at;
  return v_token;
end
$$;
comment on function public.invite_member(uuid, text, text) is
  'Asks the owner of an e-mail address to join in a role, and answers the token for the link to give them: it is not kept. '
  'security definer: invitations are not writable directly; only owners may.';

create function public.withdraw_invitation(p_invitation_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role((select workspace_id from public.invitations where id = p_invitation_id), array['owner']);
  delete from public.invitations where id = p_invitation_id and accepted_at is null;
end
$$;
comment on function public.withdraw_invitation(uuid) is
  'Takes an invitation back: its link opens nothing any more. security definer: invitations are not writable directly; only owners may.';

create function public.accept_invitation(p_token text)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invitation public.invitations;
  v_email constant text := (select email from auth.users where id = auth.uid());
begin
  select * into v_invitation from public.invitations
  where token_hash = encode(sha256(convert_to(coalesce(p_token, ''), 'UTF8')), 'hex') for update;
  if v_invitation.id is null or auth.uid() is null then
    perform private.fail('BH002', 'not found');
  end if;
  -- Nobody else's, whoever has the link; and no more than that is said of it.
  if lower(coalesce(v_email, '')) <> v_invitation.email then
    perform private.fail('BH003', 'the invitation is for another e-mail address; sign in with the one it was sent to', 'email');
  end if;
  if v_invitation.accepted_at is not null then
    if not v_invitation.workspace_id = any (private.workspace_ids()) then
      perform private.fail('BH002', 'not found');
    end if;
    return v_invitation.workspace_id;
  end if;
  if v_invitation.expires_at < now() then
    perform private.fail('BH003', 'the invitation has expired; ask for another one', 'expired');
  end if;
  perform set_config('billhook.action', 'join_workspace', true);
  insert into public.members (workspace_id, user_id, role, display_name, email)
  values (v_invitation.workspace_id, auth.uid(), v_invitation.role, left(split_part(v_email, '@', 1), 120), v_email)
  on conflict (workspace_id, user_id) do nothing;
  update public.invitations set accepted_at = now() where id = v_invitation.id;
  return v_invitation.workspace_id;
end
$$;
comment on function public.accept_invitation(text) is
  'Makes whoever is signed in with the invited address a member, and answers the workspace. Twice is the same as once. '
  'security definer: whoever is invited is no member yet.';

create function private.lock_member(p_member_id uuid, p_may_be_own boolean)
returns public.members
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_workspace_id constant uuid := (select workspace_id from public.members where id = p_member_id);
  v_member public.members;
begin
  -- All owners in one order, so that two who step down at once do not both find the other one there.
  perform 1 from public.members where workspace_id = v_workspace_id and (role = 'owner' or id = p_member_id) order by id for update;
  select * into v_member from public.members where id = p_member_id;
  perform private.require_role(v_workspace_id, case when p_may_be_own and v_member.user_id = auth.uid()
    then array['owner', 'admin', 'member', 'viewer'] else array['owner'] end);
  return v_member;
end
$$;
comment on function private.lock_member(uuid, boolean) is 'Locks a member and the owners for an owner, or for the member.';

create function private.keep_an_owner(p_workspace_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (select 1 from public.members where workspace_id = p_workspace_id and role = 'owner') then
    perform private.fail('BH005', 'a workspace keeps an owner; make somebody else one first', 'owner');
  end if;
end
$$;
comment on function private.keep_an_owner(uuid) is 'Refuses what would leave a workspace to nobody.';

create function public.change_member_role(p_member_id uuid, p_role text)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_member public.members;
begin
  v_member := private.lock_member(p_member_id, false);
  if coalesce(p_role, '') not in ('owner', 'admin', 'member', 'viewer') then
    perform private.fail('BH003', 'there is no such role', 'role');
  end if;
  perform set_config('billhook.action', 'change_role', true);
  update public.members set role = p_role where id = p_member_id and role <> p_role;
  perform private.keep_an_owner(v_member.workspace_id);
end
$$;
comment on function public.change_member_role(uuid, text) is
  'Gives a member another role; the last owner stays one. security definer: members are not writable directly; only owners may.';

create function public.remove_member(p_member_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_member public.members;
begin
  v_member := private.lock_member(p_member_id, true);
  perform set_config('billhook.action', 'remove_member', true);
  update public.people set member_id = null where workspace_id = v_member.workspace_id and member_id = v_member.id;
  update public.time_entries set member_id = null where workspace_id = v_member.workspace_id and member_id = v_member.id;
  delete from public.members where id = p_member_id;
  perform private.keep_an_owner(v_member.workspace_id);
end
$$;
comment on function public.remove_member(uuid) is
  'Ends a membership, for an owner or for the member themselves; the last owner stays. What they recorded and approved stays as it is. '
  'security definer: members are not writable directly.';

grant execute on function public.invite_member(uuid, text, text), public.withdraw_invitation(uuid), public.accept_invitation(text),
  public.change_member_role(uuid, text), public.remove_member(uuid) to authenticated;
