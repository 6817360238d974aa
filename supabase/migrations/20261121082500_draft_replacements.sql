-- Lines that are split into parts or merged into one, and put back as they were. The lines that are replaced stay, out of
-- sight: they keep their words, times, estimates and commits, so taking a split or a merge back restores them exactly.

create table public.draft_replacements (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  kind text not null check (kind in ('split', 'merge')),
  draft_ids uuid[] not null,
  minutes integer not null check (minutes >= 0),
  created_by uuid,
  created_at timestamptz not null default now(),
  undone_at timestamptz,
  undone_by uuid,
  unique (workspace_id, id)
);
comment on table public.draft_replacements is
  'A split of one line into parts, or a merge of several into one: draft_ids, which it took out of sight '
  '(draft_line_items.replaced_by). made_by names the lines it put in their place; minutes is what both sides come to. The id '
  'comes from the person''s page, so that asking twice is the same as once.';
create index draft_replacements_workspace on public.draft_replacements (workspace_id);
alter table public.draft_replacements enable row level security;
create policy draft_replacements_read on public.draft_replacements for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.draft_replacements from anon, authenticated;
grant select on public.draft_replacements to authenticated;
grant all on public.draft_replacements to service_role;
create trigger audit_insert after insert on public.draft_replacements referencing new table as new_rows
  for each statement execute function private.audit_insert();
create trigger audit_update after update on public.draft_replacements referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('id');

alter table public.draft_line_items
  add column made_by uuid,
  add column replaced_by uuid,
  add foreign key (workspace_id, made_by) references public.draft_replacements (workspace_id, id) on delete restrict,
  add foreign key (workspace_id, replaced_by) references public.draft_replacements (workspace_id, id) on delete restrict,
  -- Out of sight is not billed: whatever counts what is left out need not know of replacements.
  add check (replaced_by is null or status = 'rejected'),
  -- What was deferred when it was replaced is deferred again when it comes back.
  drop constraint draft_line_items_check4,
  add check (deferred_until is null or status = 'draft' or replaced_by is not null),
  -- A merged line holds the time of many days, and so may its parts.
  drop constraint draft_line_items_minutes_check,
  add constraint draft_line_items_minutes_check check (minutes between 0 and case when made_by is null then 1440 else 600000 end);
comment on column public.draft_line_items.made_by is 'The split or merge that made this line.';
comment on column public.draft_line_items.replaced_by is
  'The split or merge whose lines stand in this one''s place; of a line that one made, the same: it was taken back.';
create index draft_line_items_made_by on public.draft_line_items (made_by) where made_by is not null;
create index draft_line_items_replaced_by on public.draft_line_items (replaced_by) where replaced_by is not null;
alter table public.time_entries
  drop constraint time_entries_billed_seconds_check,
  add constraint time_entries_billed_seconds_check check (billed_seconds between 0 and 36000000);

create or replace view public.inbox_drafts with (security_invoker = true) as
select d.id, d.workspace_id, d.client_id, c.name as client_name, d.project_id, p.name as project_name, d.repository_id,
  r.name as repository_name, r.provider, d.source_type, d.description, d.detailed_description, d.category, d.minutes, d.hours,
  d.hourly_rate_minor, d.currency, d.billable, d.total_minor, d.estimated_minutes, d.estimate_low, d.estimate_high,
  d.estimate_method, d.estimate_reason, d.flags, d.start_date, d.end_date, d.author_name, d.ticket_key, d.ticket_url, d.epic,
  d.status, d.deferred_until, d.rejected_at, d.rejected_reason, d.invoice_id, d.approved_at, d.version, d.created_at,
  d.updated_at, e.commits, d.made_by, d.replaced_by
from public.draft_line_items d
join public.projects p on p.id = d.project_id
join public.clients c on c.id = d.client_id
left join public.repositories r on r.id = d.repository_id
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

