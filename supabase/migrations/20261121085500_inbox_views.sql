-- What an answer tells of the other person, flags that somebody has looked at, and named views of the inbox.

create or replace function private.draft_outcome(p_changed uuid[], p_skipped jsonb)
returns jsonb
language sql
stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'changed', coalesce((select jsonb_agg(to_jsonb(v)) from public.inbox_drafts v where v.id = any (p_changed)), '[]'),
    'skipped', coalesce((
      select jsonb_agg(s.value || coalesce(w.told, '{}') order by s.ordinality)
      from jsonb_array_elements(p_skipped) with ordinality s
      left join lateral (
        -- Of the first few: nobody reads more.
        select jsonb_build_object('by', case when e.actor_id = auth.uid() then null else m.display_name end, 'action', e.action,
          'at', e.created_at) as told
        from public.draft_line_items d
        join public.audit_events e on e.workspace_id = d.workspace_id and e.entity_type = 'draft_line_items' and e.entity_id = d.id
        left join public.members m on m.workspace_id = e.workspace_id and m.user_id = e.actor_id
        where d.id = (s.value ->> 'id')::uuid and s.value ->> 'code' <> 'not_found' and s.ordinality <= 20
        order by e.id desc limit 1
      ) w on true), '[]'),
    'act_id', nullif(current_setting('billhook.act', true), ''))
$$;
comment on function private.draft_outcome(uuid[], jsonb) is
  'The common answer of the draft procedures: rows as the inbox shows them, what was left as it was with who touched it last and '
  'how, and the act that undo_act takes back. security definer: it shows what its caller has just checked and changed.';

create function public.accept_flags(p_ids uuid[], p_code text, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case
      when d.status <> 'draft' then 'not_open'
      when not exists (select 1 from jsonb_array_elements(d.flags) f where f ->> 'code' = p_code and not f ? 'accepted_at')
        then 'no_flag' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', 'accept', true);
  update public.draft_line_items d set edited_at = clock_timestamp(), flags = (
    select jsonb_agg(case when f.value ->> 'code' = p_code and not f.value ? 'accepted_at'
      then f.value || jsonb_build_object('accepted_at', now(), 'accepted_by', auth.uid()) else f.value end order by f.ordinality)
    from jsonb_array_elements(d.flags) with ordinality f)
  where d.id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.accept_flags(uuid[], text, jsonb) is
  'A person has looked at what a flag says and lets the line be: it stays as evidence, and no longer asks for attention. The '
  'estimate stays as the person saw it. security definer: drafts are not writable directly.';

create table public.inbox_views (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 80),
  search jsonb not null check (jsonb_typeof(search) = 'object' and octet_length(search::text) <= 4000),
  shared boolean not null default false,
  created_by uuid references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id)
);
comment on table public.inbox_views is
  'A named set of filters, grouping and sorting: what the inbox has in its address. Shared ones are everybody''s to see.';
create unique index inbox_views_name on public.inbox_views (workspace_id, created_by, lower(btrim(name)));
create index inbox_views_owner on public.inbox_views (created_by);

create table public.inbox_view_choices (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  view_id uuid not null,
  primary key (workspace_id, user_id),
  foreign key (workspace_id, view_id) references public.inbox_views (workspace_id, id) on delete cascade
);
comment on table public.inbox_view_choices is 'The view with which the inbox opens, for each person.';
create index inbox_view_choices_view on public.inbox_view_choices (view_id);
create index inbox_view_choices_user on public.inbox_view_choices (user_id);

