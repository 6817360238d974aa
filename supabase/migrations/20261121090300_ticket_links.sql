-- Lines that were there before their ticket system was connected, and what a ticket's change does to the words of a line.

create or replace function public.ticket_drafts(p_connection_id uuid, p_keys text[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'version', d.version, 'description', d.description,
    'category', d.category, 'epic', d.epic, 'billable', d.billable, 'awaits_ticket', d.awaits_ticket, 'ticket_key', d.ticket_key,
    'ticket_url', d.ticket_url, 'ticket_flags', jsonb_path_query_array(d.flags, '$[*] ? (@.code starts with "ticket_")'),
    'ticket', to_jsonb(t), 'billing_type', p.billing_type, 'config', to_jsonb(g),
    'message', k.message, 'files', k.files, 'is_part', k.is_part,
    'committed', (select sum(o.minutes) from public.draft_line_items o where o.ticket_id = t.id and private.is_counted(o)))
    order by d.id), '[]')
  from public.tickets t
  join public.draft_line_items d on d.ticket_id = t.id and d.status = 'draft' and d.edited_at is null and d.source_type = 'commit'
    and d.made_by is null
  join public.projects p on p.id = d.project_id
  join public.project_git_configs g on g.project_id = d.project_id
  join lateral (
    select c.message, c.files, exists (select 1 from public.commit_links l where l.commit_id = c.id and l.kind = 'part') as is_part
    from public.commit_draft_items i join public.commits c on c.id = i.commit_id
    where i.draft_line_item_id = d.id
    -- Rewritten, a commit is what it became.
    order by c.same_work_evidence in ('author_date', 'patch_id') desc nulls last, c.created_at desc limit 1
  ) k on true
  where t.connection_id = p_connection_id and t.key = any (p_keys)
$$;

create function public.unlinked_drafts(p_connection_id uuid, p_limit integer default 2000)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('workspace_id', d.workspace_id, 'draft_id', d.id, 'commit_id', k.id, 'message', left(k.message, 65536), 'branch', k.branch,
    'repository', jsonb_build_object('provider', r.provider, 'url', r.url, 'name', r.name))), '[]')
  from public.tracker_connections c
  cross join lateral (
    select d.* from public.draft_line_items d
    where d.workspace_id = c.workspace_id and d.status = 'draft' and d.ticket_id is null and d.source_type = 'commit' and d.made_by is null
    order by d.start_date desc, d.id limit p_limit
  ) d
  join lateral (
    select k.* from public.commit_draft_items i join public.commits k on k.id = i.commit_id
    where i.draft_line_item_id = d.id order by k.same_work_as is not null, k.created_at, k.id limit 1
  ) k on true
  join public.repositories r on r.id = k.repository_id
  where c.id = p_connection_id and c.disconnected_at is null
$$;
comment on function public.unlinked_drafts(uuid, integer) is
  'Open lines of the connection''s workspace without a ticket, the latest first, with the words that may name one: asked when a '
  'system is connected or its projects are chosen anew.';
grant execute on function public.unlinked_drafts(uuid, integer) to service_role;