create or replace function private.locked_drafts(p_ids uuid[], p_versions jsonb)
returns table (id uuid, problem text)
language sql
stable security definer
set search_path = ''
as $$
  select i.id, case
    when d.id is null then 'not_found'
    when d.replaced_by is not null then 'replaced'
    when (p_versions ->> i.id::text)::integer <> d.version then 'changed'
  end
  from (select distinct unnest(p_ids) as id) i
  left join public.draft_line_items d on d.id = i.id and d.workspace_id = any ((select private.workspace_ids())::uuid[])
$$;
comment on function private.locked_drafts(uuid[], jsonb) is
  'What cannot be done with drafts that lock_drafts has locked. p_versions, by id, is what the person saw: a draft that has '
  'changed since is reported as changed, so that nobody overwrites what somebody else just did; one that a split or merge took '
  'away as replaced. A draft of another tenant is not_found, as one that does not exist. security definer: it is for the '
  'procedures, whose caller may read less.';

create function private.check_draft_changes(p_changes jsonb, p_allowed text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_key text;
begin
  select k into v_key from jsonb_object_keys(p_changes) k where k <> all (p_allowed) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'minutes' and (jsonb_typeof(p_changes -> 'minutes') <> 'number'
      or (p_changes ->> 'minutes')::numeric not between 0 and 600000
      or (p_changes ->> 'minutes')::numeric <> trunc((p_changes ->> 'minutes')::numeric)) then
    perform private.fail('BH003', 'hours must be between 0 and 24', 'minutes');
  end if;
  if p_changes ? 'hourly_rate_minor' and jsonb_typeof(p_changes -> 'hourly_rate_minor') <> 'null'
      and (jsonb_typeof(p_changes -> 'hourly_rate_minor') <> 'number'
      or (p_changes ->> 'hourly_rate_minor')::numeric not between 0 and 100000000000
      or (p_changes ->> 'hourly_rate_minor')::numeric <> trunc((p_changes ->> 'hourly_rate_minor')::numeric)) then
    perform private.fail('BH003', 'a rate is a whole number of minor units, zero or more', 'hourly_rate_minor');
  end if;
  if p_changes ? 'description' and length(btrim(coalesce(p_changes ->> 'description', ''))) not between 1 and 2000 then
    perform private.fail('BH003', 'a description has 1 to 2,000 characters', 'description');
  end if;
  if p_changes ? 'billable' and jsonb_typeof(p_changes -> 'billable') <> 'boolean' then
    perform private.fail('BH003', 'billable is true or false', 'billable');
  end if;
  perform private.check_text(p_changes, f.name, f.maximum)
  from (values ('detailed_description', 20000), ('category', 100), ('ticket_key', 200), ('ticket_url', 2000), ('epic', 300))
    f (name, maximum);
  if p_changes ->> 'ticket_url' !~* '^https?://' then
    perform private.fail('BH003', 'an address begins with https://', 'ticket_url');
  end if;
  if p_changes ? 'start_date' then
    perform private.date_of(p_changes, 'start_date');
  end if;
  if p_changes ? 'end_date' then
    perform private.date_of(p_changes, 'end_date');
  end if;
  if (p_changes ->> 'end_date')::date < (p_changes ->> 'start_date')::date then
    perform private.fail('BH003', 'the end is before the start', 'end_date');
  end if;
end
$$;
comment on function private.check_draft_changes(jsonb, text[]) is
  'Refuses what a person entered for a line where a field cannot hold it, or is none of those allowed, with the field''s name.';

create or replace function public.update_drafts(p_ids uuid[], p_changes jsonb, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_project public.projects;
  v_currency text;
  v_start date;
  v_end date;
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.check_draft_changes(p_changes, array['description', 'detailed_description', 'minutes', 'hourly_rate_minor',
    'start_date', 'end_date', 'category', 'project_id', 'billable', 'ticket_key', 'ticket_url', 'epic']);
  v_start := (p_changes ->> 'start_date')::date;
  v_end := (p_changes ->> 'end_date')::date;

  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case when d.status <> 'draft' then 'not_open' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  -- Only a line that was merged or split holds more than a day.
  if (p_changes ->> 'minutes')::numeric > 1440
      and exists (select 1 from public.draft_line_items where id = any (p_ids) and made_by is null) then
    perform private.fail('BH003', 'hours must be between 0 and 24', 'minutes');
  end if;
  if p_changes ? 'project_id' and v_changed is not null then
    select p.* into v_project from public.projects p
    where p.id::text = lower(p_changes ->> 'project_id') and p.archived_at is null
      and p.workspace_id = all (select d.workspace_id from public.draft_line_items d where d.id = any (v_changed));
    if v_project.id is null then
      perform private.fail('BH003', 'there is no such project to move to', 'project_id');
    end if;
    select currency into v_currency from public.clients where id = v_project.client_id;
  end if;
  if v_end < any (select coalesce(v_start, d.start_date) from public.draft_line_items d where d.id = any (v_changed)) then
    perform private.fail('BH003', 'the end is before the start', 'end_date');
  end if;

  perform set_config('billhook.action', 'edit', true);
  update public.draft_line_items d set edited_at = clock_timestamp(),
    description = case when p_changes ? 'description' then btrim(p_changes ->> 'description') else d.description end,
    detailed_description = case when p_changes ? 'detailed_description' then p_changes ->> 'detailed_description'
      else d.detailed_description end,
    minutes = case when p_changes ? 'minutes' then (p_changes ->> 'minutes')::integer else d.minutes end,
    hourly_rate_minor = case
      when p_changes ? 'hourly_rate_minor' then (p_changes ->> 'hourly_rate_minor')::bigint
      when v_project.id is not null then private.project_rate_minor(v_project.id)
      else d.hourly_rate_minor end,
    start_date = coalesce(v_start, d.start_date),
    end_date = coalesce(v_end, v_start + (d.end_date - d.start_date), d.end_date),
    category = case when p_changes ? 'category' then p_changes ->> 'category' else d.category end,
    billable = case
      when p_changes ? 'billable' then (p_changes ->> 'billable')::boolean
      when v_project.id is not null then v_project.billing_type <> 'non_billable'
      else d.billable end,
    ticket_key = case when p_changes ? 'ticket_key' then p_changes ->> 'ticket_key' else d.ticket_key end,
    ticket_url = case when p_changes ? 'ticket_url' then p_changes ->> 'ticket_url' else d.ticket_url end,
    epic = case when p_changes ? 'epic' then p_changes ->> 'epic' else d.epic end,
    project_id = coalesce(v_project.id, d.project_id),
    client_id = coalesce(v_project.client_id, d.client_id),
    currency = coalesce(v_currency, d.currency)
  where d.id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;

create function private.problems_of(p_ids uuid[], p_versions jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem))
  from (
    select l.id, coalesce(l.problem, case d.status when 'draft' then null when 'rejected' then 'ignored' else 'not_open' end)
      as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t
  where t.problem is not null
$$;
comment on function private.problems_of(uuid[], jsonb) is
  'Why locked drafts are not all open as the person saw them; null where they are. For what is done to all of them or to none.';

create function private.replacement_outcome(p_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select private.draft_outcome(r.draft_ids || array(select id from public.draft_line_items where made_by = p_id), null)
  from public.draft_replacements r where r.id = p_id
$$;
comment on function private.replacement_outcome(uuid) is 'The lines on both sides of a split or merge, as they are now.';

create function public.split_draft(p_id uuid, p_draft_id uuid, p_parts jsonb, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  d public.draft_line_items;
  v_problems jsonb;
  v_part jsonb;
begin
  if jsonb_typeof(p_parts) is distinct from 'array' or jsonb_array_length(p_parts) not between 2 and 50 then
    perform private.fail('BH003', 'a line is split into 2 to 50 parts', 'parts');
  end if;
  for v_part in select value from jsonb_array_elements(p_parts) loop
    perform private.check_draft_changes(v_part, array['minutes', 'description', 'detailed_description', 'category', 'start_date',
      'end_date', 'project_id', 'hourly_rate_minor', 'billable']);
    if coalesce((v_part ->> 'minutes')::integer, 0) < 1 then
      perform private.fail('BH003', 'each part needs at least a minute', 'minutes');
    end if;
  end loop;

  perform private.lock_drafts(array[p_draft_id]);
  if exists (select 1 from public.draft_replacements
      where id = p_id and draft_ids = array[p_draft_id] and workspace_id = any (private.workspace_ids())) then
    return private.replacement_outcome(p_id);
  end if;
  v_problems := private.problems_of(array[p_draft_id], p_versions);
  if v_problems is not null then
    return private.draft_outcome(null, v_problems);
  end if;
  select * into d from public.draft_line_items where id = p_draft_id;
  if (select sum((value ->> 'minutes')::integer) from jsonb_array_elements(p_parts)) <> d.minutes then
    perform private.fail('BH003', format('the parts come to %s minutes, the line to %s',
      (select sum((value ->> 'minutes')::integer) from jsonb_array_elements(p_parts)), d.minutes), 'minutes');
  end if;
  if exists (select 1 from jsonb_array_elements(p_parts) e where e.value ? 'project_id' and not exists (
      select 1 from public.projects p where p.workspace_id = d.workspace_id and p.id::text = lower(e.value ->> 'project_id')
        and (p.archived_at is null or p.id = d.project_id))) then
    perform private.fail('BH003', 'there is no such project to move to', 'project_id');
  end if;

  perform set_config('billhook.action', 'split', true);
  insert into public.draft_replacements (id, workspace_id, kind, draft_ids, minutes, created_by)
  values (p_id, d.workspace_id, 'split', array[d.id], d.minutes, auth.uid());
  with part as (
    select e.nth, e.value as v, gen_random_uuid() as id, (e.value ->> 'minutes')::integer as minutes,
      sum((e.value ->> 'minutes')::integer) over (order by e.nth)::numeric as until,
      coalesce((e.value ->> 'start_date')::date, d.start_date) as start_date,
      p.id as project_id, p.client_id, c.currency, p.id <> d.project_id as moved, p.billing_type
    from jsonb_array_elements(p_parts) with ordinality e (value, nth)
    join public.projects p on p.workspace_id = d.workspace_id
      and p.id = coalesce(lower(e.value ->> 'project_id')::uuid, d.project_id)
    join public.clients c on c.id = p.client_id
  ), parts as (
    insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, person_id, source_type,
      description, detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes,
      estimate_low, estimate_high, estimate_method, estimate_reason, flags, start_date, end_date, author_name, share, co_authored,
      ticket_key, ticket_url, epic, deferred_until, edited_at, made_by, created_at)
    select part.id, d.workspace_id, part.client_id, part.project_id, d.repository_id, d.person_id, d.source_type,
      btrim(coalesce(v ->> 'description', d.description)),
      case when v ? 'detailed_description' then v ->> 'detailed_description' else d.detailed_description end,
      case when v ? 'category' then v ->> 'category' else d.category end, part.minutes,
      case when v ? 'hourly_rate_minor' then (v ->> 'hourly_rate_minor')::bigint
        when moved then private.project_rate_minor(part.project_id) else d.hourly_rate_minor end,
      case when moved then part.currency else d.currency end,
      coalesce((v ->> 'billable')::boolean, case when moved then part.billing_type <> 'non_billable' else d.billable end),
      -- Each part has its share of the estimate; rounded on the running sum, so that they come to the whole.
      round(d.estimated_minutes * until / d.minutes) - round(d.estimated_minutes * (until - part.minutes) / d.minutes),
      round(d.estimate_low * until / d.minutes) - round(d.estimate_low * (until - part.minutes) / d.minutes),
      round(d.estimate_high * until / d.minutes) - round(d.estimate_high * (until - part.minutes) / d.minutes),
      d.estimate_method, d.estimate_reason, d.flags, part.start_date,
      coalesce((v ->> 'end_date')::date, part.start_date + (d.end_date - d.start_date)), d.author_name, d.share, d.co_authored,
      d.ticket_key, d.ticket_url, d.epic, d.deferred_until, now(), p_id,
      -- The first part stands first.
      d.created_at + make_interval(secs => part.nth * 0.000001)
    from part
    returning id
  )
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select l.commit_id, parts.id, l.workspace_id
  from parts cross join public.commit_draft_items l where l.draft_line_item_id = d.id;
  update public.draft_line_items set status = 'rejected', replaced_by = p_id where id = d.id;
  return private.replacement_outcome(p_id);
end
$$;
comment on function public.split_draft(uuid, uuid, jsonb, jsonb) is
  'Splits an open line into parts whose minutes come to the whole, each with words, day, project, rate of its own where given. '
  'Every part stands on the line''s commits and has its part of the estimate; the line itself stays out of sight. Asked twice '
  'with the same p_id, it is done once. security definer: drafts are not writable directly; lock_drafts checks the role.';

create function public.merge_drafts(p_id uuid, p_ids uuid[], p_fields jsonb default '{}', p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_ids constant uuid[] := array(select x from unnest(p_ids) with ordinality u (x, n) group by x order by min(n));
  v_first public.draft_line_items;
  v_new constant uuid := gen_random_uuid();
  v_project_id uuid;
  v_problems jsonb;
  t record;
begin
  perform private.check_draft_changes(p_fields, array['description', 'detailed_description', 'category', 'start_date', 'end_date',
    'project_id', 'hourly_rate_minor', 'billable', 'ticket_key', 'ticket_url', 'epic', 'source_type']);
  if coalesce(p_fields ->> 'source_type', 'sprint') <> 'sprint' then
    perform private.fail('BH003', 'a merged line is a sprint''s or nothing else', 'source_type');
  end if;
  if cardinality(v_ids) not between 2 and 5000 then
    perform private.fail('BH003', 'between 2 and 5,000 lines are merged', 'ids');
  end if;

  perform private.lock_drafts(v_ids);
  if exists (select 1 from public.draft_replacements
      where id = p_id and draft_ids = v_ids and workspace_id = any (private.workspace_ids())) then
    return private.replacement_outcome(p_id);
  end if;
  v_problems := private.problems_of(v_ids, p_versions);
  if v_problems is not null then
    return private.draft_outcome(null, v_problems);
  end if;
  select * into v_first from public.draft_line_items where id = v_ids[1];
  select count(distinct (d.workspace_id, d.client_id, d.currency)) as parties, count(distinct d.project_id) as projects,
    count(distinct coalesce(d.hourly_rate_minor, -1)) filter (where d.billable) as rates, count(distinct d.billable) as ways,
    sum(d.minutes) as minutes, min(d.start_date) as first_day, max(d.end_date) as last_day,
    case when bool_and(d.repository_id is not distinct from v_first.repository_id) then v_first.repository_id end as repository_id,
    case when bool_and(d.person_id is not distinct from v_first.person_id) then v_first.person_id end as person_id,
    case when bool_and(d.source_type = v_first.source_type) then v_first.source_type
      when bool_or(d.source_type in ('commit', 'sprint')) then 'commit' else 'manual' end as source_type,
    case when bool_and(d.category is not distinct from v_first.category) then v_first.category end as category,
    case when bool_and(d.ticket_key is not distinct from v_first.ticket_key) then v_first.ticket_key end as ticket_key,
    case when bool_and(d.ticket_key is not distinct from v_first.ticket_key) then max(d.ticket_url) end as ticket_url,
    case when bool_and(d.epic is not distinct from v_first.epic) then v_first.epic end as epic,
    -- An estimate of some of it would be none of the whole.
    case when bool_and(d.estimated_minutes is not null) then sum(d.estimated_minutes) end as estimated_minutes,
    case when bool_and(d.estimate_low is not null) then sum(d.estimate_low) end as estimate_low,
    case when bool_and(d.estimate_high is not null) then sum(d.estimate_high) end as estimate_high,
    mode() within group (order by d.estimate_method) as estimate_method,
    bool_and(d.co_authored) as co_authored,
    coalesce(round(sum(d.minutes) / nullif(sum(d.minutes / d.share), 0), 5), 1) as share,
    left(string_agg(distinct d.author_name, ', '), 320) as author_name,
    case when bool_and(d.deferred_until is not null) then min(d.deferred_until) end as deferred_until,
    min(d.created_at) as created_at
  into t from public.draft_line_items d where d.id = any (v_ids);
  if t.parties > 1 then
    perform private.fail('BH003', 'only lines of one client and currency can be merged', 'client_id');
  end if;
  if t.minutes > 600000 then
    perform private.fail('BH003', 'together these lines come to more than 10,000 hours', 'minutes');
  end if;
  if t.ways > 1 and not p_fields ? 'billable' then
    perform private.fail('BH003', 'some of these lines are billable and some are not; say which the merged line is', 'billable');
  end if;
  if t.rates > 1 and not p_fields ? 'hourly_rate_minor' then
    perform private.fail('BH003', 'these lines have different rates; say which the merged line has', 'hourly_rate_minor');
  end if;
  if p_fields ? 'project_id' then
    select p.id into v_project_id from public.projects p
    where p.id::text = lower(p_fields ->> 'project_id') and p.workspace_id = v_first.workspace_id and p.client_id = v_first.client_id
      and (p.archived_at is null or exists (select 1 from public.draft_line_items x where x.id = any (v_ids) and x.project_id = p.id));
    if v_project_id is null then
      perform private.fail('BH003', 'this is no project of the client', 'project_id');
    end if;
  elsif t.projects > 1 then
    perform private.fail('BH003', 'these lines belong to different projects; say which the merged line belongs to', 'project_id');
  end if;
  if coalesce((p_fields ->> 'end_date')::date, t.last_day) < coalesce((p_fields ->> 'start_date')::date, t.first_day) then
    perform private.fail('BH003', 'the end is before the start', 'end_date');
  end if;

  perform set_config('billhook.action', 'merge', true);
  insert into public.draft_replacements (id, workspace_id, kind, draft_ids, minutes, created_by)
  values (p_id, v_first.workspace_id, 'merge', v_ids, t.minutes, auth.uid());
  insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, person_id, source_type,
    description, detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes,
    estimate_low, estimate_high, estimate_method, estimate_reason, flags, start_date, end_date, author_name, share, co_authored,
    ticket_key, ticket_url, epic, deferred_until, edited_at, made_by, created_at)
  select v_new, v_first.workspace_id, v_first.client_id, coalesce(v_project_id, v_first.project_id), t.repository_id, t.person_id,
    coalesce(p_fields ->> 'source_type', t.source_type),
    coalesce(btrim(p_fields ->> 'description'), left(w.words, 2000)),
    case when p_fields ? 'detailed_description' then p_fields ->> 'detailed_description' end,
    case when p_fields ? 'category' then p_fields ->> 'category' else t.category end, t.minutes,
    case when p_fields ? 'hourly_rate_minor' then (p_fields ->> 'hourly_rate_minor')::bigint else w.rate end,
    v_first.currency, coalesce((p_fields ->> 'billable')::boolean, v_first.billable), t.estimated_minutes, t.estimate_low,
    t.estimate_high, t.estimate_method,
    case when t.estimated_minutes is not null then format('The sum of the estimates of %s lines.', cardinality(v_ids)) end,
    w.flags, coalesce((p_fields ->> 'start_date')::date, t.first_day), coalesce((p_fields ->> 'end_date')::date, t.last_day),
    t.author_name, t.share, t.co_authored,
    case when p_fields ? 'ticket_key' then p_fields ->> 'ticket_key' else t.ticket_key end,
    case when p_fields ? 'ticket_url' then p_fields ->> 'ticket_url' when p_fields ? 'ticket_key' then null else t.ticket_url end,
    case when p_fields ? 'epic' then p_fields ->> 'epic' else t.epic end, t.deferred_until, now(), p_id, t.created_at
  from (
    select
      (select string_agg(x.description, '; ' order by x.at) from (
        select d.description, min(u.n) as at from unnest(v_ids) with ordinality u (id, n)
        join public.draft_line_items d on d.id = u.id group by d.description) x) as words,
      (select d.hourly_rate_minor from public.draft_line_items d where d.id = any (v_ids)
        order by d.billable desc, d.id limit 1) as rate,
      (select coalesce(jsonb_agg(distinct f), '[]') from public.draft_line_items d
        cross join lateral jsonb_array_elements(d.flags) f where d.id = any (v_ids)) as flags
  ) w;
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select distinct l.commit_id, v_new, l.workspace_id from public.commit_draft_items l where l.draft_line_item_id = any (v_ids);
  update public.draft_line_items set status = 'rejected', replaced_by = p_id where id = any (v_ids);
  return private.replacement_outcome(p_id);
end
$$;
comment on function public.merge_drafts(uuid, uuid[], jsonb, jsonb) is
  'Merges open lines of one client and currency into one that has all their minutes, their commits as evidence and the sum of '
  'their estimates; all of them or none. Where rates, projects or billability differ, p_fields has to say which. The lines stay '
  'out of sight. Asked twice with the same p_id, it is done once. security definer: drafts are not writable directly.';

create function public.undo_replacement(p_id uuid, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  r public.draft_replacements;
  v_made uuid[];
  v_problems jsonb;
begin
  select * into r from public.draft_replacements where id = p_id and workspace_id = any (private.workspace_ids());
  if r.id is null then
    perform private.fail('BH002', 'not found');
  end if;
  select array_agg(id) into v_made from public.draft_line_items where made_by = p_id;
  perform private.lock_drafts(v_made || r.draft_ids);
  select * into r from public.draft_replacements where id = p_id;
  if r.undone_at is not null then
    return private.replacement_outcome(p_id);
  end if;
  v_problems := private.problems_of(v_made, p_versions);
  if v_problems is not null then
    return private.draft_outcome(null, v_problems);
  end if;

  perform set_config('billhook.action', case r.kind when 'split' then 'join' else 'unmerge' end, true);
  update public.draft_line_items set status = 'draft', replaced_by = null
  where id = any (r.draft_ids);
  update public.draft_line_items set status = 'rejected', replaced_by = p_id where id = any (v_made);
  -- What a void invoice once billed stays as its evidence, with its commits.
  delete from public.commit_draft_items where draft_line_item_id = any (v_made)
    and not exists (select 1 from public.invoice_lines i where i.draft_line_item_id = commit_draft_items.draft_line_item_id);
  update public.draft_replacements set undone_at = clock_timestamp(), undone_by = auth.uid() where id = p_id;
  return private.replacement_outcome(p_id);
end
$$;
comment on function public.undo_replacement(uuid, jsonb) is
  'Joins the parts of a split again, or takes a merge apart: the lines come back exactly as they were, with what their commits '
  'became meanwhile. Only while all that it made is open; else it says what is not. Twice is the same as once. '
  'security definer: drafts are not writable directly; lock_drafts checks the role.';
grant execute on function public.split_draft(uuid, uuid, jsonb, jsonb), public.merge_drafts(uuid, uuid[], jsonb, jsonb),
  public.undo_replacement(uuid, jsonb) to authenticated;

-- The same time is not counted once more in what it was split into or merged with.
create or replace function public.work_context(p_requests jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with request as materialized (
    select (r ->> 'workspace_id')::uuid as workspace_id, r -> 'keys' as keys, r -> 'hints' as hints, r -> 'held' as held
    from jsonb_array_elements(p_requests) r
  ), claimed as materialized (
    select q.workspace_id, c.key, c.commit_id
    from request q
    cross join lateral jsonb_array_elements_text(q.keys) k (key)
    join public.work_claims c on c.workspace_id = q.workspace_id and c.key = k.key
  ), hinted as materialized (
    select q.workspace_id, h.hint, f.id as commit_id
    from request q
    cross join lateral jsonb_array_elements_text(q.hints) h (hint)
    cross join lateral (
      (select k.id, k.created_at from public.commits k where k.workspace_id = q.workspace_id and k.moment_key = h.hint
        order by k.created_at desc limit 1)
      union all
      (select k.id, k.created_at from public.commits k where k.workspace_id = q.workspace_id and k.message_key = h.hint
        order by k.created_at desc limit 1)
      order by created_at desc limit 1
    ) f
  ), works as (
    select k.*, r.id as root_id, r.hash as root_hash, case when r.status = 'ignored' then coalesce(r.ignored_rule, 'person') end as root_rule, q.held
    from (select workspace_id, commit_id from claimed union select workspace_id, commit_id from hinted) f
    join request q on q.workspace_id = f.workspace_id
    join public.commits k on k.id = f.commit_id
    join public.commits r on r.id = coalesce(k.same_work_as, k.id)
  )
  select jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from claimed c),
    'hints', (select coalesce(jsonb_agg(to_jsonb(h)), '[]') from hinted h),
    'works', (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'hash', w.hash, 'root_id', w.root_id, 'root_hash', w.root_hash,
      'repository_id', w.repository_id, 'branch', w.branch, 'author_name', w.author_name, 'author_email', w.author_email,
      'author_username', w.author_username, 'authored_at', w.authored_at, 'message', left(w.message, 1000),
      'patch_id', w.patch_id, 'parents', w.parents, 'ignored_rule', w.root_rule,
      'reverted', exists (select 1 from public.commit_links l where l.earlier_id = w.root_id and l.kind = 'reverts'),
      'files', case when w.held ? w.hash then w.files end,
      'minutes', (select coalesce(sum(d.minutes), 0) from public.commit_draft_items i
        join public.draft_line_items d on d.id = i.draft_line_item_id
        -- The lines that it was proposed as: what they were split into or merged with is the same time once more.
        where i.commit_id = w.root_id and d.made_by is null))), '[]') from works w))
