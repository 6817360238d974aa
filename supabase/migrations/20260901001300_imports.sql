-- History that was there before the repository was connected, brought in page by page.

create table public.import_jobs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  repository_id uuid not null,
  requested_by uuid,
  mode text not null check (mode in ('drafts', 'billed')),
  since timestamptz,
  last_commits integer check (last_commits between 1 and 1000000),
  branch text,
  head text,
  status text not null default 'queued' check (status in ('queued', 'running', 'waiting', 'stopped', 'done', 'failed')),
  cursor text,
  pages integer not null default 0,
  found integer not null default 0,
  imported integer not null default 0,
  skipped integer not null default 0,
  skipped_reasons jsonb not null default '{}' check (jsonb_typeof(skipped_reasons) = 'object'),
  failures integer not null default 0,
  error text check (length(error) <= 1000),
  waits_until timestamptz,
  leased_until timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  check (since is null or last_commits is null),
  foreign key (workspace_id, repository_id) references public.repositories (workspace_id, id) on delete cascade
);
comment on table public.import_jobs is
  'An import of a repository''s history: since a moment, or its last commits. head is pinned at the start, so that pushes meanwhile '
  'move nothing. cursor is where the host goes on; a page and its cursor are written together, so it can end anywhere and go on. '
  'waiting: for the host, until waits_until, error says why. mode billed: recorded as billed elsewhere, nothing is proposed.';
create index import_jobs_recent on public.import_jobs (workspace_id, created_at desc);
create unique index import_jobs_one_at_a_time on public.import_jobs (repository_id)
  where status in ('queued', 'running', 'waiting');
create index import_jobs_repository on public.import_jobs (repository_id);

alter table public.import_jobs enable row level security;
create policy import_jobs_read on public.import_jobs for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.import_jobs from anon, authenticated;
grant select on public.import_jobs to authenticated;
grant all on public.import_jobs to service_role;
create trigger touch before update on public.import_jobs for each row execute function private.touch();

create function public.start_import(p_repository_id uuid, p_mode text, p_since timestamptz default null, p_last integer default null)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r public.repositories;
  v_id uuid;
begin
  select * into r from public.repositories where id = p_repository_id for update;
  perform private.require_role(r.workspace_id, private.managers());
  if r.archived_at is not null then
    perform private.fail('BH005', 'the repository is archived', 'repository_id');
  end if;
  if not exists (select 1 from public.host_grants where id = r.grant_id and revoked_at is null) then
    perform private.fail('BH005', 'history is read from the host, which needs a token that works; or send it from a clone with billhook send',
      'access_token');
  end if;
  if r.name is null then
    perform private.fail('BH005', 'the repository has no name yet; it gets one with its first push', 'repository_id');
  end if;
  if p_mode is null or p_mode not in ('drafts', 'billed') then
    perform private.fail('BH003', 'commits become drafts or are recorded as billed', 'as');
  end if;
  if p_since is not null and p_last is not null then
    perform private.fail('BH003', 'either since a date or the last commits', 'since');
  end if;
  if p_last not between 1 and 1000000 then
    perform private.fail('BH003', 'at least one commit and at most a million', 'last');
  end if;
  if exists (select 1 from public.import_jobs where repository_id = r.id and status in ('queued', 'running', 'waiting')) then
    perform private.fail('BH005', 'an import of this repository is under way; stop it first', 'repository_id');
  end if;
  insert into public.import_jobs (workspace_id, repository_id, requested_by, mode, since, last_commits, branch)
  values (r.workspace_id, r.id, auth.uid(), p_mode, p_since, p_last, r.default_branch)
  returning id into v_id;
  return v_id;
end
$$;
comment on function public.start_import(uuid, text, timestamptz, integer) is
  'Asks for an import of history, one at a time for each repository; neither since nor last is all of it. '
  'security definer because jobs are not writable directly; the role is checked.';
grant execute on function public.start_import(uuid, text, timestamptz, integer) to authenticated;

create function public.stop_import(p_id uuid)
returns text
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  j public.import_jobs;
begin
  select * into j from public.import_jobs where id = p_id for update;
  perform private.require_role(j.workspace_id, private.managers());
  if j.status in ('queued', 'running', 'waiting') then
    update public.import_jobs set status = 'stopped', waits_until = null, leased_until = null where id = j.id returning * into j;
  elsif j.status <> 'stopped' then
    perform private.fail('BH005', 'this import has ended', 'id');
  end if;
  return j.status;
