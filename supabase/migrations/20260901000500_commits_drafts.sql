-- What was done, and what is proposed to be billed for it.

create table public.commits (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  repository_id uuid not null,
  project_id uuid not null,
  delivery_id uuid,
  hash text not null check (hash ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  short_hash text not null generated always as (left(hash, 7)) stored,
  message text not null,
  person_id uuid,
  work_day date,
  author_name text check (length(author_name) <= 320),
  author_email text check (length(author_email) <= 320),
  author_username text check (length(author_username) <= 320),
  committer_name text check (length(committer_name) <= 320),
  committer_email text check (length(committer_email) <= 320),
  committed_at timestamptz,
  authored_at timestamptz,
  authored_offset_minutes integer check (authored_offset_minutes between -1080 and 1080),
  branch text,
  url text,
  parents text[],
  files jsonb,
  files_changed integer check (files_changed >= 0),
  additions integer check (additions >= 0),
  deletions integer check (deletions >= 0),
  source_files integer check (source_files >= 0),
  source_additions integer check (source_additions >= 0),
  source_deletions integer check (source_deletions >= 0),
  binary_files integer check (binary_files >= 0),
  status text not null default 'pending' check (status in ('pending', 'drafted', 'invoiced', 'ignored')),
  ticket_ref text,
  ticket_refs text[] not null default '{}',
  patch_id text check (patch_id ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  moment_key text check (length(moment_key) <= 64),
  message_key text check (length(message_key) <= 64),
  same_work_as uuid,
  same_work_evidence text,
  proposal jsonb,
  ignored_at timestamptz,
  ignored_rule text,
  ignored_reason text,
  invoiced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (repository_id, hash),
  unique (workspace_id, id),
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete restrict,
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete restrict,
  foreign key (workspace_id, person_id) references public.people (workspace_id, id) on delete restrict,
  foreign key (workspace_id, delivery_id) references public.webhook_deliveries (workspace_id, id) on delete no action,
  foreign key (workspace_id, same_work_as) references public.commits (workspace_id, id) on delete restrict,
  check ((status = 'ignored') = (ignored_at is not null)),
  check ((status = 'invoiced') = (invoiced_at is not null)),
  check ((same_work_as is null) = (same_work_evidence is null))
);
comment on table public.commits is
  'A commit as its host told of it, once per connected repository (forks share hashes, so a hash alone is no identity). Counts '
  'and dates are null where the host did not say. Never a diff: patch_id names one. ignored_rule says which rule left it out: it can be brought back. same_work_as is the earlier '
  'commit whose work it is under a new hash; it has that work''s status and drafts, and proposal is the draft it would have had. '
  'moment_key and message_key (author with date, author with message) only suggest that two are the same.';
create index commits_same_work on public.commits (same_work_as) where same_work_as is not null;
create index commits_moment on public.commits (workspace_id, moment_key) where moment_key is not null;
create index commits_message on public.commits (workspace_id, message_key) where message_key is not null;
create index commits_person_day on public.commits (workspace_id, person_id, work_day);
create index commits_delivery on public.commits (delivery_id);

create table public.draft_line_items (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  client_id uuid not null,
  project_id uuid not null,
  repository_id uuid,
  person_id uuid,
  source_type text not null default 'commit' check (source_type in ('commit', 'sprint', 'timer', 'manual')),
  description text not null check (length(description) between 1 and 2000),
  detailed_description text check (length(detailed_description) <= 20000),
  category text check (length(category) <= 100),
  minutes integer not null check (minutes between 0 and 1440),
  hours numeric generated always as (round(minutes / 60.0, 4)) stored,
  hourly_rate_minor bigint check (hourly_rate_minor between 0 and 100000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  billable boolean not null default true,
  total_minor bigint generated always as (
    case when billable then public.line_total_minor(minutes::bigint * 60, hourly_rate_minor) else 0 end) stored,
  estimated_minutes integer,
  estimate_low integer,
  estimate_high integer,
  estimate_method text not null default 'default'
    check (estimate_method in ('explicit', 'heuristic', 'calibrated', 'default', 'manual', 'timer')),
  estimate_reason text,
  flags jsonb not null default '[]' check (jsonb_typeof(flags) = 'array'),
  start_date date not null,
  end_date date not null,
  author_name text,
  share numeric(6, 5) not null default 1 check (share > 0 and share <= 1),
  co_authored boolean not null default false,
  ticket_key text check (length(ticket_key) <= 200),
  ticket_url text check (ticket_url ~* '^https?://' and length(ticket_url) <= 2000),
  epic text check (length(epic) <= 300),
  status text not null default 'draft' check (status in ('draft', 'approved', 'invoiced', 'rejected')),
  deferred_until date,
  rejected_at timestamptz,
  rejected_reason text,
  invoice_id uuid,
  approved_at timestamptz,
  approved_by uuid,
  edited_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete restrict,
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete restrict,
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete restrict,
  foreign key (workspace_id, person_id) references public.people (workspace_id, id) on delete restrict,
  check (start_date <= end_date),
  check ((status in ('approved', 'invoiced')) = (approved_at is not null)),
  check (invoice_id is null or status in ('approved', 'invoiced')),
  check (status <> 'invoiced' or invoice_id is not null),
  check (deferred_until is null or status = 'draft')
);
comment on table public.draft_line_items is
  'A proposed line: words, minutes, rate (captured when it was made), and the estimate it came from, which editing never '
  'overwrites. minutes is what would be billed; estimated_minutes what was proposed; edited_at when a person last changed it. '
  'share is this person''s part of the time of the commit; co_authored says that another person is its author. '
  'total_minor is minor units of currency.';
create index draft_line_items_inbox on public.draft_line_items (workspace_id, status, start_date desc);
create index draft_line_items_person_day on public.draft_line_items (workspace_id, person_id, start_date);
create index draft_line_items_changed on public.draft_line_items (workspace_id, updated_at);
create index draft_line_items_invoice on public.draft_line_items (invoice_id) where invoice_id is not null;

create table public.commit_draft_items (
  commit_id uuid not null,
  draft_line_item_id uuid not null,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  primary key (draft_line_item_id, commit_id),
  foreign key (workspace_id, commit_id) references public.commits (workspace_id, id) on delete restrict,
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete cascade
);
comment on table public.commit_draft_items is 'Which commits a draft stands on: its evidence.';
create index commit_draft_items_commit on public.commit_draft_items (commit_id);

create table public.time_entries (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  client_id uuid not null,
  project_id uuid not null,
  member_id uuid,
  draft_line_item_id uuid,
  source text not null check (source in ('commit', 'timer', 'manual')),
  description text not null check (length(description) between 1 and 2000),
  entry_date date not null,
  started_at timestamptz,
  ended_at timestamptz,
  worked_seconds bigint check (worked_seconds >= 0),
  estimated_seconds bigint check (estimated_seconds >= 0),
  billed_seconds bigint not null check (billed_seconds between 0 and 86400),
  hourly_rate_minor bigint check (hourly_rate_minor between 0 and 100000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  billable boolean not null default true,
  total_minor bigint generated always as (
    case when billable then public.line_total_minor(billed_seconds, hourly_rate_minor) else 0 end) stored,
  status text not null default 'stopped' check (status in ('running', 'stopped', 'locked', 'invoiced')),
  invoice_id uuid,
  superseded_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  unique (workspace_id, id),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete restrict,
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete restrict,
  foreign key (workspace_id, member_id) references public.members (workspace_id, id) on delete restrict,
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete restrict,
  check (ended_at is null or started_at is null or started_at <= ended_at),
  check (superseded_at is null or (invoice_id is null and status = 'stopped'))
);
comment on table public.time_entries is
  'Approved time, in seconds. worked, estimated and billed are three facts; none overwrites another. The rate is the one '
  'captured at approval. A superseded entry is evidence of a void invoice only: its approval was taken back later.';
create unique index time_entries_draft on public.time_entries (draft_line_item_id)
  where draft_line_item_id is not null and superseded_at is null;
create index time_entries_unbilled on public.time_entries (workspace_id, client_id, status);
create index time_entries_invoice on public.time_entries (invoice_id) where invoice_id is not null;

do $$
declare
  t text;
begin
  foreach t in array array['commits', 'draft_line_items', 'commit_draft_items', 'time_entries'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('create policy %I on public.%I for select to authenticated
      using (workspace_id = any ((select private.workspace_ids())::uuid[]))', t || '_read', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant select on public.%I to authenticated', t);
    execute format('grant all on public.%I to service_role', t);
  end loop;
end
$$;

create trigger touch before update on public.commits for each row execute function private.touch();
create trigger touch before update on public.draft_line_items for each row execute function private.touch_versioned();
create trigger touch before update on public.time_entries for each row execute function private.touch_versioned();
