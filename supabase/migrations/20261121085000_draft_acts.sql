-- Deciding about thousands of lines at once, and taking the last thing a person did back, also after a reload.

create function private.current_act()
returns uuid
language sql
volatile
set search_path = ''
as $$
  select coalesce(nullif(current_setting('billhook.act', true), ''),
    set_config('billhook.act', gen_random_uuid()::text, true))::uuid
$$;
comment on function private.current_act() is 'One id per transaction: what the audit of one act has in common.';

alter table public.audit_events add column act_id uuid;
alter table public.audit_events alter column act_id set default private.current_act();
comment on column public.audit_events.act_id is 'The same for everything that one request changed; null before it was kept.';
create index audit_events_act on public.audit_events (act_id) where act_id is not null;
create index audit_events_actor on public.audit_events (workspace_id, actor_id, id desc)
  where entity_type = 'draft_line_items' and act_id is not null;

create table public.undone_acts (
  act_id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  undone_by uuid,
  undone_at timestamptz not null default clock_timestamp()
);
comment on table public.undone_acts is
  'Acts that were taken back, and the taking back itself: neither is what "undo" means next.';
create index undone_acts_workspace on public.undone_acts (workspace_id);
alter table public.undone_acts enable row level security;
create policy undone_acts_read on public.undone_acts for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.undone_acts from anon, authenticated;
grant select on public.undone_acts to authenticated;
grant all on public.undone_acts to service_role;

alter table public.draft_line_items add column deferred_for_ticket boolean not null default false;
comment on column public.draft_line_items.deferred_for_ticket is
  'A person put it off until its ticket is done; awaits_ticket is the same by the project''s rule.';

create or replace view public.inbox_drafts with (security_invoker = true) as
select d.id, d.workspace_id, d.client_id, c.name as client_name, d.project_id, p.name as project_name, d.repository_id,
  r.name as repository_name, r.provider, d.source_type, d.description, d.detailed_description, d.category, d.minutes, d.hours,
  d.hourly_rate_minor, d.currency, d.billable, d.total_minor, d.estimated_minutes, d.estimate_low, d.estimate_high,
  d.estimate_method, d.estimate_reason, d.flags, d.start_date, d.end_date, d.author_name, d.ticket_key, d.ticket_url, d.epic,
  d.status, d.deferred_until, d.rejected_at, d.rejected_reason, d.invoice_id, d.approved_at, d.version, d.created_at,
  d.updated_at, e.commits, d.made_by, d.replaced_by, d.ticket_id, d.awaits_ticket, t.title as ticket_title, t.state as ticket_state,
  t.reason as ticket_reason, t.status as ticket_status, t.is_done as ticket_is_done, t.current_key as ticket_current_key,
  d.deferred_for_ticket
from public.draft_line_items d
join public.projects p on p.id = d.project_id
join public.clients c on c.id = d.client_id
left join public.repositories r on r.id = d.repository_id
left join public.tickets t on t.id = d.ticket_id
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'short_hash', k.short_hash, 'branch', k.branch, 'url', k.url,
    'rewritten_from', r.short_hash)
    -- What a commit became stands before it: a line shows the hash that its work has now.
    order by coalesce(r.committed_at, k.committed_at), r.id is null, k.created_at desc, k.committed_at desc), '[]') as commits
  from public.commit_draft_items l
  -- Looked up by its key for each line, also where the tables have no statistics yet.
  cross join lateral (select c.id, c.short_hash, c.branch, c.url, c.committed_at, c.created_at, c.same_work_as
    from public.commits c where c.id = l.commit_id offset 0) k
  left join lateral (select c.id, c.short_hash, c.committed_at from public.commits c where c.id = k.same_work_as offset 0) r on true
  where l.draft_line_item_id = d.id
) e;
create or replace function public.approve_drafts(p_ids uuid[], p_versions jsonb default '{}')
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
  update public.draft_line_items set status = 'approved', approved_at = now(), approved_by = auth.uid(), deferred_until = null,
    deferred_for_ticket = false
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
        -- Looked up by its key for each line, also where the tables have no statistics yet.
        cross join lateral (select c.author_email, c.committed_at from public.commits c where c.id = l.commit_id offset 0) k
        join public.members m on m.workspace_id = d.workspace_id and lower(m.email) = lower(k.author_email)
        where l.draft_line_item_id = d.id and d.person_id is null
        order by k.committed_at limit 1)) as id
  ) m on true
  where d.id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;