end
$$;
comment on function public.stop_import(uuid) is
  'Stops an import after the page that is being written; what was imported stays, and it can be resumed. '
  'security definer because jobs are not writable directly; the role is checked.';
grant execute on function public.stop_import(uuid) to authenticated;

create function public.resume_import(p_id uuid)
returns text
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  j public.import_jobs;
begin
  select * into j from public.import_jobs where id = p_id;
  perform private.require_role(j.workspace_id, private.managers());
  perform 1 from public.repositories where id = j.repository_id for update;
  select * into j from public.import_jobs where id = p_id for update;
  if j.status in ('stopped', 'failed') then
    if exists (select 1 from public.import_jobs o where o.repository_id = j.repository_id and o.status in ('queued', 'running', 'waiting')) then
      perform private.fail('BH005', 'another import of this repository is under way', 'id');
    end if;
    update public.import_jobs set status = 'queued', error = null, failures = 0, waits_until = null, leased_until = null, finished_at = null
    where id = j.id returning * into j;
  elsif j.status = 'done' then
    perform private.fail('BH005', 'this import is done', 'id');
  end if;
  return j.status;
end
$$;
comment on function public.resume_import(uuid) is
  'Goes on with an import that was stopped or failed, from its next page. '
  'security definer because jobs are not writable directly; the role is checked.';
grant execute on function public.resume_import(uuid) to authenticated;

create function public.begin_import_page(p_id uuid, p_lease_seconds integer default 30)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  j public.import_jobs;
begin
  update public.import_jobs set status = 'running', started_at = coalesce(started_at, clock_timestamp()), waits_until = null, error = null,
    leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
  where id = p_id and status in ('queued', 'running', 'waiting')
    and (leased_until is null or leased_until < clock_timestamp()) and (waits_until is null or waits_until <= clock_timestamp())
  returning * into j;
  if j.id is null then
    return '{}';
  end if;
  return (
    select jsonb_build_object('job', to_jsonb(j), 'host', private.host_of(r),
      'repository', jsonb_build_object('id', r.id, 'name', r.name, 'provider', r.provider, 'external_id', r.external_id, 'url', r.url,
        'default_branch', r.default_branch),
      'workspace', jsonb_build_object('id', w.id, 'timezone', w.timezone, 'working_from', w.working_from,
        'working_until', w.working_until, 'working_weekends', w.working_weekends),
      'project', jsonb_build_object('id', p.id, 'name', p.name, 'billing_type', p.billing_type), 'config', to_jsonb(g))
    from public.repositories r
    join public.workspaces w on w.id = r.workspace_id
    join public.projects p on p.id = r.project_id
    join public.project_git_configs g on g.project_id = p.id
    where r.id = j.repository_id
  );
end
$$;
comment on function public.begin_import_page(uuid, integer) is
  'Takes an import for one page, with all that needs; nothing where it was stopped, waits, or another worker has it. A worker that '
  'dies holds it no longer than the lease.';
grant execute on function public.begin_import_page(uuid, integer) to service_role;

create function public.pin_import(p_id uuid, p_head text, p_branch text default null)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.import_jobs set branch = p_branch, head = p_head where id = p_id and head is null
$$;
comment on function public.pin_import(uuid, text, text) is 'Keeps from which commit an import goes back.';
grant execute on function public.pin_import(uuid, text, text) to service_role;

create function public.record_import_page(p_id uuid, p_page integer, p_found integer, p_results jsonb, p_cursor text default null,
  p_days jsonb default '[]', p_moved jsonb default '[]', p_ignored jsonb default '{}')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  j public.import_jobs;
  v_delivery_id uuid;
  v_commits integer := 0;
  v_known integer;
  v_ignored integer := 0;
  v_reasons jsonb;
