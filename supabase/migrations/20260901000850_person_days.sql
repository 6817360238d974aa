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
    select q.workspace_id, o.author_key as key, o.person_id, a.value -> 'days' as days
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
    'past', coalesce(past.days, '[]'), 'commits', coalesce(known.commits, '[]'))), '[]')
  into v_answer
  from person p
  join asked a using (workspace_id, person_id)
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
      select sum(d.minutes) filter (where d.status in ('approved', 'invoiced')) as minutes,
        bool_or(d.status = 'draft') as open,
        bool_and(d.edited_at is null) filter (where d.status in ('approved', 'invoiced')) as unedited
      from public.draft_line_items d
      where d.workspace_id = p.workspace_id and d.person_id = p.person_id and d.start_date = w.day
    ) approved on true
  ) past on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', k.work_day, 'hash', k.hash, 'authored_at', coalesce(k.authored_at, k.committed_at),
      'offset_minutes', k.authored_offset_minutes, 'files', k.files_changed, 'additions', k.additions,
      'deletions', k.deletions, 'source_files', k.source_files, 'source_additions', k.source_additions,
      'source_deletions', k.source_deletions, 'binary_files', k.binary_files, 'draft_id', d.id,
      'movable', d.status = 'draft' and d.edited_at is null and d.estimate_method = 'calibrated',
      'minutes', d.minutes)) as commits
    from public.commits k
    left join public.commit_draft_items l on l.commit_id = k.id
    left join public.draft_line_items d on d.id = l.draft_line_item_id
    where k.workspace_id = p.workspace_id and k.person_id = p.person_id and k.work_day = any (a.days)
      and k.status <> 'ignored'
  ) known on true;
  return v_answer;
end
$$;
comment on function public.person_days(jsonb) is
  'For [{workspace_id, people: [{key, name, email, kind, days}]}]: each person (made where new), their past days with what was '
  'approved, and the commits of the days asked about. One round trip for a batch of deliveries.';
grant execute on function public.person_days(jsonb) to service_role;
