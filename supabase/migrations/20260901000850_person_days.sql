-- What a person's other commits and approvals say about a day that is being estimated.

create function public.person_days(p_requests jsonb)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_answer jsonb;
begin
  with request as (
    select (r ->> 'workspace_id')::uuid as workspace_id, r -> 'people' as people from jsonb_array_elements(p_requests) r
  ), person as (
    select q.workspace_id, o.author_key as key, o.person_id, o.display_name, o.kind, o.member_id, a.value -> 'days' as days
    from request q
    cross join lateral private.people_of(q.workspace_id, q.people) o
    join lateral jsonb_array_elements(q.people) a on a.value ->> 'key' = o.author_key
  ), asked as (
    select p.workspace_id, p.person_id, min(d.value #>> '{}')::date as first_day, max(d.value #>> '{}')::date as last_day,
      array_agg(distinct (d.value #>> '{}')::date) as days
    from person p cross join lateral jsonb_array_elements(p.days) d
    group by p.workspace_id, p.person_id
  )
  select coalesce(jsonb_agg(jsonb_build_object('workspace_id', p.workspace_id, 'key', p.key, 'person_id', p.person_id,
    'kind', p.kind, 'member_id', p.member_id, 'display_name', p.display_name, 'past', coalesce(past.days, '[]'),
    'commits', coalesce(known.commits, '[]'), 'usual', usual.minutes, 'claims', coalesce(claimed.minutes, '[]'),
    'entries', coalesce(timed.entries, '[]'))), '[]')
  into v_answer
  from person p
  -- Who is only named beside an author has no days to ask about.
  left join asked a on a.workspace_id = p.workspace_id and a.person_id = p.person_id
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', w.day, 'bounded_hours', w.bounded_hours, 'last_hour', w.last_hour,
      'last_authored_at', w.last_authored_at, 'approved_minutes', case when not approved.open then approved.minutes end,
      'unedited', coalesce(approved.unedited, false))) as days
    from (
      select * from public.work_days w
      where w.workspace_id = p.workspace_id and w.person_id = p.person_id and w.day < a.last_day
      order by w.day desc limit 400
    ) w
    left join lateral (
      -- Of a commit shared with others, the whole: it is what the day's commits are measured against.
      select least(1440, sum(round(d.minutes / d.share)) filter (where d.status in ('approved', 'invoiced'))) as minutes,
        bool_or(d.status = 'draft') as open,
        bool_and(d.edited_at is null) filter (where d.status in ('approved', 'invoiced')) as unedited
      from public.draft_line_items d
      where d.workspace_id = p.workspace_id and d.person_id = p.person_id and d.start_date = w.day and not d.co_authored
    ) approved on true
  ) past on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', k.work_day, 'hash', k.hash, 'authored_at', coalesce(k.authored_at, k.committed_at),
      'offset_minutes', k.authored_offset_minutes, 'files', c.files_changed, 'additions', c.additions,
      'deletions', c.deletions, 'source_files', c.source_files, 'source_additions', c.source_additions,
      'source_deletions', c.source_deletions, 'binary_files', c.binary_files, 'drafts', coalesce(drafts.all, '[]'))) as commits
    from public.commits k
    -- Rewritten with another change, a commit counts as what it became.
    cross join lateral (
      (select x.* from public.commits x where x.same_work_as = k.id and x.same_work_evidence = 'author_date'
        and x.files_changed is not null order by x.created_at desc limit 1)
      union all
      select k.*
      limit 1
    ) c
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', d.id, 'person_id', d.person_id, 'share', d.share, 'minutes', d.minutes,
        'movable', d.status = 'draft' and d.edited_at is null and d.estimate_method = 'calibrated',
        'over_day', jsonb_path_exists(d.flags, '$[*] ? (@.code == "over_day")')) order by d.co_authored, d.id) as all
      from public.commit_draft_items l join public.draft_line_items d on d.id = l.draft_line_item_id
      where l.commit_id = k.id
    ) drafts on true
    where k.workspace_id = p.workspace_id and k.person_id = p.person_id and k.work_day = any (a.days)
      and k.status <> 'ignored' and k.same_work_as is null
  ) known on true
  left join lateral (
    -- What eight in ten of the latest approved commits lie between; nothing while they are few.
    select case when count(*) >= 10 then jsonb_build_object(
      'low', percentile_cont(0.1) within group (order by d.minutes),
      'high', percentile_cont(0.9) within group (order by d.minutes)) end as minutes
    from (
      select d.minutes from public.draft_line_items d
      where a.person_id is not null and d.workspace_id = p.workspace_id and d.person_id = p.person_id
        and d.status in ('approved', 'invoiced') and d.source_type = 'commit' and d.start_date < a.last_day
      order by d.start_date desc limit 200
    ) d
  ) usual on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', d.start_date, 'draft_id', d.id, 'minutes', d.minutes)) as minutes
    from public.draft_line_items d
    where d.workspace_id = p.workspace_id and d.person_id = p.person_id and d.start_date = any (a.days) and d.status <> 'rejected'
  ) claimed on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', e.entry_date, 'source', e.source, 'project_id', e.project_id,
      'started_at', e.started_at,
      'ended_at', case when e.started_at is not null then coalesce(e.ended_at, now()) end,
      'minutes', ceil(coalesce(nullif(e.billed_seconds, 0), e.worked_seconds, 0) / 60.0))) as entries
    from public.time_entries e
    where e.workspace_id = p.workspace_id and e.member_id = p.member_id and e.entry_date = any (a.days)
      and e.source in ('timer', 'manual') and e.superseded_at is null and e.draft_line_item_id is null
  ) timed on true;
  return v_answer;
end
$$;
comment on function public.person_days(jsonb) is
  'For [{workspace_id, people: [{key, name, email, kind, days}]}]: each person (made where new), their past days with what was '
  'approved, what they usually bill for a commit, and the commits, timers and manual entries of the days asked about. '
  'Somebody named_only (a co-author) is answered where known or a member. One round trip for a batch of deliveries.';
grant execute on function public.person_days(jsonb) to service_role;
