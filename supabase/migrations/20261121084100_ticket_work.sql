-- What is done with tickets: recorded with the commits that name them, refreshed later, and written to.

create function private.tracker_of(p_connection public.tracker_connections)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('id', p_connection.id, 'workspace_id', p_connection.workspace_id, 'kind', p_connection.kind,
    'name', p_connection.name, 'base_url', p_connection.base_url, 'web_url', p_connection.web_url, 'site', p_connection.site,
    'prefixes', p_connection.prefixes, 'takes_worklogs', p_connection.takes_worklogs,
    'is_told', coalesce(p_connection.told_at > clock_timestamp() - interval '7 days', false),
    'host', (
      select jsonb_build_object('grant_id', g.id, 'kind', g.kind, 'token', s.ciphertext, 'base_url', g.base_url,
        'revoked_reason', g.revoked_reason, 'expires_at', g.expires_at)
      from public.host_grants g
      join public.host_grant_secrets s on s.grant_id = g.id and s.purpose = 'access'
      where g.id = p_connection.grant_id))
$$;
comment on function private.tracker_of(public.tracker_connections) is
  'A connection with what is needed to ask its system: the address and the encrypted token. Without a grant, host is null.';

create function public.workspace_trackers(p_workspace_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(private.tracker_of(c) order by c.created_at, c.id), '[]')
  from public.tracker_connections c
  where c.workspace_id = any (p_workspace_ids) and c.disconnected_at is null
$$;
comment on function public.workspace_trackers(uuid[]) is 'The ticket systems of workspaces, the oldest connection first.';
grant execute on function public.workspace_trackers(uuid[]) to service_role;

create function private.is_counted(p_draft public.draft_line_items)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_draft.made_by is null and (p_draft.status <> 'rejected'
    or exists (select 1 from public.draft_line_items m where m.made_by = p_draft.replaced_by and m.status <> 'rejected'))
$$;
comment on function private.is_counted(public.draft_line_items) is
  'Is its time proposed or billed, by itself or in what it was split into or merged with? Those are not counted once more.';

create function public.known_tickets(p_wanted jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('committed', (
    select coalesce(jsonb_agg(jsonb_build_object('draft_id', d.id, 'minutes', d.minutes, 'hashes', (
      select jsonb_agg(k.hash) from public.commit_draft_items i join public.commits k on k.id = i.commit_id
      where i.draft_line_item_id = d.id))), '[]')
    from public.draft_line_items d where d.ticket_id = t.id and private.is_counted(d)))), '[]')
  from jsonb_to_recordset(p_wanted) as w (connection_id uuid, keys jsonb)
  cross join lateral jsonb_array_elements_text(w.keys) k (key)
  join public.tickets t on t.connection_id = w.connection_id and t.key = k.key
$$;
comment on function public.known_tickets(jsonb) is
  'Of [{connection_id, keys}] what is known, with what the drafts of each come to. One round trip for a batch of deliveries.';
grant execute on function public.known_tickets(jsonb) to service_role;

