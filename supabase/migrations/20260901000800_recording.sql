-- From an accepted delivery to drafts: two procedures, one to take a batch and one to write what came of it.

create function public.begin_deliveries(p_ids uuid[])
returns jsonb
language sql
volatile
set search_path = ''
as $$
  with begun as (
    update public.webhook_deliveries set attempts = attempts + 1, started_at = clock_timestamp()
    where id = any (p_ids) and status = 'accepted'
    returning id, workspace_id, repository_id, payload, attempts, received_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', d.id, 'attempts', d.attempts, 'received_at', d.received_at, 'event', d.payload,
    'repository', jsonb_build_object('id', r.id, 'name', r.name, 'provider', r.provider),
    'workspace', jsonb_build_object('id', w.id, 'timezone', w.timezone),
    'project', jsonb_build_object('id', p.id, 'name', p.name, 'billing_type', p.billing_type),
    'config', to_jsonb(g)) order by d.received_at, d.id), '[]')
  from begun d
  join public.repositories r on r.id = d.repository_id
  join public.workspaces w on w.id = d.workspace_id
  join public.projects p on p.id = r.project_id
  join public.project_git_configs g on g.project_id = p.id
$$;
comment on function public.begin_deliveries(uuid[]) is
  'Takes a batch of accepted deliveries with everything needed to process them, oldest first. A delivery that is done or '
  'failed is not returned; two workers may take the same one, record_deliveries lets only the first write.';
grant execute on function public.begin_deliveries(uuid[]) to service_role;

create function public.record_deliveries(p_results jsonb)
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

  with input as materialized (
    select d.id as delivery_id, d.workspace_id, d.repository_id, r.project_id, p.client_id, p.billing_type, c.currency,
      private.project_rate_minor(r.project_id) as rate, e.value -> 'commits' as commits, e.ordinality as nth
    from jsonb_array_elements(p_results) with ordinality e
    join public.webhook_deliveries d on d.id = (e.value ->> 'delivery_id')::uuid and d.status = 'accepted'
    join public.repositories r on r.id = d.repository_id
    join public.projects p on p.id = r.project_id
    join public.clients c on c.id = p.client_id
  ), listed as materialized (
    select distinct on (i.repository_id, c.hash) i.*, c.*, e.ordinality as nth_commit
    from input i
    cross join lateral jsonb_array_elements(i.commits) with ordinality e
    cross join lateral jsonb_to_record(e.value) as c (
      id uuid, hash text, message text, author_name text, author_email text, author_username text, committer_name text,
      committer_email text, committed_at timestamptz, authored_at timestamptz, authored_offset_minutes integer, branch text,
      url text, parents text[], files jsonb, files_changed integer, additions integer, deletions integer, ticket_ref text,
      ticket_refs text[], ignored_rule text, ignored_reason text, draft jsonb)
    order by i.repository_id, c.hash, i.nth, e.ordinality
  ), new_commits as (
    insert into public.commits (id, workspace_id, repository_id, project_id, delivery_id, hash, message, author_name,
      author_email, author_username, committer_name, committer_email, committed_at, authored_at, authored_offset_minutes,
      branch, url, parents, files, files_changed, additions, deletions, ticket_ref, ticket_refs, status, ignored_at,
      ignored_rule, ignored_reason)
    select id, workspace_id, repository_id, project_id, delivery_id, hash, message, author_name, author_email,
      author_username, committer_name, committer_email, committed_at, authored_at, authored_offset_minutes, branch, url,
      parents, files, files_changed, additions, deletions, ticket_ref, coalesce(ticket_refs, '{}'),
      case when ignored_rule is null then 'drafted' else 'ignored' end,
      case when ignored_rule is null then null else now() end, ignored_rule, ignored_reason
    from listed
    order by repository_id, hash
    on conflict (repository_id, hash) do nothing
    returning id
  ), proposed as (
    select l.*, x.* from listed l
    join new_commits n on n.id = l.id
    cross join lateral jsonb_to_record(l.draft) as x (
      draft_id uuid, description text, detailed_description text, category text, minutes integer, estimate_low integer,
      estimate_high integer, estimate_method text, estimate_reason text, flags jsonb, work_date date, ticket_key text)
    where l.draft is not null and jsonb_typeof(l.draft) = 'object'
  ), new_drafts as (
    insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, source_type, description,
      detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes, estimate_low,
      estimate_high, estimate_method, estimate_reason, flags, start_date, end_date, author_name, ticket_key, status,
      rejected_at, rejected_reason)
    select draft_id, workspace_id, client_id, project_id, repository_id, 'commit', description, detailed_description, category,
      minutes, rate, currency, billing_type <> 'non_billable', minutes, estimate_low, estimate_high, estimate_method,
      estimate_reason, coalesce(flags, '[]'), work_date, work_date, author_name, ticket_key,
      case when ignored_rule is null then 'draft' else 'rejected' end,
      case when ignored_rule is null then null else now() end, ignored_reason
    from proposed
    returning id, status
  ), links as (
    insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
    select id, draft_id, workspace_id from proposed
  ), counts as (
    select i.delivery_id, i.workspace_id, i.repository_id,
      count(n.id) as commits, count(n.id) filter (where l.ignored_rule is null) as drafts
    from input i
    left join listed l on l.delivery_id = i.delivery_id
    left join new_commits n on n.id = l.id
    group by i.delivery_id, i.workspace_id, i.repository_id
  ), finished as (
    update public.webhook_deliveries d set status = 'done', finished_at = clock_timestamp(), error = null, payload = null,
      commits_recorded = c.commits, drafts_created = c.drafts
    from counts c where d.id = c.delivery_id
  ), told as (
    insert into public.notifications (workspace_id, kind, subject_id, occurrences)
    select workspace_id, 'drafts_waiting', repository_id, sum(drafts) from counts
    group by workspace_id, repository_id having sum(drafts) > 0
    on conflict (workspace_id, kind, subject_id) do update set
      occurrences = public.notifications.occurrences + excluded.occurrences, updated_at = clock_timestamp()
  )
  select coalesce(jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'commits', commits, 'drafts', drafts)), '[]')
  into v_summary from counts;
  return v_summary;
