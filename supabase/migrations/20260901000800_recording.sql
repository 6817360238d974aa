-- From an accepted delivery to drafts: two procedures, one to take a batch and one to write what came of it.

create function public.begin_deliveries(p_ids uuid[])
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_begun jsonb;
begin
  with taken as materialized (
    -- In id order, as everywhere, so that two batches with common deliveries cannot wait for each other.
    select id from public.webhook_deliveries where id = any (p_ids) and status = 'accepted'
      and (waits_until is null or waits_until <= clock_timestamp()) order by id for update
  ), begun as (
    update public.webhook_deliveries set attempts = attempts + 1, started_at = clock_timestamp(),
      timings = jsonb_build_object('begun', (extract(epoch from clock_timestamp() - received_at) * 1000)::bigint) || timings
    where id in (select id from taken)
    returning id, workspace_id, repository_id, payload, attempts, received_at, progress
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', d.id, 'attempts', d.attempts, 'received_at', d.received_at, 'event', d.payload,
    'repository', jsonb_build_object('id', r.id, 'name', r.name, 'provider', r.provider),
    'workspace', jsonb_build_object('id', w.id, 'timezone', w.timezone, 'working_from', w.working_from,
      'working_until', w.working_until, 'working_weekends', w.working_weekends),
    'project', jsonb_build_object('id', p.id, 'name', p.name, 'billing_type', p.billing_type),
    'config', to_jsonb(g), 'progress', d.progress, 'host', private.host_of(r),
    'heads', case when r.grant_id is not null then (
      select jsonb_object_agg(h.branch, coalesce(h.gap_from, h.head)) from public.repository_heads h
      where h.repository_id = r.id and h.branch in (
        select b #>> '{}' from jsonb_path_query(d.payload, 'lax $.changes[*].branch') b)) end
    ) order by d.received_at, d.id), '[]')
  into v_begun
  from begun d
  join public.repositories r on r.id = d.repository_id
  join public.workspaces w on w.id = d.workspace_id
  join public.projects p on p.id = r.project_id
  join public.project_git_configs g on g.project_id = p.id;
  return v_begun;
end
$$;
comment on function public.begin_deliveries(uuid[]) is
  'Takes a batch of accepted deliveries with everything needed to process them, oldest first. A delivery that is done or '
  'failed is not returned; two workers may take the same one, record_deliveries lets only the first write.';
grant execute on function public.begin_deliveries(uuid[]) to service_role;