create function private.write_tickets(p_tickets jsonb)
returns uuid[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  insert into public.tickets (workspace_id, connection_id, key, state)
  select distinct on (c.id, n.key) c.workspace_id, c.id, n.key, 'waiting'
  from jsonb_to_recordset(p_tickets) as n (connection_id uuid, key text)
  join public.tracker_connections c on c.id = n.connection_id
  order by c.id, n.key
  on conflict (connection_id, key) do nothing;

  perform 1 from public.tickets t
  join jsonb_to_recordset(p_tickets) as n (connection_id uuid, key text) on n.connection_id = t.connection_id and n.key = t.key
  order by t.connection_id, t.key for update of t;

  -- What was read earlier does not take the place of what was read later.
  update public.tickets t set state = n.state, reason = null, current_key = n.current_key, external_id = n.external_id, title = n.title,
    url = n.url, type = n.type, status = n.status, is_done = n.is_done, labels = coalesce(n.labels, '{}'), epic_key = n.epic_key,
    epic_title = n.epic_title, parent_key = n.parent_key, parent_title = n.parent_title, project_key = n.project_key,
    project_title = n.project_title, estimate_minutes = n.estimate_minutes, logged_minutes = n.logged_minutes, assignee = n.assignee,
    attempts = 0, asked_at = n.asked_at, fetched_at = n.asked_at, next_fetch_at = n.next_fetch_at,
    changed_at = case when (t.state, t.reason, t.current_key, t.title, t.url, t.type, t.status, t.is_done, t.labels, t.epic_title, t.project_title,
        t.estimate_minutes, t.logged_minutes, t.assignee) is distinct from (n.state, null::text, n.current_key, n.title, n.url, n.type, n.status, n.is_done,
        coalesce(n.labels, '{}'), n.epic_title, n.project_title, n.estimate_minutes, n.logged_minutes, n.assignee)
      then v_now else t.changed_at end
  from (
    select distinct on (x.connection_id, x.key) * from jsonb_to_recordset(p_tickets) as x (connection_id uuid, key text, state text,
      current_key text, external_id text, title text, url text, type text, status text, is_done boolean, labels text[],
      epic_key text, epic_title text, parent_key text, parent_title text, project_key text, project_title text,
      estimate_minutes integer, logged_minutes integer, assignee text, asked_at timestamptz, next_fetch_at timestamptz)
    where x.state = 'found' order by x.connection_id, x.key, x.asked_at desc
  ) n
  where t.connection_id = n.connection_id and t.key = n.key and (t.asked_at is null or t.asked_at <= n.asked_at);

  -- A ticket that is known stays as it is known while its system does not answer; one that is gone does not.
  update public.tickets t set state = case when n.state <> 'gone' and t.fetched_at is not null then t.state else n.state end,
    reason = n.reason, attempts = case when n.state = 'gone' then 0 else t.attempts + 1 end, asked_at = n.asked_at,
    fetched_at = case when n.state = 'gone' then n.asked_at else t.fetched_at end, next_fetch_at = n.next_fetch_at,
    changed_at = case when t.reason is distinct from n.reason or n.state = 'gone' and t.state <> 'gone' then v_now else t.changed_at end
  from (
    select distinct on (x.connection_id, x.key) * from jsonb_to_recordset(p_tickets) as x (connection_id uuid, key text, state text,
      reason text, asked_at timestamptz, next_fetch_at timestamptz)
    where x.state in ('gone', 'waiting', 'failed') order by x.connection_id, x.key, x.asked_at desc
  ) n
  where t.connection_id = n.connection_id and t.key = n.key and (t.asked_at is null or t.asked_at <= n.asked_at);

  return array(
    select t.id from public.tickets t
    join jsonb_to_recordset(p_tickets) as n (connection_id uuid, key text) on n.connection_id = t.connection_id and n.key = t.key
    where t.changed_at >= v_now);
end
$$;
comment on function private.write_tickets(jsonb) is
  'Keeps what a system answered: [{connection_id, key, state, reason, …, asked_at, next_fetch_at}], locked in key order. An answer '
  'to an earlier question than the one kept changes nothing. Without an answer, what is known stays and reason says why. Answers which are others now.';

create function private.share_logged(p_ticket_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform set_config('billhook.action', 'logged', true);
  with subject as (
    -- One ticket may be known by two keys: before and after it moved.
    select distinct o.id, coalesce(o.external_id, o.key) as work, o.connection_id
    from public.tickets t
    join public.tickets o on o.connection_id = t.connection_id
      and (o.id = t.id or o.external_id is not null and o.external_id = t.external_id)
    where t.id = any (p_ticket_ids)
  ), logged as (
    select s.connection_id, s.work, max(coalesce(t.current_key, t.key)) as key, max(t.logged_minutes)
      -- What Billhook wrote there itself is no evidence.
      - coalesce((select sum(greatest(1, round(w.seconds / 60.0))) from public.worklogs w
        where w.ticket_id in (select i.id from subject i where i.connection_id = s.connection_id and i.work = s.work)
          and w.external_id is not null and w.status <> 'withdrawn'), 0) as minutes
    from subject s join public.tickets t on t.id = s.id and t.state = 'found'
    group by s.connection_id, s.work
  ), line as (
    select d.id, s.connection_id, s.work, d.minutes, d.estimate_method, d.own_estimate, d.estimate_low, d.estimate_high,
      d.estimate_reason, coalesce((d.own_estimate ->> 'minutes')::integer, d.minutes) as own,
      d.status = 'draft' and d.edited_at is null and d.source_type = 'commit'
        and (d.estimate_method = 'logged' or d.estimate_method <> 'explicit') and g.logged_time_rule = 'time' as is_free
    from subject s
    join public.draft_line_items d on d.ticket_id = s.id and private.is_counted(d)
    join public.project_git_configs g on g.project_id = d.project_id
  ), pot as (
    select g.connection_id, g.work, g.key, g.minutes,
      greatest(0, g.minutes - coalesce(sum(l.minutes) filter (where not l.is_free), 0)) as rest,
      greatest(1, coalesce(sum(greatest(l.own, 1)) filter (where l.is_free), 0)) as weights, count(*) filter (where l.is_free) as lines
    from logged g left join line l on l.connection_id = g.connection_id and l.work = g.work
    where g.minutes > 0
    group by g.connection_id, g.work, g.key, g.minutes
  ), part as (
    -- Whole minutes by largest remainder, so that the parts are the whole.
    select l.*, p.key, p.minutes as logged, p.rest, p.lines,
      floor(p.rest * greatest(l.own, 1) / p.weights)::integer + (row_number() over (partition by p.connection_id, p.work
        order by p.rest * greatest(l.own, 1) % p.weights desc, l.id) <= p.rest - sum(floor(p.rest * greatest(l.own, 1) / p.weights))
          over (partition by p.connection_id, p.work))::integer as minutes_now
    from line l join pot p on p.connection_id = l.connection_id and p.work = l.work
    where l.is_free
  ), shared as (
    select id, least(1440, minutes_now) as minutes, case when lines = 1 then least(1440, minutes_now) else least(1440,
        floor(minutes_now * least(1, coalesce((own_estimate ->> 'low')::numeric, estimate_low) / greatest(own, 1)))) end::integer as low,
      case when lines = 1 then least(1440, minutes_now) else least(1440, rest,
        ceil(minutes_now * greatest(1, coalesce((own_estimate ->> 'high')::numeric, estimate_high) / greatest(own, 1)))) end::integer as high,
      format('%s has %s logged', key, private.hours_words(logged::integer))
        || case when rest < logged then format(', of which %s is in other lines', private.hours_words((logged - rest)::integer)) else '' end
        || case when lines > 1 then format('; shared among the %s lines of its commits', lines) else '' end
        || case when minutes_now > 1440 then '; a line holds at most 24 h' else '' end || '.' as reason,
      coalesce(own_estimate, jsonb_build_object('minutes', minutes, 'low', estimate_low, 'high', estimate_high,
        'method', estimate_method, 'reason', estimate_reason)) as own_estimate
    from part
  ), taken as (
    update public.draft_line_items d set minutes = s.minutes, estimated_minutes = s.minutes, estimate_low = s.low, estimate_high = s.high,
      estimate_method = 'logged', estimate_reason = s.reason, own_estimate = s.own_estimate
    from shared s
    where d.id = s.id and (d.estimate_method, d.minutes, d.estimate_low, d.estimate_high, d.estimate_reason)
      is distinct from ('logged', s.minutes, s.low, s.high, s.reason)
    returning d.id
  )
  -- Nothing logged any more, or the project no longer wants it: the commits' own estimate again.
  update public.draft_line_items d set minutes = (d.own_estimate ->> 'minutes')::integer,
    estimated_minutes = (d.own_estimate ->> 'minutes')::integer, estimate_low = (d.own_estimate ->> 'low')::integer,
    estimate_high = (d.own_estimate ->> 'high')::integer, estimate_method = d.own_estimate ->> 'method',
    estimate_reason = d.own_estimate ->> 'reason', own_estimate = null
  where d.id in (select l.id from line l where l.own_estimate is not null) and d.id not in (select s.id from shared s)
    and d.status = 'draft' and d.edited_at is null;
  perform set_config('billhook.action', '', true);
end
$$;
comment on function private.share_logged(uuid[]) is
  'Where a project takes the time logged on a ticket as the time itself: what is logged, without what other lines of the ticket '
  'hold and what Billhook wrote there, is shared among its untouched lines in proportion to their own estimates, in whole '
  'minutes. Run again, it changes nothing. The caller has locked the drafts.';

create function private.hours_words(p_minutes integer)
returns text
language sql
immutable parallel safe
set search_path = ''
as $$
  select case when p_minutes < 60 then p_minutes || ' m' when p_minutes % 60 = 0 then p_minutes / 60 || ' h'
    else p_minutes / 60 || ' h ' || p_minutes % 60 || ' m' end
$$;
comment on function private.hours_words(integer) is 'A duration as formatDuration of packages/domain/duration.ts writes it: 2 h 15 m.';

create function private.keep_ticket_rules()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_action constant text := coalesce(current_setting('billhook.action', true), '');
begin
  -- A person who takes it up, or leaves it out, is not made to wait again.
  if old.awaits_ticket and (new.status <> 'draft' or v_action = 'undefer') then
    new.awaits_ticket := false;
  end if;
  -- What is learned of the commit later is its own estimate; the time logged on the ticket stays the time.
  if old.estimate_method = 'logged' and new.estimate_method <> 'logged' and v_action <> 'logged' and new.edited_at is not distinct from old.edited_at then
    new.own_estimate := jsonb_build_object('minutes', new.minutes, 'low', new.estimate_low, 'high', new.estimate_high,
      'method', new.estimate_method, 'reason', new.estimate_reason);
    new.minutes := old.minutes;
    new.estimated_minutes := old.estimated_minutes;
    new.estimate_low := old.estimate_low;
    new.estimate_high := old.estimate_high;
    new.estimate_method := old.estimate_method;
    new.estimate_reason := old.estimate_reason;
  end if;
  return new;
end
$$;
comment on function private.keep_ticket_rules() is
  'What holds for every writer of a draft: a wait for a ticket ends when a person decides, and logged time stays the time when '
  'only the commit''s own estimate changes.';
create function private.take_over_ticket()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  select min(t.id::text)::uuid into new.ticket_id
  from public.draft_replacements r
  join public.draft_line_items d on d.id = any (r.draft_ids)
  left join public.tickets t on t.id = d.ticket_id
  where r.id = new.made_by
  having count(distinct t.id) = 1 and count(t.id) = count(*);
  return new;
end
$$;
comment on function private.take_over_ticket() is
  'What a line is split into stands under its ticket, and so does what lines of one ticket are merged into.';
create trigger take_over_ticket before insert on public.draft_line_items for each row
  when (new.made_by is not null and new.ticket_id is null) execute function private.take_over_ticket();
grant execute on function private.is_counted(public.draft_line_items), private.tracker_of(public.tracker_connections), private.write_tickets(jsonb), private.share_logged(uuid[]),
  private.hours_words(integer) to service_role;
create trigger keep_ticket_rules before update on public.draft_line_items for each row
  when (old.awaits_ticket or old.estimate_method = 'logged') execute function private.keep_ticket_rules();

create or replace function public.record_deliveries(p_results jsonb, p_days jsonb default '[]', p_moved jsonb default '[]')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_summary jsonb;
  -- What ticket systems told of the tickets these commits name, beside the commits.
  v_told constant jsonb := jsonb_path_query_array(p_results, '$[*].commits[*].told[*]');
  v_named constant jsonb := jsonb_path_query_array(p_results, '$[*].commits[*].draft.ticket');
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
    where l ->> 'kind' = 'same'
    union
    select d.id
    from jsonb_to_recordset(v_named) as n (connection_id uuid, key text)
    join public.tickets t on t.connection_id = n.connection_id and t.key = n.key
    join public.draft_line_items d on d.ticket_id = t.id) order by id for update;
  if v_told <> '[]' then
    perform private.write_tickets(v_told);
  end if;

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
      moment_key text, message_key text, proposal jsonb, tickets jsonb)
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
      share numeric, rate_minor bigint, not_billed boolean, co_person_id uuid, co_author_name text, ticket jsonb, ticket_url text,
      epic text, awaits_ticket boolean)
    where o.value is not null and jsonb_typeof(o.value) = 'object'
  ), new_drafts as (
    insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, person_id, source_type, description,
      detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes, estimate_low,
      estimate_high, estimate_method, estimate_reason, flags, start_date, end_date, author_name, share, co_authored, ticket_key,
      ticket_id, ticket_url, epic, awaits_ticket, status, rejected_at, rejected_reason)
    select draft_id, workspace_id, client_id, project_id, repository_id, coalesce(co_person_id, person_id), 'commit', description,
      detailed_description, category, minutes, coalesce(rate_minor, rate), currency,
      billing_type <> 'non_billable' and not coalesce(not_billed, false), minutes, estimate_low, estimate_high, estimate_method,
      estimate_reason, coalesce(flags, '[]'), work_date, work_date, left(case when co_person_id is null then author_name else co_author_name end, 320),
      coalesce(share, 1), co_person_id is not null, ticket_key,
      (select t.id from public.tickets t where t.connection_id = (p.ticket ->> 'connection_id')::uuid and t.key = p.ticket ->> 'key'
        and t.workspace_id = p.workspace_id),
      ticket_url, epic, case when ignored_rule is null then awaits_ticket end,
      case when ignored_rule is null then 'draft' else 'rejected' end,
      case when ignored_rule is null then null else now() end, ignored_reason
    from proposed p
    returning id, status
  ), links as (
    insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
    select id, draft_id, workspace_id from proposed
  ), named as (
    insert into public.commit_tickets (commit_id, position, workspace_id, key, ticket_id)
    select r.id, n.ordinality, r.workspace_id, n.value ->> 'key', t.id
    from recorded r
    cross join lateral jsonb_array_elements(r.tickets) with ordinality n
    left join public.tickets t on t.connection_id = (n.value ->> 'connection_id')::uuid and t.key = n.value ->> 'ticket_key'
      and t.workspace_id = r.workspace_id
    where jsonb_typeof(r.tickets) = 'array'
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
  if v_named <> '[]' then
    perform private.share_logged(array(
      select distinct t.id
      from jsonb_to_recordset(v_named) as n (connection_id uuid, key text)
      join public.tickets t on t.connection_id = n.connection_id and t.key = n.key
      where exists (select 1 from public.project_git_configs g where g.workspace_id = t.workspace_id and g.logged_time_rule = 'time')));
  end if;
  return v_summary;
end
$$;
comment on function public.record_deliveries(jsonb, jsonb, jsonb) is
  'Writes commits, drafts, links, the notification and the verdict of a batch of deliveries, all or nothing. Ids come from the '
  'caller. A delivery that is no longer accepted and a commit the repository already has are passed over, so that doing it '
  'twice is the same as once. A commit that a rule left out gets a rejected draft, so that it can be brought back. '
  'p_days says how long the touched days look now; p_moved, how the open drafts of those days move with it. What ticket systems '
  'told (told) is kept first, so that the drafts stand under their tickets.';
grant execute on function public.record_deliveries(jsonb, jsonb, jsonb) to service_role;

create function public.due_tickets(p_connections integer default 20, p_tickets integer default 100)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_due jsonb;
begin
  -- A ticket that no open line stands under is read again when a commit names it.
  update public.tickets t set next_fetch_at = null
  where t.id in (
    select x.id from public.tickets x
    where x.next_fetch_at <= clock_timestamp() and x.state in ('found', 'gone')
      and not exists (select 1 from public.draft_line_items d where d.ticket_id = x.id and d.status = 'draft')
      and not exists (select 1 from public.worklogs w where w.ticket_id = x.id and w.status in ('queued', 'withdrawing'))
    order by x.id for update skip locked);
  select coalesce(jsonb_agg(private.tracker_of(c) || jsonb_build_object('tickets', due.tickets)), '[]')
  into v_due
  from (
    select c.* from public.tracker_connections c
    join public.host_grants g on g.id = c.grant_id and g.revoked_at is null
      and (g.waits_until is null or g.waits_until <= clock_timestamp())
    where c.disconnected_at is null
      and exists (select 1 from public.tickets t where t.connection_id = c.id and t.next_fetch_at <= clock_timestamp())
    order by c.id limit p_connections
  ) c
  cross join lateral (
    select jsonb_agg(jsonb_build_object('id', t.id, 'key', t.key, 'attempts', t.attempts)) as tickets
    from (
      select t.* from public.tickets t where t.connection_id = c.id and t.next_fetch_at <= clock_timestamp()
      order by t.state = 'found', t.next_fetch_at limit p_tickets
    ) t
  ) due;
  return v_due;
end
$$;
comment on function public.due_tickets(integer, integer) is
  'Connections that work, with the tickets that are to be read now: those nobody answered yet first, then those that open lines '
  'stand under and that have not been looked at for a while.';
grant execute on function public.due_tickets(integer, integer) to service_role;

create function public.ticket_drafts(p_connection_id uuid, p_keys text[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'version', d.version, 'description', d.description,
    'detailed_description', d.detailed_description, 'category', d.category, 'epic', d.epic, 'billable', d.billable,
    'minutes', d.minutes, 'awaits_ticket', d.awaits_ticket, 'ticket_flags', jsonb_path_query_array(d.flags, '$[*] ? (@.code starts with "ticket_")'),
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
comment on function public.ticket_drafts(uuid, text[]) is
  'The lines nobody has touched that stand under these tickets, with what their words and rules are made from, and the ticket as it '
  'was known when they were made.';
grant execute on function public.ticket_drafts(uuid, text[]) to service_role;

create function public.save_tickets(p_tickets jsonb, p_drafts jsonb default '[]')
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_changed integer;
  v_tickets uuid[];
begin
  -- Lines before tickets, each in the order of its id, as where commits are recorded.
  perform 1 from public.draft_line_items
  where id in (
    select d.id from jsonb_to_recordset(p_tickets) as n (connection_id uuid, key text)
    join public.tickets t on t.connection_id = n.connection_id and t.key = n.key
    join public.tickets o on o.connection_id = t.connection_id
      and (o.id = t.id or o.external_id is not null and o.external_id = t.external_id)
    join public.draft_line_items d on d.ticket_id = o.id) order by id for update;
  v_tickets := private.write_tickets(p_tickets);

  perform set_config('billhook.action', 'ticket', true);
  with listed as (
    select * from jsonb_to_recordset(p_drafts) as l (id uuid, version integer, description text, detailed_description text,
      category text, epic text, ticket_url text, billable boolean, awaits_ticket boolean, ticket_flags jsonb)
  ), changed as (
    update public.draft_line_items d set description = coalesce(l.description, d.description),
      detailed_description = case when l.description is null then d.detailed_description else l.detailed_description end,
      category = coalesce(l.category, d.category), epic = l.epic, ticket_url = l.ticket_url, billable = l.billable,
      awaits_ticket = case when d.awaits_ticket is false then false else nullif(l.awaits_ticket, false) end,
      flags = jsonb_path_query_array(d.flags, '$[*] ? (!(@.code starts with "ticket_"))') || l.ticket_flags
    from listed l
    where d.id = l.id and d.version = l.version and d.status = 'draft' and d.edited_at is null
    returning d.id
  )
  select count(*) into v_changed from changed;
  -- Open pages ask for lines that changed: the ticket of these did, whoever touched them.
  update public.draft_line_items d set updated_at = clock_timestamp()
  where d.ticket_id = any (v_tickets) and d.status in ('draft', 'approved')
    and d.id not in (select (l ->> 'id')::uuid from jsonb_array_elements(p_drafts) l);
  perform set_config('billhook.action', '', true);

  perform private.share_logged(array(
    select distinct t.id
    from jsonb_to_recordset(p_tickets) as n (connection_id uuid, key text)
    join public.tickets t on t.connection_id = n.connection_id and t.key = n.key
    where exists (select 1 from public.project_git_configs g where g.workspace_id = t.workspace_id and g.logged_time_rule = 'time')
      or exists (select 1 from public.draft_line_items d where d.ticket_id = t.id and d.estimate_method = 'logged')));
  return v_changed;
end
$$;
comment on function public.save_tickets(jsonb, jsonb) is
  'Keeps what a system answered and moves the lines that nobody has touched with it: words, category, group, flags, whether they are '
  'billed and whether they wait. A line that changed since it was read (version) or that a person touched stays. Doing it twice is '
  'the same as once.';
grant execute on function public.save_tickets(jsonb, jsonb) to service_role;

create function public.note_tracker(p_connection_id uuid, p_problem text default null, p_is_refused boolean default false)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  c public.tracker_connections;
begin
  update public.tracker_connections set problem = left(p_problem, 1000),
    problem_at = case when p_problem is not null then coalesce(case when problem is not null then problem_at end, clock_timestamp()) end,
    answered_at = case when p_problem is null then clock_timestamp() else answered_at end
  where id = p_connection_id and (problem is distinct from left(p_problem, 1000) or p_problem is null)
  returning * into c;
  if not p_is_refused or c.id is null then
    return;
  end if;
  update public.host_grants set revoked_at = clock_timestamp(), revoked_reason = left(p_problem, 1000)
  where id = c.grant_id and revoked_at is null;
  if found then
    perform private.notify(c.workspace_id, 'tracker_refused', c.id, p_problem);
  end if;
end
$$;
comment on function public.note_tracker(uuid, text, boolean) is
  'Keeps why a system could not be asked, or that it answered (null). Refused: its grant is revoked and the workspace told once.';
grant execute on function public.note_tracker(uuid, text, boolean) to service_role;

create function public.tracker_webhook_target(p_connection_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select jsonb_build_object('kind', c.kind, 'grant_id', c.grant_id, 'secret', s.ciphertext)
    from public.tracker_connections c
    join public.host_grant_secrets s on s.grant_id = c.grant_id and s.purpose = 'webhook'
    where c.id = p_connection_id and c.disconnected_at is null), '{}')
$$;
comment on function public.tracker_webhook_target(uuid) is 'What is needed to verify what a ticket system tells; empty where there is no such connection.';
grant execute on function public.tracker_webhook_target(uuid) to service_role;

create function public.mark_tickets(p_connection_id uuid, p_keys text[], p_external_ids text[])
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_marked integer;
begin
  update public.tracker_connections set told_at = clock_timestamp() where id = p_connection_id;
  update public.tickets t set next_fetch_at = clock_timestamp()
  where t.id in (
    select x.id from public.tickets x where x.connection_id = p_connection_id
      and (x.key = any (p_keys) or x.current_key = any (p_keys) or x.external_id = any (p_external_ids))
    order by x.connection_id, x.key for update);
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;
comment on function public.mark_tickets(uuid, text[], text[]) is
  'A webhook told of changes: the tickets that are known are read again. What it says of them is not taken: deliveries come twice '
  'and out of order.';
grant execute on function public.mark_tickets(uuid, text[], text[]) to service_role;

-- Time written back -----------------------------------------------------------------------------------------------------------

create function private.queue_worklogs()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.worklogs (workspace_id, time_entry_id, draft_line_item_id, ticket_id, seconds, started_at, comment)
  select e.workspace_id, e.id, d.id, t.id, e.billed_seconds,
    coalesce(e.started_at, (e.entry_date + make_interval(hours => w.working_from)) at time zone w.timezone), left(e.description, 2000)
  from new_rows e
  join public.draft_line_items d on d.id = e.draft_line_item_id
  join public.tickets t on t.id = d.ticket_id and t.state <> 'gone'
  join public.tracker_connections c on c.id = t.connection_id and c.disconnected_at is null and c.takes_worklogs
  join public.project_git_configs g on g.project_id = e.project_id and g.write_worklogs
  join public.workspaces w on w.id = e.workspace_id
  -- Time that came from the ticket is there already.
  where e.billed_seconds > 0 and d.estimate_method <> 'logged';
  return null;
end
$$;
comment on function private.queue_worklogs() is
  'Where the project wants it, approved time is to be written to its ticket: noted in the approval''s own transaction. '
  'security definer: worklogs are not writable by who approves.';
create trigger queue_worklogs after insert on public.time_entries referencing new table as new_rows
  for each statement execute function private.queue_worklogs();

create function private.withdraw_worklogs()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  update public.worklogs w set is_withdrawn = true, attempts = 0, reason = null, next_attempt_at = clock_timestamp(),
    -- Never tried, it is nowhere to be found.
    status = case when w.status = 'queued' and w.attempts = 0 then 'withdrawn' else 'withdrawing' end
  where w.id in (
    select x.id from public.worklogs x join old_rows e on e.id = x.time_entry_id
    where not x.is_withdrawn
      and not exists (select 1 from public.time_entries k where k.id = e.id and k.superseded_at is null)
    order by x.id for update of x);
  return null;
end
$$;
comment on function private.withdraw_worklogs() is
  'An approval that is taken back takes its time at the ticket with it. security definer: worklogs are not writable by who approves.';
create trigger withdraw_worklogs after delete on public.time_entries referencing old table as old_rows
  for each statement execute function private.withdraw_worklogs();
create trigger withdraw_superseded_worklogs after update on public.time_entries referencing old table as old_rows new table as new_rows
  for each statement execute function private.withdraw_worklogs();

create function public.take_worklogs(p_limit integer default 50, p_seconds integer default 120)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_taken jsonb;
begin
  with due as materialized (
    select w.id from public.worklogs w
    join public.tickets t on t.id = w.ticket_id and t.state in ('found', 'gone')
    join public.tracker_connections c on c.id = t.connection_id and c.disconnected_at is null
    join public.host_grants g on g.id = c.grant_id and g.revoked_at is null and (g.waits_until is null or g.waits_until <= clock_timestamp())
    where w.status in ('queued', 'withdrawing') and w.next_attempt_at <= clock_timestamp()
      and (w.claimed_until is null or w.claimed_until < clock_timestamp())
    order by w.id limit p_limit for update of w skip locked
  ), taken as (
    update public.worklogs w set claimed_until = clock_timestamp() + make_interval(secs => p_seconds), attempts = w.attempts + 1
    where w.id in (select id from due)
    returning w.*
  )
  select coalesce(jsonb_agg(private.tracker_of(c) || jsonb_build_object('worklogs', k.worklogs)), '[]')
  into v_taken
  from (
    select t.connection_id, jsonb_agg(jsonb_build_object('id', w.id, 'key', coalesce(t.current_key, t.key), 'is_withdrawn', w.is_withdrawn,
      'seconds', w.seconds, 'started_at', w.started_at, 'comment', w.comment, 'external_id', w.external_id, 'attempts', w.attempts,
      'ticket_state', t.state) order by w.created_at, w.id) as worklogs
    from taken w join public.tickets t on t.id = w.ticket_id
    group by t.connection_id
  ) k
  join public.tracker_connections c on c.id = k.connection_id;
  return v_taken;
end
$$;
comment on function public.take_worklogs(integer, integer) is
  'Takes what is to be written to tickets or taken back there, by connection, for a while: a worker that dies lets go by itself, and '
  'the next one finds the marker of what was written.';
grant execute on function public.take_worklogs(integer, integer) to service_role;

create function public.save_worklogs(p_results jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_line record;
begin
  for v_line in
    with listed as materialized (
      select * from jsonb_to_recordset(p_results) as l (id uuid, outcome text, external_id text, reason text, next_attempt_at timestamptz)
    ), taken as materialized (
      select id from public.worklogs where id in (select id from listed) order by id for update
    ), saved as (
      update public.worklogs w set claimed_until = null, external_id = coalesce(l.external_id, w.external_id), reason = left(l.reason, 1000),
        next_attempt_at = coalesce(l.next_attempt_at, clock_timestamp()),
        status = case
          when l.outcome = 'sent' and w.is_withdrawn then 'withdrawing'
          when l.outcome = 'sent' then 'sent'
          when l.outcome = 'withdrawn' then 'withdrawn'
          -- Given up on writing what has to go by now: there may be something to take back.
          when l.outcome = 'failed' and not w.is_withdrawn then 'failed'
          when l.outcome = 'failed' and w.status = 'withdrawing' and w.attempts > 0 then 'failed'
          else w.status end
      from listed l where w.id = l.id and w.id in (select id from taken)
      returning w.workspace_id, w.status, w.reason, w.draft_line_item_id
    )
    select * from saved
  loop
    -- Who looks at the line sees what became of its time.
    update public.draft_line_items set updated_at = clock_timestamp() where id = v_line.draft_line_item_id;
    if v_line.status = 'failed' then
      perform private.notify(v_line.workspace_id, 'worklog_failed', v_line.draft_line_item_id, coalesce(v_line.reason, ''));
    end if;
  end loop;
end
$$;
comment on function public.save_worklogs(jsonb) is
  'What became of taken worklogs: [{id, outcome, external_id, reason, next_attempt_at}], outcome sent, withdrawn, failed or later. '
  'One whose approval was taken back while it was written is taken back next.';
grant execute on function public.save_worklogs(jsonb) to service_role;

create function public.retry_worklogs(p_draft_ids uuid[])
returns integer
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_retried integer;
begin
  perform private.lock_drafts(p_draft_ids);
  update public.worklogs set status = case when is_withdrawn then 'withdrawing' else 'queued' end, reason = null, claimed_until = null,
    next_attempt_at = clock_timestamp()
  where draft_line_item_id = any (p_draft_ids) and workspace_id = any (private.workspace_ids()) and status = 'failed';
  get diagnostics v_retried = row_count;
  delete from public.notifications where kind = 'worklog_failed' and subject_id = any (p_draft_ids)
    and workspace_id = any (private.workspace_ids());
  return v_retried;
end
$$;
comment on function public.retry_worklogs(uuid[]) is
  'Tries again to write the time of these lines to their tickets, or to take it back. security definer: worklogs are not writable '
  'directly; the role is checked by lock_drafts.';
grant execute on function public.retry_worklogs(uuid[]) to authenticated;

-- Connecting ------------------------------------------------------------------------------------------------------------------

create function private.store_tracker(p_connection public.tracker_connections, p_user_id uuid, p_grant jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_grant_id constant uuid := (p_grant ->> 'id')::uuid;
  v_webhook text;
begin
  select s.ciphertext into v_webhook from public.host_grant_secrets s
  where s.grant_id = p_connection.grant_id and s.purpose = 'webhook';
  insert into public.host_grants (id, workspace_id, provider, base_url, kind, account_name, scopes, expires_at, created_by)
  values (v_grant_id, p_connection.workspace_id, p_connection.kind, p_grant ->> 'base_url', p_grant ->> 'kind', p_connection.account_name,
    array(select jsonb_array_elements_text(coalesce(p_grant -> 'scopes', '[]'))), (p_grant ->> 'expires_at')::timestamptz, p_user_id);
  insert into public.host_grant_secrets (workspace_id, grant_id, purpose, ciphertext)
  select p_connection.workspace_id, v_grant_id, s.purpose, s.ciphertext
  from (values ('access', p_grant ->> 'access'), ('refresh', p_grant ->> 'refresh'), ('webhook', p_grant ->> 'webhook'))
    s (purpose, ciphertext) where s.ciphertext is not null;
  update public.tracker_connections set grant_id = v_grant_id, problem = null, problem_at = null, disconnected_at = null,
    answered_at = clock_timestamp() where id = p_connection.id;
  delete from public.host_grants where id = p_connection.grant_id;
  delete from public.notifications where workspace_id = p_connection.workspace_id and kind = 'tracker_refused' and subject_id = p_connection.id;
  -- What could not be read meanwhile is read now.
  update public.tickets set next_fetch_at = clock_timestamp(), attempts = 0
  where connection_id = p_connection.id and (state in ('waiting', 'failed', 'gone') or reason is not null);
end
$$;
comment on function private.store_tracker(public.tracker_connections, uuid, jsonb) is
  'Gives a connection a new grant with its encrypted secrets and lets go of the one it had: connecting again is how a refused one is mended.';

grant execute on function private.store_tracker(public.tracker_connections, uuid, jsonb) to service_role;

create function public.connect_tracker(p_workspace_id uuid, p_user_id uuid, p_connection jsonb, p_grant jsonb)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  c public.tracker_connections;
begin
  if not exists (select 1 from public.members
      where workspace_id = p_workspace_id and user_id = p_user_id and role = any (private.managers())) then
    perform private.fail('BH001', 'not allowed for this role');
  end if;
  if (select count(*) from public.tracker_connections where workspace_id = p_workspace_id and disconnected_at is null) >= 50 then
    perform private.fail('BH005', 'fifty ticket systems are connected already', 'kind');
  end if;
  insert into public.tracker_connections (id, workspace_id, kind, name, base_url, web_url, site, site_name, account_name, prefixes,
    takes_worklogs, created_by)
  values ((p_connection ->> 'id')::uuid, p_workspace_id, p_connection ->> 'kind', btrim(p_connection ->> 'name'), p_connection ->> 'base_url',
    p_connection ->> 'web_url', p_connection ->> 'site', left(p_connection ->> 'site_name', 300), left(p_connection ->> 'account_name', 300),
    array(select jsonb_array_elements_text(coalesce(p_connection -> 'prefixes', '[]'))),
    coalesce((p_connection ->> 'takes_worklogs')::boolean, false), p_user_id)
  on conflict (id) do update set name = excluded.name, base_url = excluded.base_url, web_url = excluded.web_url, site = excluded.site,
    site_name = excluded.site_name, account_name = excluded.account_name, prefixes = excluded.prefixes,
    takes_worklogs = excluded.takes_worklogs
  where public.tracker_connections.workspace_id = excluded.workspace_id and public.tracker_connections.kind = excluded.kind
  returning * into c;
  if c.id is null then
    perform private.fail('BH002', 'not found');
  end if;
  perform private.store_tracker(c, p_user_id, p_grant);
  return c.id;
end
$$;
comment on function public.connect_tracker(uuid, uuid, jsonb, jsonb) is
  'Connects a ticket system whose access the Worker has checked, for a person who still manages the workspace; the secrets are '
  'encrypted for the id of the grant. The id of a connection there is connects that one again: its tickets stay its own.';
grant execute on function public.connect_tracker(uuid, uuid, jsonb, jsonb) to service_role;

create function public.change_tracker(p_id uuid, p_changes jsonb)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  c public.tracker_connections;
  v_key text;
begin
  select * into c from public.tracker_connections where id = p_id for update;
  perform private.require_role(c.workspace_id, private.managers());
  select k into v_key from jsonb_object_keys(p_changes) k where k <> all (array['name', 'prefixes']) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'name' and length(btrim(coalesce(p_changes ->> 'name', ''))) not between 1 and 120 then
    perform private.fail('BH003', 'a name has 1 to 120 characters', 'name');
  end if;
  if p_changes ? 'prefixes' and (jsonb_typeof(p_changes -> 'prefixes') <> 'array' or jsonb_array_length(p_changes -> 'prefixes') > 500) then
    perform private.fail('BH003', 'at most 500 projects', 'prefixes');
  end if;
  update public.tracker_connections set name = coalesce(btrim(p_changes ->> 'name'), name),
    prefixes = case when p_changes ? 'prefixes' then array(select distinct jsonb_array_elements_text(p_changes -> 'prefixes')) else prefixes end
  where id = p_id;
end
$$;
comment on function public.change_tracker(uuid, jsonb) is
  'Renames a connection or chooses which projects'' tickets are its own. security definer: connections are not writable directly; '
  'the role is checked.';
grant execute on function public.change_tracker(uuid, jsonb) to authenticated;

create function public.disconnect_tracker(p_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  c public.tracker_connections;
begin
  select * into c from public.tracker_connections where id = p_id for update;
  perform private.require_role(c.workspace_id, private.managers());
  update public.tracker_connections set disconnected_at = coalesce(disconnected_at, clock_timestamp()), problem = null, problem_at = null
  where id = p_id;
  delete from public.host_grants where id = c.grant_id;
  delete from public.notifications where workspace_id = c.workspace_id and kind = 'tracker_refused' and subject_id = c.id;
  update public.tickets set next_fetch_at = null where connection_id = c.id;
  -- Nobody can say any more that a ticket is done.
  update public.draft_line_items set awaits_ticket = null
  where ticket_id in (select id from public.tickets where connection_id = c.id) and awaits_ticket;
end
$$;
comment on function public.disconnect_tracker(uuid) is
  'Forgets the secrets of a ticket system and asks it no more. Tickets stay as the evidence they are; lines that waited for one are '
  'open. security definer: connections are not writable directly; the role is checked.';
grant execute on function public.disconnect_tracker(uuid) to authenticated;

create function public.check_tracker_manager(p_id uuid)
returns jsonb
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  c public.tracker_connections;
begin
  select * into c from public.tracker_connections where id = p_id;
  perform private.require_role(c.workspace_id, private.managers());
  return jsonb_build_object('workspace_id', c.workspace_id, 'kind', c.kind, 'user_id', auth.uid());
end
$$;
comment on function public.check_tracker_manager(uuid) is
  'Whether the person may change this connection. Its secrets stay with the service role. security definer so that the rule is the '
  'same wherever the row is read from; the role is checked.';
grant execute on function public.check_tracker_manager(uuid) to authenticated;

create function public.check_workspace_manager(p_workspace_id uuid)
returns uuid
language plpgsql
stable security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, private.managers());
  return auth.uid();
end
$$;
comment on function public.check_workspace_manager(uuid) is
  'Who the person is, if they manage the workspace: asked before a ticket system is, so that nobody uses the Worker to try tokens. '
  'security definer: members are read past their policies.';
grant execute on function public.check_workspace_manager(uuid) to authenticated;
