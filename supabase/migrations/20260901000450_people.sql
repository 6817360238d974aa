-- Who did the work. A person commits under several addresses; what they are paid for is one day.

create table public.people (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  display_name text not null check (length(display_name) between 1 and 320),
  member_id uuid,
  kind text not null default 'human' check (kind in ('human', 'agent', 'bot')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, member_id) references public.members (workspace_id, id) on delete restrict
);
comment on table public.people is
  'Authors of commits, members or not. kind agent is a coding assistant that is named beside a person; bot is never billed.';
create index people_member on public.people (workspace_id, member_id);

create table public.person_identities (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  author_key text not null check (length(author_key) between 1 and 400),
  person_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, author_key),
  foreign key (workspace_id, person_id) references public.people (workspace_id, id) on delete cascade
);
comment on table public.person_identities is
  'The keys (packages/domain/people.ts) under which a person commits. Joining two people once moves the keys, and is remembered.';
create index person_identities_person on public.person_identities (workspace_id, person_id);

create table public.work_days (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  person_id uuid not null,
  day date not null,
  bounded_hours double precision not null check (bounded_hours between 0 and 24),
  last_hour double precision,
  last_authored_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, person_id, day),
  foreign key (workspace_id, person_id) references public.people (workspace_id, id) on delete cascade
);
comment on table public.work_days is
  'What a person''s commits of a day, in all repositories, say about its length (packages/domain/estimate/calibrated-day.ts). '
  'What was approved for the day is not copied here; estimation_context reads it from the drafts, so that it is never stale.';

create function private.people_of(p_workspace_id uuid, p_authors jsonb)
returns table (author_key text, person_id uuid, display_name text, kind text, member_id uuid)
language plpgsql
volatile
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with wanted as (
    select distinct on (a ->> 'key') a ->> 'key' as key, left(coalesce(nullif(a ->> 'name', ''), a ->> 'key'), 320) as name,
      a ->> 'email' as email, coalesce(a ->> 'kind', 'human') as kind
    from jsonb_array_elements(p_authors) a
    -- Somebody who is only named beside the author is a person here once known, or a member.
    where not coalesce((a ->> 'named_only')::boolean, false)
      or exists (select 1 from public.person_identities i where i.workspace_id = p_workspace_id and i.author_key = a ->> 'key')
      or exists (select 1 from public.members m where m.workspace_id = p_workspace_id and lower(m.email) = lower(a ->> 'email'))
    order by a ->> 'key'
  ), missing as (
    select w.key, w.name, w.kind, m.id as member_id, gen_random_uuid() as new_id
    from wanted w
    left join public.members m on m.workspace_id = p_workspace_id and lower(m.email) = lower(w.email)
    where not exists (
      select 1 from public.person_identities i where i.workspace_id = p_workspace_id and i.author_key = w.key)
  ), targets as (
    -- A member who is known under another address already stays one person.
    select m.key, m.name, m.kind, m.member_id, coalesce(
      (select p.id from public.people p where p.workspace_id = p_workspace_id and p.member_id = m.member_id
        order by p.created_at limit 1), m.new_id) as id
    from missing m
  ), made as (
    insert into public.people (id, workspace_id, display_name, member_id, kind)
    select t.id, p_workspace_id, t.name, t.member_id, t.kind from targets t
    on conflict (id) do nothing
  ), keyed as (
    insert into public.person_identities (workspace_id, author_key, person_id)
    select p_workspace_id, t.key, t.id from targets t order by t.key
    -- Another batch may have made the key meanwhile; its person is the one.
    on conflict (workspace_id, author_key) do update set author_key = excluded.author_key
    returning person_identities.author_key, person_identities.person_id
  )
  -- Whom this statement makes, it does not see: what is known of them comes from what was asked.
  select k.author_key, k.person_id, coalesce(p.display_name, t.name), coalesce(p.kind, t.kind), coalesce(p.member_id, t.member_id)
  from keyed k
  join targets t on t.key = k.author_key
  left join public.people p on p.id = k.person_id
  union
  select i.author_key, i.person_id, p.display_name, p.kind, p.member_id
  from public.person_identities i
  join wanted w on w.key = i.author_key
  join public.people p on p.id = i.person_id
  where i.workspace_id = p_workspace_id;
end
$$;
comment on function private.people_of(uuid, jsonb) is
  'The people behind author keys, made where they are new: [{key, name, email, kind}]. One person per key, whoever comes first.';
grant execute on function private.people_of(uuid, jsonb) to service_role;

create function private.check_own_person(p_workspace_id uuid, p_member_ids uuid[])
returns void
language plpgsql
stable security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, case
    when (select id from public.members where workspace_id = p_workspace_id and user_id = auth.uid())
        = all (array_remove(p_member_ids, null)) and cardinality(array_remove(p_member_ids, null)) > 0
      then private.workers_of_inbox()
    else private.managers()
  end);
end
$$;
comment on function private.check_own_person(uuid, uuid[]) is
  'Who an author is, is said by the person concerned, where the member is theirs, or by an admin. '
  'security definer because members are read past their policies.';

create function public.join_people(p_from uuid, p_into uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_from public.people;
  v_into public.people;
begin
  perform 1 from public.people where id in (p_from, p_into) order by id for update;
  select * into v_from from public.people where id = p_from;
  select * into v_into from public.people where id = p_into;
  perform private.check_own_person(v_into.workspace_id, array[v_from.member_id, v_into.member_id]);
  if v_from.workspace_id is distinct from v_into.workspace_id then
    perform private.fail('BH002', 'not found');
  end if;
  if v_from.id = v_into.id then
    return;
  end if;
  perform set_config('billhook.action', 'join', true);
  update public.person_identities set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  update public.commits set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  update public.draft_line_items set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  -- The joined days are measured anew with the next push; until then the longer of the two stands.
  insert into public.work_days (workspace_id, person_id, day, bounded_hours, last_hour, last_authored_at)
  select workspace_id, v_into.id, day, bounded_hours, last_hour, last_authored_at from public.work_days
  where workspace_id = v_into.workspace_id and person_id = v_from.id
  on conflict (workspace_id, person_id, day) do update set
    bounded_hours = greatest(public.work_days.bounded_hours, excluded.bounded_hours),
    last_hour = greatest(public.work_days.last_hour, excluded.last_hour),
    last_authored_at = greatest(public.work_days.last_authored_at, excluded.last_authored_at);
  update public.people set member_id = coalesce(member_id, v_from.member_id) where id = v_into.id;
  delete from public.people where id = v_from.id;
end
$$;
comment on function public.join_people(uuid, uuid) is
  'Says that two authors are one person: keys, commits and drafts move to the second, for good. '
  'security definer: people are not writable directly; the role is checked.';
grant execute on function public.join_people(uuid, uuid) to authenticated;

do $$
declare
  t text;
begin
  foreach t in array array['people', 'person_identities', 'work_days'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('create policy %I on public.%I for select to authenticated
      using (workspace_id = any ((select private.workspace_ids())::uuid[]))', t || '_read', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant select on public.%I to authenticated', t);
    execute format('grant all on public.%I to service_role', t);
  end loop;
end
$$;

create trigger touch before update on public.people for each row execute function private.touch();
create trigger touch before update on public.work_days for each row execute function private.touch();