create function public.record_deliveries(p_results jsonb, p_days jsonb default '[]', p_moved jsonb default '[]')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_summary jsonb;
begin
  -- Locked in id order, so that two batches with common deliveries cannot wait for each other.
  perform 1 from public.webhook_deliveries
  where id in (select (r ->> 'delivery_id')::uuid from jsonb_array_elements(p_results) r) order by id for update;
  -- And before the statements that change them, in the order of lock_drafts, the drafts of the touched days and of known work.
  perform 1 from public.draft_line_items
  where id in (
    select (m ->> 'draft_id')::uuid from jsonb_array_elements(p_moved) m
    union
    select i.draft_line_item_id
    from jsonb_array_elements(p_results) r
    cross join lateral jsonb_array_elements(r -> 'commits') c
    cross join lateral jsonb_array_elements(c -> 'work' -> 'links') l
    join public.commits e on e.id = (l ->> 'earlier_id')::uuid
    join public.commit_draft_items i on i.commit_id = coalesce(e.same_work_as, e.id)
    where l ->> 'kind' = 'same') order by id for update;

  with input as materialized (
    select d.id as delivery_id, d.workspace_id, d.repository_id, r.project_id, p.client_id, p.billing_type, c.currency,
      private.project_rate_minor(r.project_id) as rate, e.value -> 'commits' as commits, e.ordinality as nth
    from jsonb_array_elements(p_results) with ordinality e
    join public.webhook_deliveries d on d.id = (e.value ->> 'delivery_id')::uuid and d.status = 'accepted'
    join public.repositories r on r.id = d.repository_id
    join public.projects p on p.id = r.project_id
    join public.clients c on c.id = p.client_id
  ), listed as materialized (
    -- Not i.*: every row would carry all commits of its delivery.
    select distinct on (i.repository_id, c.hash) i.delivery_id, i.workspace_id, i.repository_id, i.project_id, i.client_id,
      i.billing_type, i.currency, i.rate, c.*
    from input i
    cross join lateral jsonb_array_elements(i.commits) with ordinality e
    cross join lateral jsonb_to_record(e.value) as c (
      id uuid, hash text, message text, person_id uuid, work_day date, author_name text, author_email text, author_username text, committer_name text,
      committer_email text, committed_at timestamptz, authored_at timestamptz, authored_offset_minutes integer, branch text,
      url text, parents text[], files jsonb, files_changed integer, additions integer, deletions integer, source_files integer,
      source_additions integer, source_deletions integer, binary_files integer, ticket_ref text,
      ticket_refs text[], ignored_rule text, ignored_reason text, draft jsonb, co_drafts jsonb, patch_id text,
      moment_key text, message_key text, proposal jsonb)
    order by i.repository_id, c.hash, i.nth, e.ordinality
  ), new_commits as (
    insert into public.commits (id, workspace_id, repository_id, project_id, delivery_id, hash, message, person_id, work_day, author_name,
      author_email, author_username, committer_name, committer_email, committed_at, authored_at, authored_offset_minutes,
      branch, url, parents, files, files_changed, additions, deletions, source_files, source_additions, source_deletions,
      binary_files, ticket_ref, ticket_refs, patch_id, moment_key, message_key, proposal, status, ignored_at,
      ignored_rule, ignored_reason)
    select id, workspace_id, repository_id, project_id, delivery_id, hash, message, person_id, work_day, left(author_name, 320),
      left(author_email, 320), left(author_username, 320), left(committer_name, 320), left(committer_email, 320), committed_at, authored_at, authored_offset_minutes, branch, url,
      parents, files, files_changed, additions, deletions, source_files, source_additions, source_deletions, binary_files,
      ticket_ref, coalesce(ticket_refs, '{}'), patch_id, moment_key, message_key, proposal,
      case when ignored_rule is null then 'drafted' else 'ignored' end,
      case when ignored_rule is null then null else now() end, ignored_rule, ignored_reason
    from listed
    order by repository_id, hash
    on conflict (repository_id, hash) do nothing
    returning id
  ), recorded as materialized (
    -- "is true" keeps this a hashed lookup. As a join it is planned for a handful of rows, and grows with their square.
    select * from listed where (id in (select id from new_commits)) is true
  ), proposed as (
    select l.*, x.* from recorded l
    -- A commit of several people has a draft for each: its author's, and those of the others.
    cross join lateral (select l.draft as value union all select jsonb_array_elements(l.co_drafts)) o
    cross join lateral jsonb_to_record(o.value) as x (
      draft_id uuid, description text, detailed_description text, category text, minutes integer, estimate_low integer,
      estimate_high integer, estimate_method text, estimate_reason text, flags jsonb, work_date date, ticket_key text,
      share numeric, rate_minor bigint, not_billed boolean, co_person_id uuid, co_author_name text)
    where o.value is not null and jsonb_typeof(o.value) = 'object'
  ), new_drafts as (
    insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, person_id, source_type, description,
      detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes, estimate_low,
      estimate_high, estimate_method, estimate_reason, flags, start_date, end_date, author_name, share, co_authored, ticket_key,
      status, rejected_at, rejected_reason)
    select draft_id, workspace_id, client_id, project_id, repository_id, coalesce(co_person_id, person_id), 'commit', description,
      detailed_description, category, minutes, coalesce(rate_minor, rate), currency,
      billing_type <> 'non_billable' and not coalesce(not_billed, false), minutes, estimate_low, estimate_high, estimate_method,
      estimate_reason, coalesce(flags, '[]'), work_date, work_date, left(case when co_person_id is null then author_name else co_author_name end, 320),
      coalesce(share, 1), co_person_id is not null, ticket_key,
      case when ignored_rule is null then 'draft' else 'rejected' end,
      case when ignored_rule is null then null else now() end, ignored_reason
    from proposed
    returning id, status
  ), links as (
    insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
    select id, draft_id, workspace_id from proposed
  ), measured as (
    insert into public.work_days as w (workspace_id, person_id, day, bounded_hours, last_hour, last_authored_at)
    select distinct on (m.workspace_id, m.person_id, m.day) m.workspace_id, m.person_id, m.day, least(m.bounded_hours, 24),
      m.last_hour, m.last_authored_at
    from jsonb_to_recordset(p_days) as m (workspace_id uuid, person_id uuid, day date, bounded_hours double precision,
      last_hour double precision, last_authored_at timestamptz)
    where exists (select 1 from input)
    order by m.workspace_id, m.person_id, m.day
    on conflict (workspace_id, person_id, day) do update set bounded_hours = excluded.bounded_hours,
      last_hour = excluded.last_hour, last_authored_at = excluded.last_authored_at
  ), moved as (
    -- A later commit of the day moves what nobody has touched; what a person edited or approved stays.
    update public.draft_line_items d set minutes = m.minutes, estimated_minutes = m.minutes, estimate_low = m.low,
      estimate_high = m.high, estimate_reason = m.reason,
      -- Whether the day holds it is said anew; what the draft's own commit said stays.
      flags = case when m.flags is null then d.flags
        else jsonb_path_query_array(d.flags, '$[*] ? (@.code != "over_day")') || m.flags end
    from jsonb_to_recordset(p_moved) as m (draft_id uuid, minutes integer, low integer, high integer, reason text, flags jsonb)
    where d.id = m.draft_id and d.status = 'draft' and d.edited_at is null and exists (select 1 from input)
  ), counts as (
    select i.delivery_id, i.workspace_id, i.repository_id, coalesce(t.commits, 0) as commits, coalesce(t.drafts, 0) as drafts
    from (select distinct delivery_id, workspace_id, repository_id from input) i
    left join (
      select delivery_id, count(*) as commits,
        sum((jsonb_typeof(draft) = 'object')::integer + coalesce(jsonb_array_length(co_drafts), 0)) filter (where ignored_rule is null) as drafts
      from recorded group by delivery_id
    ) t on t.delivery_id = i.delivery_id
  ), finished as (
    update public.webhook_deliveries d set status = 'done', finished_at = clock_timestamp(), error = null, payload = null,
      commits_recorded = c.commits, drafts_created = c.drafts
    from counts c where d.id = c.delivery_id
  ), told as (
    insert into public.notifications (workspace_id, kind, subject_id, occurrences)
    select workspace_id, 'drafts_waiting', repository_id, sum(drafts) from counts
    group by workspace_id, repository_id having sum(drafts) > 0 order by workspace_id, repository_id
    on conflict (workspace_id, kind, subject_id) do update set
      occurrences = public.notifications.occurrences + excluded.occurrences, updated_at = clock_timestamp()
  )
  select coalesce(jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'commits', commits, 'drafts', drafts)), '[]')
  into v_summary from counts;
  perform private.link_work(p_results);
  return v_summary;
