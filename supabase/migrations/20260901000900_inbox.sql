-- What a person does with drafts. Every procedure takes many drafts and answers
-- {"changed": [inbox rows], "skipped": [{"id", "code"}]}: what could be done is done, the rest says why.

create view public.inbox_drafts with (security_invoker = true) as
select d.id, d.workspace_id, d.client_id, c.name as client_name, d.project_id, p.name as project_name, d.repository_id,
  r.name as repository_name, r.provider, d.source_type, d.description, d.detailed_description, d.category, d.minutes, d.hours,
  d.hourly_rate_minor, d.currency, d.billable, d.total_minor, d.estimated_minutes, d.estimate_low, d.estimate_high,
  d.estimate_method, d.estimate_reason, d.flags, d.start_date, d.end_date, d.author_name, d.ticket_key, d.ticket_url, d.epic,
  d.status, d.deferred_until, d.rejected_at, d.rejected_reason, d.invoice_id, d.approved_at, d.version, d.created_at,
  d.updated_at, e.commits
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
comment on view public.inbox_drafts is
  'A draft as the inbox shows it, with names and commits joined. security_invoker: the policies of the tables beneath hold.';
revoke all on public.inbox_drafts from anon, authenticated;
grant select on public.inbox_drafts to authenticated, service_role;

create function private.lock_drafts(p_ids uuid[])
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_own constant uuid[] := private.workspace_ids();
  v_workspace_id uuid;
begin
  if cardinality(p_ids) > 20000 then
    perform private.fail('BH003', 'at most 20,000 drafts at once', 'ids');
  end if;
  for v_workspace_id in
    select distinct d.workspace_id from public.draft_line_items d where d.id = any (p_ids) and d.workspace_id = any (v_own)
  loop
    perform private.require_role(v_workspace_id, private.workers_of_inbox());
  end loop;
  perform 1 from public.draft_line_items d where d.id = any (p_ids) and d.workspace_id = any (v_own) order by d.id for update;
end
$$;
comment on function private.lock_drafts(uuid[]) is
  'Locks drafts in id order after checking the role in each workspace. A statement of its own: one that locks and looks at '
  'once sees the rows as they were before it waited. security definer: members and roles are read past their policies.';

create function private.locked_drafts(p_ids uuid[], p_versions jsonb)
returns table (id uuid, problem text)
language sql
stable security definer
set search_path = ''
as $$
  select i.id, case
    when d.id is null then 'not_found'
    when (p_versions ->> i.id::text)::integer <> d.version then 'changed'
  end
  from (select distinct unnest(p_ids) as id) i
  left join public.draft_line_items d on d.id = i.id and d.workspace_id = any ((select private.workspace_ids())::uuid[])
$$;
comment on function private.locked_drafts(uuid[], jsonb) is
  'What cannot be done with drafts that lock_drafts has locked. p_versions, by id, is what the person saw: a draft that has '
  'changed since is reported as changed, so that nobody overwrites what somebody else just did. A draft of another tenant '
  'is not_found, as one that does not exist. security definer: it is for the procedures, whose caller may read less.';

create function private.draft_outcome(p_changed uuid[], p_skipped jsonb)
returns jsonb
language sql
stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'changed', coalesce((select jsonb_agg(to_jsonb(v)) from public.inbox_drafts v where v.id = any (p_changed)), '[]'),
    'skipped', coalesce(p_skipped, '[]'))
$$;
comment on function private.draft_outcome(uuid[], jsonb) is
  'The common answer of the draft procedures. security definer: it shows what its caller has just checked and changed.';