alter table public.inbox_views enable row level security;
create policy inbox_views_read on public.inbox_views for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]) and (shared or created_by = (select auth.uid())));
alter table public.inbox_view_choices enable row level security;
create policy inbox_view_choices_own on public.inbox_view_choices for select to authenticated
  using (user_id = (select auth.uid()) and workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.inbox_views, public.inbox_view_choices from anon, authenticated;
grant select on public.inbox_views, public.inbox_view_choices to authenticated;
grant all on public.inbox_views, public.inbox_view_choices to service_role;
create trigger touch before update on public.inbox_views for each row execute function private.touch();

create function public.save_inbox_view(p_id uuid, p_workspace_id uuid, p_name text, p_search jsonb, p_shared boolean default false)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v public.inbox_views;
begin
  perform private.require_role(p_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  if p_shared then
    perform private.require_role(p_workspace_id, private.workers_of_inbox());
  end if;
  if length(btrim(coalesce(p_name, ''))) not between 1 and 80 then
    perform private.fail('BH003', 'a name has 1 to 80 characters', 'name');
  end if;
  if jsonb_typeof(p_search) is distinct from 'object' or octet_length(p_search::text) > 4000 then
    perform private.fail('BH003', 'this view cannot be kept', 'search');
  end if;
  select * into v from public.inbox_views where id = p_id for update;
  if v.id is not null and (v.workspace_id <> p_workspace_id or v.created_by is distinct from auth.uid()) then
    perform private.fail('BH002', 'not found');
  end if;
  if exists (select 1 from public.inbox_views where workspace_id = p_workspace_id and created_by = auth.uid() and id <> p_id
      and lower(btrim(name)) = lower(btrim(p_name))) then
    perform private.fail('BH003', 'you have a view of this name already', 'name');
  end if;
  if v.id is null and (select count(*) from public.inbox_views where workspace_id = p_workspace_id and created_by = auth.uid()) >= 100 then
    perform private.fail('BH003', 'this is your hundredth view; delete one first', 'name');
  end if;
  insert into public.inbox_views (id, workspace_id, name, search, shared, created_by)
  values (p_id, p_workspace_id, btrim(p_name), p_search, p_shared, auth.uid())
  on conflict (id) do update set name = excluded.name, search = excluded.search, shared = excluded.shared;
  return p_id;
end
$$;
comment on function public.save_inbox_view(uuid, uuid, text, jsonb, boolean) is
  'Keeps a view under a name, or changes one''s own; the id comes from the page, so that twice is the same as once. A viewer''s '
  'are personal. security definer: views are not writable directly; the role is checked.';

create function public.delete_inbox_view(p_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v public.inbox_views;
begin
  select * into v from public.inbox_views where id = p_id and workspace_id = any (private.workspace_ids());
  if v.id is null then
    return;
  end if;
  if v.created_by is distinct from auth.uid() then
    if not v.shared then
      return;
    end if;
    perform private.require_role(v.workspace_id, private.managers());
  end if;
  delete from public.inbox_views where id = p_id;
end
$$;
comment on function public.delete_inbox_view(uuid) is
  'Deletes one''s own view, or as a manager a shared one. Of what is not there or not to be seen, nothing. '
  'security definer: views are not writable directly; the role is checked.';

create function public.choose_inbox_view(p_workspace_id uuid, p_view_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  if p_view_id is null then
    delete from public.inbox_view_choices where workspace_id = p_workspace_id and user_id = auth.uid();
    return;
  end if;
  if not exists (select 1 from public.inbox_views where id = p_view_id and workspace_id = p_workspace_id
      and (shared or created_by = auth.uid())) then
    perform private.fail('BH002', 'not found');
  end if;
  insert into public.inbox_view_choices (workspace_id, user_id, view_id) values (p_workspace_id, auth.uid(), p_view_id)
  on conflict (workspace_id, user_id) do update set view_id = excluded.view_id;
end
$$;
comment on function public.choose_inbox_view(uuid, uuid) is
  'The view with which the inbox opens for the person asking; null: with everything that is open. '
  'security definer: choices are not writable directly; the role is checked.';
grant execute on function public.accept_flags(uuid[], text, jsonb),
  public.save_inbox_view(uuid, uuid, text, jsonb, boolean), public.delete_inbox_view(uuid),
  public.choose_inbox_view(uuid, uuid) to authenticated;