create function public.link_tickets(p_links jsonb)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_linked integer;
begin
  perform 1 from public.draft_line_items
  where id in (select (l ->> 'draft_id')::uuid from jsonb_array_elements(p_links) l) order by id for update;
  insert into public.tickets (workspace_id, connection_id, key, state, next_fetch_at)
  select distinct on (c.id, l.key) c.workspace_id, c.id, l.key, 'waiting', clock_timestamp()
  from jsonb_to_recordset(p_links) as l (connection_id uuid, key text)
  join public.tracker_connections c on c.id = l.connection_id
  order by c.id, l.key
  on conflict (connection_id, key) do nothing;
  -- Known and resting: an open line stands under it now.
  update public.tickets t set next_fetch_at = clock_timestamp()
  where t.next_fetch_at is null and t.id in (
    select x.id from public.tickets x
    join jsonb_to_recordset(p_links) as l (connection_id uuid, key text) on l.connection_id = x.connection_id and l.key = x.key
    order by x.connection_id, x.key for update of x);
  insert into public.commit_tickets (commit_id, position, workspace_id, key, ticket_id)
  select l.commit_id, l.position, t.workspace_id, l.named, t.id
  from jsonb_to_recordset(p_links) as l (commit_id uuid, position smallint, connection_id uuid, key text, named text)
  join public.tickets t on t.connection_id = l.connection_id and t.key = l.key
  join public.commits k on k.id = l.commit_id and k.workspace_id = t.workspace_id
  on conflict (commit_id, position) do update set key = excluded.key, ticket_id = excluded.ticket_id
    where public.commit_tickets.ticket_id is null;
  perform set_config('billhook.action', 'ticket', true);
  with linked as (
    update public.draft_line_items d set ticket_id = t.id, ticket_key = coalesce(d.ticket_key, l.named)
    from jsonb_to_recordset(p_links) as l (draft_id uuid, position smallint, connection_id uuid, key text, named text)
    join public.tickets t on t.connection_id = l.connection_id and t.key = l.key
    where d.id = l.draft_id and l.position = 1 and d.workspace_id = t.workspace_id and d.ticket_id is null and d.status = 'draft'
    returning d.id
  )
  select count(*) into v_linked from linked;
  perform set_config('billhook.action', '', true);
  return v_linked;
end
$$;
comment on function public.link_tickets(jsonb) is
  'Puts open lines under tickets: [{draft_id, commit_id, position, connection_id, key, named}]. The tickets are read next, and move '
  'the lines nobody touched. Doing it twice is the same as once.';
grant execute on function public.link_tickets(jsonb) to service_role;

alter table public.oauth_attempts drop constraint oauth_attempts_provider_check;
alter table public.oauth_attempts add constraint oauth_attempts_provider_check check (provider in ('github', 'gitlab', 'bitbucket',
  'gitea', 'jira', 'jira-service-management', 'linear', 'asana', 'clickup', 'zendesk', 'zoho-desk', 'help-scout'));
alter table public.oauth_attempts add column tracker_id uuid;
comment on column public.oauth_attempts.tracker_id is 'The connection to a ticket system that is to be connected again, or null for a new one.';

create function public.name_oauth_tracker(p_attempt_id uuid, p_tracker_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  update public.oauth_attempts a set tracker_id = p_tracker_id
  where a.id = p_attempt_id and a.user_id = auth.uid()
    and exists (select 1 from public.tracker_connections c
      where c.id = p_tracker_id and c.workspace_id = a.workspace_id and c.kind = a.provider);
  if not found then
    perform private.fail('BH002', 'not found');
  end if;
end
$$;
comment on function public.name_oauth_tracker(uuid, uuid) is
  'Says which connection a person goes to connect again: one of the same workspace and kind. security definer because attempts are '
  'not writable directly; only the person''s own is changed.';
grant execute on function public.name_oauth_tracker(uuid, uuid) to authenticated;

create function public.set_tracker_site(p_connection_id uuid, p_site text, p_site_name text default null, p_web_url text default null,
  p_prefixes text[] default '{}')
returns void
language sql
volatile
set search_path = ''
as $$
  update public.tracker_connections set site = p_site, site_name = left(p_site_name, 300), web_url = p_web_url, prefixes = p_prefixes
  where id = p_connection_id and disconnected_at is null
$$;
comment on function public.set_tracker_site(uuid, text, text, text, text[]) is
  'Which of what the token sees is meant, once the Worker has checked it with the system, with the projects there.';
grant execute on function public.set_tracker_site(uuid, text, text, text, text[]) to service_role;

create function public.tracker_by_id(p_connection_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((select private.tracker_of(c) from public.tracker_connections c where c.id = p_connection_id), '{}')
$$;
comment on function public.tracker_by_id(uuid) is 'One connection with what is needed to ask its system, disconnected ones included; else empty.';
grant execute on function public.tracker_by_id(uuid) to service_role;