end
$$;
comment on function public.record_deliveries(jsonb, jsonb, jsonb) is
  'Writes commits, drafts, links, the notification and the verdict of a batch of deliveries, all or nothing. Ids come from the '
  'caller. A delivery that is no longer accepted and a commit the repository already has are passed over, so that doing it '
  'twice is the same as once. A commit that a rule left out gets a rejected draft, so that it can be brought back. '
  'p_days says how long the touched days look now; p_moved, how the open drafts of those days move with it.';
grant execute on function public.record_deliveries(jsonb, jsonb, jsonb) to service_role;

create function public.fail_deliveries(p_ids uuid[], p_error text)
returns void
language sql
volatile
set search_path = ''
as $$
  with taken as materialized (
    select id from public.webhook_deliveries where id = any (p_ids) and status = 'accepted' order by id for update
  ), failed as (
    update public.webhook_deliveries set status = 'failed', error = left(p_error, 1000), finished_at = clock_timestamp()
    where id in (select id from taken)
    returning workspace_id, repository_id
  )
  insert into public.notifications (workspace_id, kind, subject_id, body, occurrences)
  select workspace_id, 'delivery_failed', repository_id, left(p_error, 1000), count(*) from failed
  group by workspace_id, repository_id order by workspace_id, repository_id
  on conflict (workspace_id, kind, subject_id) do update set body = excluded.body,
    occurrences = public.notifications.occurrences + excluded.occurrences, updated_at = clock_timestamp()
$$;
comment on function public.fail_deliveries(uuid[], text) is
  'Gives up on deliveries that kept failing. They keep their payload and can be replayed.';
grant execute on function public.fail_deliveries(uuid[], text) to service_role;

create function public.note_delivery_errors(p_ids uuid[], p_error text)
returns void
language sql
volatile
set search_path = ''
as $$
  with taken as materialized (
    select id from public.webhook_deliveries where id = any (p_ids) and status = 'accepted' order by id for update
  )
  update public.webhook_deliveries set error = left(p_error, 1000) where id in (select id from taken)
$$;
comment on function public.note_delivery_errors(uuid[], text) is 'Keeps why the last attempt failed, for the delivery log; it is tried again.';
grant execute on function public.note_delivery_errors(uuid[], text) to service_role;

create function public.waiting_deliveries(p_older_than_seconds integer default 60, p_limit integer default 500)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select id from public.webhook_deliveries
  where status = 'accepted' and (waits_until <= clock_timestamp()
    or waits_until is null and coalesce(started_at, received_at) < clock_timestamp() - make_interval(secs => p_older_than_seconds))
  order by received_at
  limit p_limit
$$;
comment on function public.waiting_deliveries(integer, integer) is
  'Accepted deliveries that nobody finished: the queue lost them, a worker died, or their wait for the host is over. '
  'The sweep puts them back.';
grant execute on function public.waiting_deliveries(integer, integer) to service_role;

create function public.replay_deliveries(p_ids uuid[])
returns setof uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_own constant uuid[] := private.workspace_ids();
  v_workspace_id uuid;
begin
  -- An id of another tenant is passed over as one that does not exist.
  for v_workspace_id in
    select distinct workspace_id from public.webhook_deliveries where id = any (p_ids) and workspace_id = any (v_own)
  loop
    perform private.require_role(v_workspace_id, private.workers_of_inbox());
  end loop;
  return query
    update public.webhook_deliveries set status = 'accepted', attempts = 0, error = null, started_at = null, finished_at = null
    where id in (select d.id from public.webhook_deliveries d where d.id = any (p_ids) and d.workspace_id = any (v_own)
      and d.status = 'failed' and d.payload is not null order by d.id for update)
    returning id;
end
$$;
comment on function public.replay_deliveries(uuid[]) is
  'Puts failed deliveries back. security definer because deliveries are not writable; the caller''s role is checked.';
grant execute on function public.replay_deliveries(uuid[]) to authenticated;