create or replace function public.ignore_drafts(p_ids uuid[], p_reason text default null, p_versions jsonb default '{}')
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
  update public.draft_line_items set status = 'rejected', rejected_at = now(), deferred_until = null, deferred_for_ticket = false,
    rejected_reason = left(nullif(btrim(p_reason), ''), 500)
  where id = any (v_changed);
  update public.commits k set status = 'ignored', ignored_at = now(), ignored_rule = 'person',
    ignored_reason = left(nullif(btrim(p_reason), ''), 500)
  where k.id = any (private.commits_of(v_changed)) and k.status = 'drafted'
    -- A commit that another line still bills is not ignored.
    and not exists (select 1 from public.commit_draft_items o
      cross join lateral (select x.status from public.draft_line_items x where x.id = o.draft_line_item_id offset 0) d
      where o.commit_id = k.id and d.status <> 'rejected');
  return private.draft_outcome(v_changed, v_skipped);
end
$$;

create function private.commits_of(p_ids uuid[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct l.commit_id), '{}') from public.commit_draft_items l where l.draft_line_item_id = any (p_ids)
$$;
comment on function private.commits_of(uuid[]) is
  'The commits that drafts stand on; read at once, because as a part of a larger query it is looked up anew for each commit.';

create or replace function public.restore_drafts(p_ids uuid[], p_versions jsonb default '{}')
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
  where k.id = any (private.commits_of(v_changed)) and k.status = 'ignored';
  return private.draft_outcome(v_changed, v_skipped);
end
$$;

create function private.end_ticket_deferrals()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform set_config('billhook.action', 'ticket', true);
  update public.draft_line_items set deferred_for_ticket = false where ticket_id = new.id and deferred_for_ticket;
  return null;
end
$$;
comment on function private.end_ticket_deferrals() is
  'Shows the lines again that waited for a ticket once it is done. security definer: drafts are not writable directly.';
create trigger end_ticket_deferrals after update of is_done on public.tickets for each row
  when (new.is_done and not coalesce(old.is_done, false)) execute function private.end_ticket_deferrals();

drop function public.defer_drafts(uuid[], date, jsonb);
create function public.defer_drafts(p_ids uuid[], p_until date default null, p_versions jsonb default '{}',
  p_for_ticket boolean default false)
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
    select l.id, coalesce(l.problem, case
      when d.status <> 'draft' then 'not_open'
      when p_for_ticket and d.ticket_id is null then 'no_ticket'
      when p_for_ticket and (select k.is_done from public.tickets k where k.id = d.ticket_id) then 'ticket_done'
    end) as problem
    from private.locked_drafts(p_ids, p_versions) l left join public.draft_line_items d on d.id = l.id
  ) t;

  perform set_config('billhook.action', case when p_until is null and not p_for_ticket then 'undefer' else 'defer' end, true);
  update public.draft_line_items set deferred_until = p_until, deferred_for_ticket = p_for_ticket where id = any (v_changed);
  return private.draft_outcome(v_changed, v_skipped);
end
$$;
comment on function public.defer_drafts(uuid[], date, jsonb, boolean) is
  'Hides open drafts until a date, or until their ticket is done (neither: shows them again now). security definer: drafts are '
  'not writable directly.';
grant execute on function public.defer_drafts(uuid[], date, jsonb, boolean) to authenticated;