create function public.update_drafts(p_ids uuid[], p_changes jsonb, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_allowed constant text[] := array['description', 'detailed_description', 'minutes', 'hourly_rate_minor', 'start_date',
    'end_date', 'category', 'project_id', 'billable', 'ticket_key', 'ticket_url', 'epic'];
  v_key text;
  v_project public.projects;
  v_currency text;
  v_start date;
  v_end date;
  v_changed uuid[];
  v_skipped jsonb;
begin
  select k into v_key from jsonb_object_keys(p_changes) k where k <> all (v_allowed) limit 1;
  if v_key is not null then
    perform private.fail('BH003', 'this cannot be edited', v_key);
  end if;
  if p_changes ? 'minutes' and (jsonb_typeof(p_changes -> 'minutes') <> 'number'
      or (p_changes ->> 'minutes')::numeric not between 0 and 1440
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
    v_start := private.date_of(p_changes, 'start_date');
  end if;
  if p_changes ? 'end_date' then
    v_end := private.date_of(p_changes, 'end_date');
  end if;

  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case when d.status <> 'draft' then 'not_open' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

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
comment on function public.update_drafts(uuid[], jsonb, jsonb) is
  'Edits open drafts. The estimate stays beside what the person entered. Moving to another project captures that project''s '
  'rate, and whether it is billed at all. security definer: drafts are not writable directly; the role is checked by lock_drafts.';

create function public.approve_drafts(p_ids uuid[], p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case
      when d.status in ('approved', 'invoiced') then 'already_approved'
      when d.status = 'rejected' then 'ignored'
      when d.billable and d.minutes = 0 then 'no_time'
      when d.billable and d.hourly_rate_minor is null then 'no_rate'
    end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', 'approve', true);
  update public.draft_line_items set status = 'approved', approved_at = now(), approved_by = auth.uid(), deferred_until = null
  where id = any (v_changed);
  insert into public.time_entries (workspace_id, client_id, project_id, member_id, draft_line_item_id, source, description,
    entry_date, estimated_seconds, billed_seconds, hourly_rate_minor, currency, billable)
  select d.workspace_id, d.client_id, d.project_id, m.id, d.id, case when d.source_type in ('timer', 'manual') then d.source_type
    else 'commit' end, d.description, d.start_date, d.estimated_minutes::bigint * 60, d.minutes::bigint * 60,
    d.hourly_rate_minor, d.currency, d.billable
  from public.draft_line_items d
  left join lateral (
    select coalesce(
      (select o.member_id from public.people o where o.workspace_id = d.workspace_id and o.id = d.person_id),
      (select m.id from public.commit_draft_items l
        join public.commits k on k.id = l.commit_id
        join public.members m on m.workspace_id = d.workspace_id and lower(m.email) = lower(k.author_email)
        where l.draft_line_item_id = d.id and d.person_id is null
        order by k.committed_at limit 1)) as id
  ) m on true
  where d.id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.approve_drafts(uuid[], jsonb) is
  'A person approves: each draft becomes one time entry with the rate of this moment. Approving twice makes no second entry. '
  'security definer: entries are not writable directly.';

create function public.unapprove_drafts(p_ids uuid[], p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case
      when d.invoice_id is not null then 'on_invoice'
      when d.status <> 'approved' then 'not_approved'
      when e.status = 'locked' then 'locked'
    end) as problem
    from private.locked_drafts(p_ids, p_versions) l
    left join public.draft_line_items d on d.id = l.id
    left join public.time_entries e on e.draft_line_item_id = d.id and e.superseded_at is null
  ) t;

  perform set_config('billhook.action', 'unapprove', true);
  -- What a void invoice once billed stays as its evidence; the next approval makes a new entry.
  update public.time_entries e set superseded_at = now()
  where e.draft_line_item_id = any (v_changed) and e.superseded_at is null
    and exists (select 1 from public.invoice_line_entries x where x.time_entry_id = e.id);
  delete from public.time_entries where draft_line_item_id = any (v_changed) and superseded_at is null;
  update public.draft_line_items set status = 'draft', approved_at = null, approved_by = null where id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.unapprove_drafts(uuid[], jsonb) is
  'Takes an approval back while nothing is billed; the entry goes (the audit keeps it). An entry that a void invoice once '
  'billed stays as that invoice''s evidence, superseded. security definer: entries are not writable directly.';

create function public.ignore_drafts(p_ids uuid[], p_reason text default null, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case
      when d.status = 'rejected' then 'already_ignored' when d.status <> 'draft' then 'not_open' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', 'ignore', true);
  update public.draft_line_items set status = 'rejected', rejected_at = now(), deferred_until = null,
    rejected_reason = left(nullif(btrim(p_reason), ''), 500)
  where id = any (v_changed);
  update public.commits k set status = 'ignored', ignored_at = now(), ignored_rule = 'person',
    ignored_reason = left(nullif(btrim(p_reason), ''), 500)
  where k.id in (select l.commit_id from public.commit_draft_items l where l.draft_line_item_id = any (v_changed))
    and k.status = 'drafted'
    -- A commit that another line still bills is not ignored.
    and not exists (select 1 from public.commit_draft_items o join public.draft_line_items d on d.id = o.draft_line_item_id
      where o.commit_id = k.id and d.status <> 'rejected');
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.ignore_drafts(uuid[], text, jsonb) is
  'Leaves drafts and their commits out, with an optional reason. Kept, listed, and brought back by restore_drafts. '
  'security definer: drafts are not writable directly.';

create function public.restore_drafts(p_ids uuid[], p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case when d.status <> 'rejected' then 'not_ignored' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', 'restore', true);
  update public.draft_line_items set status = 'draft', rejected_at = null, rejected_reason = null where id = any (v_changed);
  update public.commits k set status = 'drafted', ignored_at = null, ignored_rule = null, ignored_reason = null
  where k.id in (select l.commit_id from public.commit_draft_items l where l.draft_line_item_id = any (v_changed))
    and k.status = 'ignored';
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.restore_drafts(uuid[], jsonb) is
  'Brings ignored drafts back, whether a person or a rule left them out. security definer: drafts are not writable directly.';

create function public.defer_drafts(p_ids uuid[], p_until date default null, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_changed uuid[];
  v_skipped jsonb;
begin
  if p_until not between '1970-01-01' and '2199-12-31' then
    perform private.fail('BH003', 'this is not a date, such as 2026-03-31', 'until');
  end if;
  perform private.lock_drafts(p_ids);
  select array_agg(t.id) filter (where t.problem is null),
    jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
  into v_changed, v_skipped
  from (
    select l.id, coalesce(l.problem, case when d.status <> 'draft' then 'not_open' end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', case when p_until is null then 'undefer' else 'defer' end, true);
  update public.draft_line_items set deferred_until = p_until where id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.defer_drafts(uuid[], date, jsonb) is
  'Hides open drafts until a date (null: shows them again now). security definer: drafts are not writable directly.';

grant execute on function public.update_drafts(uuid[], jsonb, jsonb), public.approve_drafts(uuid[], jsonb),
  public.unapprove_drafts(uuid[], jsonb), public.ignore_drafts(uuid[], text, jsonb), public.restore_drafts(uuid[], jsonb),
  public.defer_drafts(uuid[], date, jsonb) to authenticated;
