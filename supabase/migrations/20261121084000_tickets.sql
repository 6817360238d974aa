-- Ticket systems a workspace is connected to, the tickets its commits name, and time written back to them.

-- Leave to ask a ticket system is a grant as any other: encrypted secrets, a refresh lock, one budget, revoked with a reason.
alter table public.host_grants drop constraint host_grants_provider_check;
alter table public.host_grants add constraint host_grants_provider_check check (provider in ('github', 'gitlab', 'bitbucket', 'gitea',
  'bitbucket-server', 'azure', 'jira', 'jira-service-management', 'jira-data-center', 'linear', 'github-issues', 'gitlab-issues',
  'asana', 'clickup', 'zendesk', 'freshdesk', 'zoho-desk', 'help-scout'));
alter table public.host_grant_secrets drop constraint host_grant_secrets_purpose_check;
alter table public.host_grant_secrets add constraint host_grant_secrets_purpose_check check (purpose in ('access', 'refresh', 'webhook'));
alter table public.oauth_attempts drop constraint oauth_attempts_provider_check;
alter table public.oauth_attempts add constraint oauth_attempts_provider_check check (provider in ('github', 'gitlab', 'bitbucket',
  'gitea', 'jira', 'jira-service-management', 'linear'));
alter table public.notifications drop constraint notifications_kind_check;
alter table public.notifications add constraint notifications_kind_check check (kind in ('drafts_waiting', 'delivery_failed',
  'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed', 'tracker_refused', 'worklog_failed'));

create table public.tracker_connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  kind text not null check (kind in ('jira', 'jira-service-management', 'jira-data-center', 'linear', 'github-issues', 'gitlab-issues',
    'asana', 'clickup', 'zendesk', 'freshdesk', 'zoho-desk', 'help-scout')),
  name text not null check (length(btrim(name)) between 1 and 120),
  base_url text check (base_url ~* '^https?://' and length(base_url) <= 1000),
  web_url text check (web_url ~* '^https?://' and length(web_url) <= 1000),
  site text check (length(site) <= 300),
  site_name text check (length(site_name) <= 300),
  account_name text check (length(account_name) <= 300),
  prefixes text[] not null default '{}'
    check (cardinality(prefixes) <= 500 and octet_length(array_to_string(prefixes, '')) <= 20000),
  takes_worklogs boolean not null default false,
  grant_id uuid,
  problem text check (length(problem) <= 1000),
  problem_at timestamptz,
  answered_at timestamptz,
  told_at timestamptz,
  disconnected_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, grant_id) references public.host_grants (workspace_id, id) on delete set null (grant_id)
);
comment on table public.tracker_connections is
  'A ticket system whose tickets this workspace''s commits name. site is which of what the token sees is meant, prefixes are the '
  'projects'' keys that are its own (empty: all). problem: why it could not be asked the last time, and how to mend it; told_at is '
  'when its webhook last told of a change. A disconnected one has no grant; its tickets stay as evidence.';
create index tracker_connections_grant on public.tracker_connections (workspace_id, grant_id);

create table public.tickets (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  connection_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  current_key text check (length(current_key) between 1 and 200),
  external_id text check (length(external_id) <= 200),
  state text not null check (state in ('waiting', 'found', 'gone', 'failed')),
  reason text check (length(reason) <= 1000),
  title text check (length(title) <= 500),
  url text check (url ~* '^https?://' and length(url) <= 2000),
  type text check (length(type) <= 100),
  status text check (length(status) <= 100),
  is_done boolean,
  labels text[] not null default '{}',
  epic_key text check (length(epic_key) <= 200),
  epic_title text check (length(epic_title) <= 300),
  parent_key text check (length(parent_key) <= 200),
  parent_title text check (length(parent_title) <= 300),
  project_key text check (length(project_key) <= 200),
  project_title text check (length(project_title) <= 300),
  estimate_minutes integer check (estimate_minutes >= 0),
  logged_minutes integer check (logged_minutes >= 0),
  assignee text check (length(assignee) <= 320),
  attempts integer not null default 0,
  asked_at timestamptz,
  fetched_at timestamptz,
  next_fetch_at timestamptz,
  changed_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (connection_id, key),
  foreign key (workspace_id, connection_id) references public.tracker_connections (workspace_id, id) on delete cascade
);
comment on table public.tickets is
  'A ticket by the key it was asked for; where it has moved, current_key is another. waiting: not answered yet; found; gone: the '
  'system shows none to this token; failed: it answers, and not of this ticket; reason says it in words. Found stays found while '
  'the system does not answer, with a reason. Minutes are the system''s own; changed_at is when it was last found to be another; next_fetch_at null: nobody needs it fresh now.';
create index tickets_due on public.tickets (next_fetch_at) where next_fetch_at is not null;
create index tickets_external on public.tickets (connection_id, external_id);

create table public.commit_tickets (
  commit_id uuid not null,
  position smallint not null,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  key text not null check (length(key) between 1 and 200),
  ticket_id uuid,
  primary key (commit_id, position),
  foreign key (workspace_id, commit_id) references public.commits (workspace_id, id) on delete cascade,
  foreign key (workspace_id, ticket_id) references public.tickets (workspace_id, id) on delete set null (ticket_id)
);
comment on table public.commit_tickets is
  'The tickets a commit names, in order, as it wrote them; the first is the one its draft stands under. ticket_id is null where no '
  'connected system has such keys.';
create index commit_tickets_ticket on public.commit_tickets (ticket_id) where ticket_id is not null;