create function public.approve_to_invoice(p_ids uuid[], p_invoice_id uuid default null, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_outcome jsonb;
  v_ready uuid[];
  v_client_id uuid;
  v_left jsonb;
begin
  v_outcome := public.approve_drafts(p_ids, p_versions);
  -- Those that were approved before go with them, so that asking again after a lost answer is the same as once.
  select array_agg(d.id order by d.id), (array_agg(d.client_id))[1] into v_ready, v_client_id
  from public.draft_line_items d
  where d.id = any (p_ids) and d.status = 'approved' and d.billable and d.workspace_id = any (private.workspace_ids())
    and (d.invoice_id is null or p_invoice_id is null or d.invoice_id = p_invoice_id);
  if v_ready is null then
    return v_outcome || jsonb_build_object('invoice_id', null);
  end if;
  p_invoice_id := case when p_invoice_id is null then public.create_invoice(v_client_id, v_ready)
    else public.add_to_invoice(p_invoice_id, v_ready) end;
  select coalesce(jsonb_agg(s), '[]') into v_left from jsonb_array_elements(v_outcome -> 'skipped') s
  where s ->> 'id' <> all (v_ready::text[]);
  return private.draft_outcome(v_ready || array(select (c ->> 'id')::uuid from jsonb_array_elements(v_outcome -> 'changed') c
    where (c ->> 'id')::uuid <> all (v_ready)), v_left) || jsonb_build_object('invoice_id', p_invoice_id);
end
$$;
comment on function public.approve_to_invoice(uuid[], uuid, jsonb) is
  'Approves and puts on an invoice draft, a new one where none is named, in one transaction: what can be approved is; where the '
  'invoice cannot take it (another client, not a manager) nothing is done. Lines that are not billed are approved only. '
  'security definer: it is made of procedures that are, and reads what they changed.';

create function public.last_act(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('act_id', e.act_id, 'action', e.action, 'at', e.created_at,
    'lines', (select count(distinct o.entity_id) from public.audit_events o
      where o.act_id = e.act_id and o.entity_type = 'draft_line_items' and o.action = e.action))
  from public.audit_events e
  where e.workspace_id = p_workspace_id and e.actor_id = auth.uid() and e.entity_type = 'draft_line_items'
    and e.act_id is not null and e.created_at > now() - interval '7 days'
    and e.action in ('edit', 'approve', 'unapprove', 'ignore', 'restore', 'defer', 'undefer', 'split', 'merge', 'accept')
    and not exists (select 1 from public.undone_acts u where u.act_id = e.act_id)
  order by e.id desc limit 1
$$;
comment on function public.last_act(uuid) is
  'What the person asking did last to drafts and may take back: {act_id, action, at, lines}; null where there is nothing. '
  'Under row level security of the audit.';

create function public.undo_act(p_act_id uuid)
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
  v_ids uuid[];
  v_same uuid[];
  v_part uuid[];
  v_lines uuid[];
  v_left uuid[];
  v_invoice_id uuid;
  v_replacement_id uuid;
  v_outcome jsonb := '{"skipped": []}';
  v_skipped jsonb := '[]';
  r record;
begin
  select e.workspace_id, array_agg(distinct e.entity_id) into v_workspace_id, v_ids
  from public.audit_events e
  where e.act_id = p_act_id and e.actor_id = auth.uid() and e.entity_type = 'draft_line_items'
    and e.workspace_id = any (private.workspace_ids())
  group by e.workspace_id;
  if v_workspace_id is null then
    perform private.fail('BH002', 'not found');
  end if;
  perform private.lock_drafts(v_ids);
  insert into public.undone_acts (act_id, workspace_id, undone_by) values (p_act_id, v_workspace_id, auth.uid())
  on conflict do nothing;
  if not found then
    return private.draft_outcome(v_ids, null);
  end if;
  insert into public.undone_acts (act_id, workspace_id, undone_by) values (private.current_act(), v_workspace_id, auth.uid());

  -- Only of lines that are as the act left them; what somebody did since stays.
  select array_agg(t.entity_id) into v_same
  from (
    select e.entity_id, jsonb_object_agg(k.key, k.value order by e.id) as left_as
    from public.audit_events e cross join lateral jsonb_each(e.after) k
    where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and k.key not in ('edited_at', 'approved_at')
    group by e.entity_id
  ) t
  join public.draft_line_items d on d.id = t.entity_id
  where to_jsonb(d) @> t.left_as;
  v_skipped := (select coalesce(jsonb_agg(jsonb_build_object('id', x, 'code', 'changed')), '[]') from unnest(v_ids) x
    where x <> all (coalesce(v_same, '{}')));

  for r in
    select e.action, array_agg(e.entity_id) as ids, max(e.id) as nth
    from public.audit_events e
    where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.entity_id = any (v_same)
    group by e.action order by nth desc
  loop
    v_part := r.ids;
    if r.action = 'invoice' then
      for v_invoice_id in select distinct invoice_id from public.draft_line_items where id = any (v_part) loop
        select array_agg(id) into v_lines from public.invoice_lines
        where invoice_id = v_invoice_id and draft_line_item_id = any (v_part);
        perform public.remove_from_invoice(v_lines);
        -- The draft that the act began goes with its last line.
        if exists (select 1 from public.audit_events where act_id = p_act_id and entity_type = 'invoices' and before is null
            and entity_id = v_invoice_id) and not exists (select 1 from public.invoice_lines where invoice_id = v_invoice_id) then
          perform public.delete_invoice(v_invoice_id);
        end if;
      end loop;
      continue;
    elsif r.action = 'approve' then
      v_outcome := public.unapprove_drafts(v_part);
    elsif r.action = 'unapprove' then
      v_outcome := public.approve_drafts(v_part);
    elsif r.action = 'ignore' then
      v_outcome := public.restore_drafts(v_part);
    elsif r.action = 'restore' then
      perform public.ignore_drafts(v_part);
      update public.draft_line_items d set rejected_reason = e.before ->> 'rejected_reason'
      from public.audit_events e
      where e.act_id = p_act_id and e.entity_id = d.id and d.id = any (v_part) and e.before ->> 'rejected_reason' is not null;
      update public.commits k set ignored_rule = e.before ->> 'ignored_rule', ignored_reason = e.before ->> 'ignored_reason'
      from public.audit_events e
      where e.act_id = p_act_id and e.entity_type = 'commits' and e.entity_id = k.id and k.status = 'ignored';
      continue;
    elsif r.action in ('split', 'merge') then
      select (e.after ->> 'replaced_by')::uuid into v_replacement_id from public.audit_events e
      where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.after ? 'replaced_by' limit 1;
      v_outcome := public.undo_replacement(v_replacement_id);
      if jsonb_array_length(v_outcome -> 'skipped') > 0 then
        -- Nothing was taken back; it can be tried again when the parts are open.
        delete from public.undone_acts where act_id in (p_act_id, private.current_act());
      end if;
      return v_outcome;
    end if;
    v_skipped := v_skipped || coalesce(v_outcome -> 'skipped', '[]');
    v_left := array(select (s ->> 'id')::uuid from jsonb_array_elements(v_outcome -> 'skipped') s);
    v_outcome := '{"skipped": []}';
    -- Everything else is put back column by column: an edit, a deferral, and the deferral that the act ended.
    perform set_config('billhook.action', 'undo', true);
    update public.draft_line_items d set
      description = b.description, detailed_description = b.detailed_description, category = b.category, minutes = b.minutes,
      hourly_rate_minor = b.hourly_rate_minor, billable = b.billable, start_date = b.start_date, end_date = b.end_date,
      project_id = b.project_id, client_id = b.client_id, currency = b.currency, ticket_key = b.ticket_key,
      ticket_url = b.ticket_url, epic = b.epic, flags = b.flags, deferred_until = b.deferred_until, deferred_for_ticket = b.deferred_for_ticket,
      awaits_ticket = b.awaits_ticket, edited_at = b.edited_at
    from (
      select x.id as draft_id, (jsonb_populate_record(x, e.before)).*
      from public.audit_events e join public.draft_line_items x on x.id = e.entity_id
      where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.action = r.action and e.entity_id = any (v_part)
        and e.entity_id <> all (v_left) and e.action <> 'unapprove'
    ) b
    where d.id = b.draft_id and d.status = 'draft';
    v_skipped := v_skipped || (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'code', 'not_open')), '[]')
      from public.draft_line_items d where d.id = any (v_part) and d.id <> all (v_left) and d.status <> 'draft'
        and r.action <> 'unapprove');
  end loop;
  return private.draft_outcome(v_ids, v_skipped);
end
$$;
comment on function public.undo_act(uuid) is
  'Takes back what the person asking did in one act, from the audit: lines that somebody has changed since are left as they are '
  'and reported. Twice is the same as once. security definer: it is made of procedures that are, and checks whose act it was.';

create or replace function public.undo_replacement(p_id uuid, p_versions jsonb default '{}')
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
  insert into public.undone_acts (act_id, workspace_id, undone_by)
  select e.act_id, r.workspace_id, auth.uid() from public.audit_events e
  where e.workspace_id = r.workspace_id and e.entity_type = 'draft_replacements' and e.entity_id = p_id
    and e.before is null and e.act_id is not null
  on conflict do nothing;
  return private.replacement_outcome(p_id);
end
$$;
grant execute on function public.approve_to_invoice(uuid[], uuid, jsonb), public.last_act(uuid), public.undo_act(uuid)
  to authenticated;