begin
  select * into j from public.import_jobs where id = p_id for update;
  -- Stopped meanwhile, or another worker wrote this page: nothing is written.
  if j.id is null or j.status <> 'running' or j.pages <> p_page then
    return jsonb_build_object('outcome', 'passed over', 'status', j.status);
  end if;
  if jsonb_array_length(p_results) > 0 then
    insert into public.webhook_deliveries (workspace_id, repository_id, delivery_id, event, origin, verdict, reason, status,
      started_at, incomplete_reason)
    values (j.workspace_id, j.repository_id, format('import:%s:%s', j.id, p_page), 'import', 'import', 'push', format('Page %s of an import.', p_page + 1),
      'accepted', clock_timestamp(),
      case when j.mode = 'drafts' then 'Line counts of imported commits are read from the host as its limits allow.' end)
    returning id into v_delivery_id;
    select (s ->> 'commits')::integer into v_commits
    from jsonb_array_elements(public.record_deliveries(
      jsonb_build_array(jsonb_build_object('delivery_id', v_delivery_id, 'commits', p_results)), p_days, p_moved)) s;
    if j.mode = 'billed' then
      update public.commits set status = 'invoiced', invoiced_at = coalesce(committed_at, now())
      where delivery_id = v_delivery_id and status <> 'ignored' and same_work_as is null;
    end if;
    select count(*) into v_ignored from public.commits where delivery_id = v_delivery_id and status = 'ignored';
  end if;
  v_known := greatest(p_found - v_commits, 0);
  v_reasons := p_ignored || case when v_known > 0 then jsonb_build_object('known', v_known) else '{}' end;
  update public.import_jobs set pages = pages + 1, cursor = p_cursor, found = import_jobs.found + p_found,
    imported = imported + v_commits - v_ignored, skipped = skipped + v_known + v_ignored, failures = 0,
    skipped_reasons = (
      select coalesce(jsonb_object_agg(k.key, k.n), '{}') from (
        select key, sum(value::integer) as n
        from (select * from jsonb_each_text(skipped_reasons) union all select * from jsonb_each_text(v_reasons)) e
        group by key) k),
    status = case when p_cursor is null then 'done' else 'running' end,
    finished_at = case when p_cursor is null then clock_timestamp() end, leased_until = null
  where id = j.id
  returning * into j;
  if j.status = 'done' then
    perform private.notify(j.workspace_id, 'import_done', j.repository_id, format('%s commits were imported.', j.imported));
  end if;
  return jsonb_build_object('outcome', 'recorded', 'status', j.status);
end
$$;
comment on function public.record_import_page(uuid, integer, integer, jsonb, text, jsonb, jsonb, jsonb) is
  'Writes a page of an import and moves its cursor, both or neither; p_page is the number of pages written before it, so that a '
  'page is written once. The page is a delivery of its own. p_ignored counts the commits of the page by the rule that left them out.';
grant execute on function public.record_import_page(uuid, integer, integer, jsonb, text, jsonb, jsonb, jsonb) to service_role;

create function public.pause_import(p_id uuid, p_error text, p_waits_until timestamptz default null, p_is_failure boolean default true)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  j public.import_jobs;
begin
  update public.import_jobs set error = left(p_error, 1000), waits_until = p_waits_until, leased_until = null,
    failures = failures + p_is_failure::integer,
    status = case when p_waits_until is null then 'failed' else 'waiting' end,
    finished_at = case when p_waits_until is null then clock_timestamp() end
  where id = p_id and status = 'running'
  returning * into j;
  if j.status = 'failed' then
    perform private.notify(j.workspace_id, 'import_failed', j.repository_id, p_error);
  end if;
  return j.status;
end
$$;
comment on function public.pause_import(uuid, text, timestamptz, boolean) is
  'Lets an import wait for its host until the moment given, or fail where there is none; it can be resumed either way.';
grant execute on function public.pause_import(uuid, text, timestamptz, boolean) to service_role;

create function public.waiting_imports(p_limit integer default 20)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select id from public.import_jobs
  where status in ('queued', 'running', 'waiting') and (waits_until <= clock_timestamp()
    or waits_until is null and coalesce(leased_until, updated_at + interval '5 seconds') < clock_timestamp())
  order by updated_at
  limit p_limit
$$;
comment on function public.waiting_imports(integer) is 'Imports that nobody is at: their message was lost, a worker died, or their wait is over.';
grant execute on function public.waiting_imports(integer) to service_role;