alter table public.draft_line_items add column ticket_id uuid;
alter table public.draft_line_items add column awaits_ticket boolean;
alter table public.draft_line_items add column own_estimate jsonb;
alter table public.draft_line_items add foreign key (workspace_id, ticket_id)
  references public.tickets (workspace_id, id) on delete set null (ticket_id);
alter table public.draft_line_items drop constraint draft_line_items_estimate_method_check;
alter table public.draft_line_items add constraint draft_line_items_estimate_method_check
  check (estimate_method in ('explicit', 'heuristic', 'calibrated', 'default', 'manual', 'timer', 'logged'));
comment on column public.draft_line_items.awaits_ticket is
  'True: put off until its ticket is done, by the project''s rule. False: a person said not to wait. Null: nothing to wait for.';
comment on column public.draft_line_items.own_estimate is
  'What its commits came to before the time logged on the ticket took its place: {minutes, low, high, method, reason}.';
create index draft_line_items_ticket on public.draft_line_items (ticket_id) where ticket_id is not null;

alter table public.project_git_configs add column nonbillable_labels text[] not null default '{}'
  check (cardinality(nonbillable_labels) <= 50 and octet_length(array_to_string(nonbillable_labels, '')) <= 10000);
alter table public.project_git_configs add column done_tickets_only boolean not null default false;
alter table public.project_git_configs add column epic_rule text not null default 'group'
  check (epic_rule in ('none', 'group', 'group_and_category'));
alter table public.project_git_configs add column logged_time_rule text not null default 'evidence'
  check (logged_time_rule in ('evidence', 'time'));
alter table public.project_git_configs add column write_worklogs boolean not null default false;
grant update (nonbillable_labels, done_tickets_only, epic_rule, logged_time_rule, write_worklogs)
  on public.project_git_configs to authenticated;

create table public.worklogs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  time_entry_id uuid not null unique,
  draft_line_item_id uuid not null,
  ticket_id uuid not null,
  seconds bigint not null check (seconds > 0),
  started_at timestamptz not null,
  comment text not null check (length(comment) <= 2000),
  status text not null default 'queued' check (status in ('queued', 'sent', 'withdrawing', 'withdrawn', 'failed')),
  is_withdrawn boolean not null default false,
  external_id text check (length(external_id) <= 200),
  reason text check (length(reason) <= 1000),
  attempts integer not null default 0,
  claimed_until timestamptz,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete cascade,
  foreign key (workspace_id, ticket_id) references public.tickets (workspace_id, id) on delete cascade
);
comment on table public.worklogs is
  'Approved time on its way to a ticket: one row for each time entry, written with it, so that none is forgotten and none sent '
  'twice; the id is the marker the system is searched for first. is_withdrawn: the approval was taken back, so the log goes too. '
  'The entry may be deleted then, this stays.';
create index worklogs_due on public.worklogs (next_attempt_at) where status in ('queued', 'withdrawing');
create index worklogs_draft on public.worklogs (draft_line_item_id);
create index worklogs_ticket on public.worklogs (ticket_id);

do $$
declare
  t text;
begin
  foreach t in array array['tracker_connections', 'tickets', 'commit_tickets', 'worklogs'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('create policy %I on public.%I for select to authenticated
      using (workspace_id = any ((select private.workspace_ids())::uuid[]))', t || '_read', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant select on public.%I to authenticated', t);
    execute format('grant all on public.%I to service_role', t);
  end loop;
  foreach t in array array['tracker_connections', 'tickets', 'worklogs'] loop
    execute format('create trigger touch before update on public.%I for each row execute function private.touch()', t);
  end loop;
end
$$;

create or replace view public.inbox_drafts with (security_invoker = true) as
select d.id, d.workspace_id, d.client_id, c.name as client_name, d.project_id, p.name as project_name, d.repository_id,
  r.name as repository_name, r.provider, d.source_type, d.description, d.detailed_description, d.category, d.minutes, d.hours,
  d.hourly_rate_minor, d.currency, d.billable, d.total_minor, d.estimated_minutes, d.estimate_low, d.estimate_high,
  d.estimate_method, d.estimate_reason, d.flags, d.start_date, d.end_date, d.author_name, d.ticket_key, d.ticket_url, d.epic,
  d.status, d.deferred_until, d.rejected_at, d.rejected_reason, d.invoice_id, d.approved_at, d.version, d.created_at,
  d.updated_at, e.commits, d.made_by, d.replaced_by, d.ticket_id, d.awaits_ticket, t.title as ticket_title, t.state as ticket_state,
  t.reason as ticket_reason, t.status as ticket_status, t.is_done as ticket_is_done, t.current_key as ticket_current_key
from public.draft_line_items d
join public.projects p on p.id = d.project_id
join public.clients c on c.id = d.client_id
left join public.repositories r on r.id = d.repository_id
left join public.tickets t on t.id = d.ticket_id
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'short_hash', k.short_hash, 'branch', k.branch, 'url', k.url,
    'rewritten_from', r.short_hash)
    -- What a commit became stands before it: a line shows the hash that its work has now.
    order by coalesce(r.committed_at, k.committed_at), r.id is null, k.created_at desc, k.committed_at desc), '[]') as commits
  from public.commit_draft_items l
  join public.commits k on k.id = l.commit_id
  left join public.commits r on r.id = k.same_work_as
  where l.draft_line_item_id = d.id
) e;
comment on view public.inbox_drafts is
  'A draft as the inbox shows it, with names, commits and its ticket joined. security_invoker: the policies of the tables beneath hold.';
