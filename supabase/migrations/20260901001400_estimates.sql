-- Whether the estimates work, how full a day is, and who an author is.

create function public.day_budget(p_draft_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with line as (
    select d.*, o.member_id, w.timezone, w.working_from
    from public.draft_line_items d
    join public.workspaces w on w.id = d.workspace_id
    left join public.people o on o.workspace_id = d.workspace_id and o.id = d.person_id
    where d.id = p_draft_id and d.person_id is not null
  ), claims as (
    select coalesce(sum(d.minutes) filter (where d.id = l.id), 0) as this,
      coalesce(sum(d.minutes) filter (where d.id <> l.id and d.status = 'draft'), 0) as other_drafts,
      coalesce(sum(d.minutes) filter (where d.id <> l.id and d.status in ('approved', 'invoiced')), 0) as approved
    from line l
    join public.draft_line_items d on d.workspace_id = l.workspace_id and d.person_id = l.person_id
      and d.start_date = l.start_date and d.status <> 'rejected'
  ), entries as (
    select e.started_at, coalesce(e.ended_at, case when e.started_at is not null then now() end) as ended_at,
      ceil(coalesce(nullif(e.billed_seconds, 0), e.worked_seconds, 0) / 60.0) as minutes
    from line l
    join public.time_entries e on e.workspace_id = l.workspace_id and e.member_id = l.member_id
      and e.entry_date = l.start_date and e.draft_line_item_id is null and e.superseded_at is null
  ), activity as (
    select coalesce(k.authored_at, k.committed_at) as at
    from line l
    join public.commits k on k.workspace_id = l.workspace_id and k.person_id = l.person_id and k.work_day = l.start_date
      and k.status <> 'ignored'
    union all
    select coalesce(k.authored_at, k.committed_at)
    from line l
    join public.commit_draft_items i on i.draft_line_item_id = l.id
    join public.commits k on k.id = i.commit_id and k.work_day = l.start_date
    union all select started_at from entries union all select ended_at from entries
  ), bounds as (
    select min(a.at) as first_at, max(a.at) as last_at,
      case when min(a.at) < (l.start_date + make_interval(hours => l.working_from)) at time zone l.timezone
        then least(min(a.at), (l.start_date + interval '4 hours') at time zone l.timezone)
        else (l.start_date + make_interval(hours => l.working_from)) at time zone l.timezone end as begins_at
    from line l left join activity a on true
    group by l.start_date, l.working_from, l.timezone
  )
  select jsonb_build_object('minutes', c.this, 'other_drafts', c.other_drafts, 'approved', c.approved,
    'entries', (select coalesce(sum(minutes), 0) from entries), 'first_at', b.first_at, 'last_at', b.last_at,
    'begins_at', b.begins_at, 'passed', case when b.last_at is not null then
      least(1440, greatest(0, floor(extract(epoch from b.last_at - b.begins_at) / 60))) end)
  from claims c, bounds b
  where exists (select 1 from line)
$$;
comment on function public.day_budget(uuid) is
  'What drafts, approvals, timers and manual entries claim of the draft''s person and day, in minutes, and the minutes that '
  'passed from the begin of the day to the last activity of it (null where no activity has a time). The begin is as in '
  'packages/domain/day-budget.ts. Null where the draft is nobody''s. Under row level security of the tables beneath.';
grant execute on function public.day_budget(uuid) to authenticated;

create function private.author_key(p_email text, p_username text, p_name text)
returns text
language sql
immutable parallel safe
set search_path = ''
as $$
  select case
    when t.email <> '' and length(t.email) <= 320 then
      coalesce((select m[1] || '@users.noreply.' || m[2]
        from regexp_match(t.email, '^(\d+)[+-][^@]+@users\.noreply\.(.+)$') m), t.email)
    when t.username <> '' then 'login:' || left(t.username, 300)
    when t.name <> '' then 'name:' || left(t.name, 300)
    else 'unknown'
  end
  from (select lower(btrim(coalesce(p_email, ''))) as email, lower(btrim(coalesce(p_username, ''))) as username,
    regexp_replace(lower(btrim(coalesce(p_name, ''))), '\s+', ' ', 'g') as name) t
$$;
comment on function private.author_key(text, text, text) is
  'The key of an author; the twin of authorKey in packages/domain/people.ts, a test compares them.';

create function public.separate_person(p_workspace_id uuid, p_author_key text)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_person public.people;
  v_new uuid := gen_random_uuid();
  v_commits uuid[];
  v_days date[];
  v_name text;
begin
  select p.* into v_person
  from public.person_identities i join public.people p on p.id = i.person_id
  where i.workspace_id = p_workspace_id and i.author_key = p_author_key
  for update of p;
  perform private.check_own_person(p_workspace_id, array[v_person.member_id]);
  if v_person.id is null then
    perform private.fail('BH002', 'not found');
  end if;
  if not exists (select 1 from public.person_identities
      where workspace_id = p_workspace_id and person_id = v_person.id and author_key <> p_author_key) then
    perform private.fail('BH003', 'this is the only address of this person');
  end if;
  perform set_config('billhook.action', 'separate', true);
  select coalesce(array_agg(k.id), '{}'), array_agg(distinct k.work_day), coalesce(max(k.author_name), p_author_key)
  into v_commits, v_days, v_name
  from public.commits k
  where k.workspace_id = p_workspace_id and k.person_id = v_person.id
    and private.author_key(k.author_email, k.author_username, k.author_name) = p_author_key;
  insert into public.people (id, workspace_id, display_name, kind)
  values (v_new, p_workspace_id, left(v_name, 320), v_person.kind);
  update public.person_identities set person_id = v_new where workspace_id = p_workspace_id and author_key = p_author_key;
  update public.draft_line_items d set person_id = v_new
  where d.workspace_id = p_workspace_id and d.person_id = v_person.id and not d.co_authored and d.id in (
    select l.draft_line_item_id from public.commit_draft_items l where l.commit_id = any (v_commits));
  update public.commits set person_id = v_new where id = any (v_commits);
  delete from public.work_days
  where workspace_id = p_workspace_id and person_id = v_person.id and day = any (v_days);
  return v_new;
end
$$;
comment on function public.separate_person(uuid, text) is
  'Takes one address out of a person again: its commits and drafts go to a new one. The days they shared are not known to be '
  'anybody''s in full, so they are forgotten as evidence. security definer: people are not writable directly; the role is checked.';
grant execute on function public.separate_person(uuid, text) to authenticated;

create function public.change_person(p_person_id uuid, p_changes jsonb)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_person public.people;
  v_member uuid;
  v_key text;
  v_twin text;
begin
  select k into v_key from jsonb_object_keys(p_changes) k where k <> all (array['display_name', 'kind', 'member_id']) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  select * into v_person from public.people where id = p_person_id for update;
  v_member := case when p_changes ? 'member_id' then (p_changes ->> 'member_id')::uuid else v_person.member_id end;
  perform private.check_own_person(v_person.workspace_id,
    array[case when v_person.member_id is null or v_member is not distinct from v_person.member_id then v_member else v_person.member_id end]);
  if p_changes ? 'kind' and coalesce(p_changes ->> 'kind', '') not in ('human', 'agent', 'bot') then
    perform private.fail('BH003', 'a person is a human, an agent or a bot', 'kind');
  end if;
  if p_changes ? 'display_name' and length(btrim(coalesce(p_changes ->> 'display_name', ''))) not between 1 and 320 then
    perform private.fail('BH003', 'a name has 1 to 320 characters', 'display_name');
  end if;
  if v_member is not null and not exists (
      select 1 from public.members where workspace_id = v_person.workspace_id and id = v_member) then
    perform private.fail('BH003', 'there is no such member', 'member_id');
  end if;
  select display_name into v_twin from public.people
  where workspace_id = v_person.workspace_id and member_id = v_member and id <> v_person.id limit 1;
  if v_twin is not null then
    perform private.fail('BH003', format('%s is this member already; say that they are the same person', v_twin), 'member_id');
  end if;
  perform set_config('billhook.action', 'edit', true);
  update public.people set member_id = v_member,
    kind = coalesce(p_changes ->> 'kind', kind), display_name = coalesce(btrim(p_changes ->> 'display_name'), display_name)
  where id = v_person.id;
end
$$;
comment on function public.change_person(uuid, jsonb) is
  'Says who an author is: name, kind (human, agent, bot) and member. Admins for anybody, everybody for themselves. '
  'security definer: people are not writable directly; the role is checked.';
grant execute on function public.change_person(uuid, jsonb) to authenticated;

create view public.people_list with (security_invoker = true) as
select p.id, p.workspace_id, p.display_name, p.kind, p.member_id, p.updated_at,
  (select coalesce(jsonb_agg(i.author_key order by i.author_key), '[]') from public.person_identities i
    where i.workspace_id = p.workspace_id and i.person_id = p.id) as identities,
  k.commits, k.last_day
from public.people p
cross join lateral (
  select count(*) as commits, max(k.work_day) as last_day from public.commits k
  where k.workspace_id = p.workspace_id and k.person_id = p.id
) k;
comment on view public.people_list is
  'Authors with the addresses they commit under and how much they did. security_invoker: the policies of the tables beneath hold.';
revoke all on public.people_list from anon, authenticated;
grant select on public.people_list to authenticated, service_role;

create function public.estimate_report(p_workspace_id uuid, p_from date default null, p_until date default null,
  p_project_id uuid default null, p_person_id uuid default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with line as materialized (
    select d.id, d.person_id, d.start_date as day, date_trunc('month', d.start_date)::date as month,
      date_trunc('week', d.start_date)::date as week, d.minutes, d.estimated_minutes as estimated, d.estimate_low as low,
      d.estimate_high as high, d.estimate_method as method, d.minutes = d.estimated_minutes as unedited, d.invoice_id
    from public.draft_line_items d
    where d.workspace_id = p_workspace_id and d.source_type = 'commit' and d.status in ('approved', 'invoiced')
      and d.estimated_minutes is not null
      and (p_from is null or d.start_date >= p_from) and (p_until is null or d.start_date <= p_until)
      and (p_project_id is null or d.project_id = p_project_id) and (p_person_id is null or d.person_id = p_person_id)
  ), billed as (
    select greatest(0, i.issue_date - l.day) as days
    from line l join public.invoices i on i.id = l.invoice_id
    where i.issue_date is not null and i.status not in ('draft', 'void')
  ), waits as (
    select b.nth, b.label, count(x.days) as lines
    from (values (1, 'Same day', 0, 0), (2, '1–3 days', 1, 3), (3, '4–7 days', 4, 7), (4, '8–14 days', 8, 14),
      (5, '15–30 days', 15, 30), (6, '31–60 days', 31, 60), (7, 'Longer', 61, 1000000)) b (nth, label, low, high)
    left join billed x on x.days between b.low and b.high
    group by b.nth, b.label
  ), edits as (
    select b.nth, b.label, count(x.id) as lines
    from (values (1, 'Over 60 m less', -100000, -61), (2, '31–60 m less', -60, -31), (3, '16–30 m less', -30, -16),
      (4, '1–15 m less', -15, -1), (5, 'Unedited', 0, 0), (6, '1–15 m more', 1, 15), (7, '16–30 m more', 16, 30),
      (8, '31–60 m more', 31, 60), (9, 'Over 60 m more', 61, 100000)) b (nth, label, low, high)
    left join line x on x.minutes - x.estimated between b.low and b.high
    group by b.nth, b.label
  ), weeks as (
    select week, count(*) as lines, count(*) filter (where unedited) as unedited,
      count(*) filter (where low < high) as ranged,
      count(*) filter (where low < high and minutes between low and high) as within,
      -- Approved untouched lies within its range by itself; only an edited line tests the range.
      count(*) filter (where low < high and not unedited) as tested,
      count(*) filter (where low < high and not unedited and minutes between low and high) as held
    from line group by week
  ), months as (
    select l.month, l.person_id, coalesce(p.display_name, 'Nobody') as person, sum(l.estimated) as estimated,
      sum(l.minutes) as approved, count(*) as lines
    from line l left join public.people p on p.id = l.person_id
    group by l.month, l.person_id, p.display_name
  ), total as (
    select count(*) as lines, count(*) filter (where unedited) as unedited, coalesce(sum(estimated), 0) as estimated,
      coalesce(sum(minutes), 0) as approved,
      percentile_cont(0.5) within group (order by abs(minutes - estimated)) filter (where not unedited) as median_edit,
      (select count(*) from billed) as billed,
      (select percentile_cont(0.5) within group (order by days) from billed) as median_wait
    from line
  )
  select jsonb_build_object(
    'total', (select to_jsonb(t) from total t),
    'waits', (select jsonb_agg(jsonb_build_object('label', label, 'lines', lines) order by nth) from waits),
    'edits', (select jsonb_agg(jsonb_build_object('label', label, 'lines', lines) order by nth) from edits),
    'weeks', (select coalesce(jsonb_agg(to_jsonb(w) order by w.week), '[]') from weeks w),
    'months', (select coalesce(jsonb_agg(to_jsonb(m) order by m.month, m.person), '[]') from months m))
$$;
comment on function public.estimate_report(uuid, date, date, uuid, uuid) is
  'How the estimates of approved commits compare with what was approved, by the day of the work: time to the invoice, edits, '
  'the range''s coverage, and hours by person and month. Under row level security: of another''s workspace it counts nothing.';
grant execute on function public.estimate_report(uuid, date, date, uuid, uuid) to authenticated;