$$;
comment on function public.work_context(jsonb) is
  'For [{workspace_id, keys, hints, held}]: who has the keys, the latest commit with each hint, and what is known of these '
  'commits; files only of the hashes in held. One round trip for a batch of deliveries.';

create or replace function public.person_days(p_requests jsonb)
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
        -- Of a day whose lines went into one over several days, nobody said how long it was.
        bool_or(d.status = 'draft' or d.made_by is not null and d.start_date < d.end_date and d.status <> 'rejected'
          or exists (select 1 from public.draft_line_items m where m.made_by = d.replaced_by and m.status <> 'rejected'
            and m.start_date < m.end_date)) as open,
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
      where l.commit_id = k.id and d.made_by is null
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
        and d.status in ('approved', 'invoiced') and d.source_type = 'commit' and d.made_by is null and d.start_date < a.last_day
      order by d.start_date desc limit 200
    ) d
  ) usual on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('day', d.start_date, 'draft_id', d.id, 'minutes', d.minutes)) as minutes
    from public.draft_line_items d
    where d.workspace_id = p.workspace_id and d.person_id = p.person_id and d.start_date = any (a.days)
      -- For a line over several days, the lines it was merged from say what it claims of each.
      and (d.status <> 'rejected' and (d.made_by is null or d.start_date = d.end_date)
        or exists (select 1 from public.draft_line_items m where m.made_by = d.replaced_by and m.status <> 'rejected'
          and m.start_date < m.end_date))
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