end
$$;
comment on function public.record_deliveries(jsonb) is
  'Writes commits, drafts, links, the notification and the verdict of a batch of deliveries, all or nothing. Ids come from the '
  'caller. A delivery that is no longer accepted and a commit the repository already has are passed over, so that doing it '
  'twice is the same as once. A commit that a rule left out gets a rejected draft, so that it can be brought back.';
grant execute on function public.record_deliveries(jsonb) to service_role;

create function public.fail_deliveries(p_ids uuid[], p_error text)
returns void
language sql
volatile
set search_path = ''
as $$
  with failed as (
    update public.webhook_deliveries set status = 'failed', error = left(p_error, 1000), finished_at = clock_timestamp()
    where id = any (p_ids) and status = 'accepted'
    returning workspace_id, repository_id
  )
  insert into public.notifications (workspace_id, kind, subject_id, body, occurrences)
  select workspace_id, 'delivery_failed', repository_id, left(p_error, 1000), count(*) from failed
  group by workspace_id, repository_id
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
  update public.webhook_deliveries set error = left(p_error, 1000) where id = any (p_ids) and status = 'accepted'
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
  where status = 'accepted'
    and coalesce(started_at, received_at) < clock_timestamp() - make_interval(secs => p_older_than_seconds)
  order by received_at
  limit p_limit
$$;
comment on function public.waiting_deliveries(integer, integer) is
  'Accepted deliveries that nobody finished: the queue lost them, or a worker died. The sweep puts them back.';
grant execute on function public.waiting_deliveries(integer, integer) to service_role;

create function public.replay_deliveries(p_ids uuid[])
returns setof uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
begin
  for v_workspace_id in select distinct workspace_id from public.webhook_deliveries where id = any (p_ids) loop
    perform private.require_role(v_workspace_id, private.workers_of_inbox());
  end loop;
  return query
    update public.webhook_deliveries set status = 'accepted', attempts = 0, error = null, started_at = null, finished_at = null
    where id = any (p_ids) and status = 'failed' and payload is not null
    returning id;
end
$$;
comment on function public.replay_deliveries(uuid[]) is
  'Puts failed deliveries back. security definer because deliveries are not writable; the caller''s role is checked.';
grant execute on function public.replay_deliveries(uuid[]) to authenticated;
