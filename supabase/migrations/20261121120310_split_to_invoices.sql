-- A split whose parts go straight to invoice drafts, and taking back that parts were joined.

create function public.split_to_invoices(p_id uuid, p_draft_id uuid, p_parts jsonb, p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_outcome jsonb;
  v_put jsonb;
  v_invoices uuid[] := '{}';
  t record;
begin
  if jsonb_typeof(p_parts) is distinct from 'array'
    or exists (select 1 from jsonb_array_elements(p_parts) e where jsonb_typeof(e) <> 'object'
      or coalesce(e ->> 'invoice', 'new') !~* '^(new( \d{1,2})?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$') then
    perform private.fail('BH003', 'a part goes to a new invoice draft or to the one named', 'invoice');
  end if;
  v_outcome := public.split_draft(p_id, p_draft_id,
    (select jsonb_agg(value - 'invoice' order by ordinality) from jsonb_array_elements(p_parts) with ordinality), p_versions);
  if jsonb_array_length(v_outcome -> 'skipped') > 0
    or exists (select 1 from public.draft_replacements where id = p_id and undone_at is not null) then
    return v_outcome;
  end if;
  for t in
    select lower(p.value ->> 'invoice') as target, array_agg(d.id order by d.nth) as ids
    from jsonb_array_elements(p_parts) with ordinality p
    -- Parts are made in the order in which they are given.
    join (select x.id, x.client_id, x.currency, row_number() over (order by x.created_at, x.id) as nth
      from public.draft_line_items x where x.made_by = p_id) d on d.nth = p.ordinality
    where p.value ->> 'invoice' is not null
    group by 1, d.client_id, d.currency order by min(d.nth)
  loop
    v_put := public.approve_to_invoice(t.ids, case when t.target not like 'new%' then t.target::uuid end);
    if v_put -> 'skipped' @> '[{"code": "no_rate"}]' then
      perform private.fail('BH003', 'a part without an hourly rate cannot go to an invoice', 'invoice');
    end if;
    v_invoices := v_invoices || array_remove(array[(v_put ->> 'invoice_id')::uuid], null);
  end loop;
  return private.replacement_outcome(p_id) || jsonb_build_object('invoice_ids', to_jsonb(v_invoices));
end
$$;
comment on function public.split_to_invoices(uuid, uuid, jsonb, jsonb) is
  'split_draft, with those parts approved and put on an invoice draft that name one (invoice): by its id, or "new", "new 2" for '
  'one that is made, each for one client and currency. All of it or nothing, one act to take back, and asked twice with the '
  'same p_id it is done once. security definer: it is made of procedures that are, which check the role, and reads what they made.';
grant execute on function public.split_to_invoices(uuid, uuid, jsonb, jsonb) to authenticated;

create function private.redo_replacement(p_id uuid)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  r public.draft_replacements;
  v_made uuid[];
  v_problems jsonb;
begin
  select array_agg(id) into v_made from public.draft_line_items where made_by = p_id;
  select * into r from public.draft_replacements where id = p_id;
  perform private.lock_drafts(v_made || r.draft_ids);
  select * into r from public.draft_replacements where id = p_id;
  if r.undone_at is null then
    return private.replacement_outcome(p_id);
  end if;
  v_problems := private.problems_of(r.draft_ids, '{}');
  if v_problems is not null then
    return private.draft_outcome(null, v_problems);
  end if;
  perform set_config('billhook.action', 'undo', true);
  update public.draft_line_items set status = 'rejected', replaced_by = p_id where id = any (r.draft_ids);
  update public.draft_line_items set status = 'draft', replaced_by = null where id = any (v_made);
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select distinct l.commit_id, m.id, l.workspace_id
  from public.commit_draft_items l cross join unnest(v_made) m (id)
  where l.draft_line_item_id = any (r.draft_ids)
  on conflict do nothing;
  update public.draft_replacements set undone_at = null, undone_by = null where id = p_id;
  -- The split or merge can itself be taken back again.
  delete from public.undone_acts u using public.audit_events e
  where e.workspace_id = r.workspace_id and e.entity_type = 'draft_replacements' and e.entity_id = p_id and e.before is null
    and u.act_id = e.act_id;
  return private.replacement_outcome(p_id);
end
$$;
comment on function private.redo_replacement(uuid) is
  'Takes back that parts were joined, or a merged line taken apart: what the replacement had made stands again, on the same '
  'commits, while the lines it stood for are open.';

create or replace function public.last_act(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('act_id', e.act_id, 'action', a.action, 'at', e.created_at,
    'lines', (select count(distinct o.entity_id) from public.audit_events o
      where o.act_id = e.act_id and o.entity_type = 'draft_line_items' and o.action = a.action))
  from public.audit_events e
  -- A split whose parts were approved in the same act is a split.
  cross join lateral (select coalesce((select o.action from public.audit_events o
    where o.act_id = e.act_id and o.entity_type = 'draft_line_items' and o.action in ('split', 'merge') limit 1), e.action) as action) a
  where e.workspace_id = p_workspace_id and e.actor_id = auth.uid() and e.entity_type = 'draft_line_items'
    and e.act_id is not null and e.created_at > now() - interval '7 days'
    and e.action in ('edit', 'approve', 'unapprove', 'ignore', 'restore', 'defer', 'undefer', 'split', 'merge', 'join', 'unmerge',
      'accept')
    and not exists (select 1 from public.undone_acts u where u.act_id = e.act_id)
  order by e.id desc limit 1
$$;

create or replace function public.undo_act(p_act_id uuid)
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
  v_problems jsonb;
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
  -- Looked up by its key for each, also where the tables have no statistics yet.
  cross join lateral (select to_jsonb(x) as row from public.draft_line_items x where x.id = t.entity_id offset 0) d
  where d.row @> t.left_as;
  v_skipped := (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'code', 'changed')), '[]')
    from (select unnest(v_ids) except select unnest(v_same)) x (id));

  -- What was split, merged or joined is put back as a whole: not while somebody's change to a part of it would be lost.
  select (e.after ->> 'replaced_by')::uuid into v_replacement_id from public.audit_events e
  where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.after ->> 'replaced_by' is not null limit 1;
  if v_replacement_id is not null then
    select jsonb_agg(jsonb_build_object('id', t.entity_id, 'code', case when t.left_as ->> 'status' <> d.row ->> 'status'
      then 'not_open' else 'changed' end)) into v_problems
    from (
      -- As it was before the first thing that a person did to it since.
      select e.entity_id, jsonb_object_agg(k.key, k.value order by e.id desc) as left_as
      from public.audit_events e cross join lateral jsonb_each(e.before) k
      where e.workspace_id = v_workspace_id and e.entity_type = 'draft_line_items'
        and e.entity_id = any (v_ids || array(select p.id from public.draft_line_items p where p.made_by = v_replacement_id))
        and e.actor_id is not null and k.key not in ('edited_at', 'approved_at')
        and e.id > (select max(o.id) from public.audit_events o where o.act_id = p_act_id)
      group by e.entity_id
    ) t
    cross join lateral (select to_jsonb(x) as row from public.draft_line_items x where x.id = t.entity_id offset 0) d
    where not d.row @> t.left_as;
    if v_problems is not null then
      -- Nothing is taken back; it can be tried again.
      delete from public.undone_acts where act_id in (p_act_id, private.current_act());
      return private.draft_outcome(null, v_problems);
    end if;
  end if;

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
      with reasons as materialized (
        select e.entity_id as draft_id, e.before ->> 'rejected_reason' as reason from public.audit_events e
        where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.before ->> 'rejected_reason' is not null
      )
      update public.draft_line_items d set rejected_reason = b.reason from reasons b
      where d.id = b.draft_id and d.id = any (v_part);
      update public.commits k set ignored_rule = e.before ->> 'ignored_rule', ignored_reason = e.before ->> 'ignored_reason'
      from public.audit_events e
      where e.act_id = p_act_id and e.entity_type = 'commits' and e.entity_id = k.id and k.status = 'ignored';
      continue;
    elsif r.action in ('split', 'merge', 'join', 'unmerge') then
      v_outcome := case when r.action in ('split', 'merge') then public.undo_replacement(v_replacement_id)
        else private.redo_replacement(v_replacement_id) end;
      if jsonb_array_length(v_outcome -> 'skipped') > 0 then
        -- Nothing was taken back; it can be tried again when the parts are open.
        delete from public.undone_acts where act_id in (p_act_id, private.current_act());
      end if;
      return v_outcome;
    end if;
    v_skipped := v_skipped || coalesce(v_outcome -> 'skipped', '[]');
    v_left := array(select (s ->> 'id')::uuid from jsonb_array_elements(v_outcome -> 'skipped') s);
    v_outcome := '{"skipped": []}';
    -- Everything else is put back column by column: an edit, a deferral, and the deferral that the act ended. Read once, in
    -- this order: joined at will, the list of lines is searched through for each line.
    perform set_config('billhook.action', 'undo', true);
    with changed as materialized (
      select e.entity_id, e.before from public.audit_events e
      where e.act_id = p_act_id and e.entity_type = 'draft_line_items' and e.action = r.action and e.action <> 'unapprove'
        and e.before ?| array['description', 'detailed_description', 'category', 'minutes', 'hourly_rate_minor', 'billable',
          'start_date', 'end_date', 'project_id', 'client_id', 'currency', 'ticket_key', 'ticket_url', 'epic', 'flags',
          'deferred_until', 'deferred_for_ticket', 'awaits_ticket', 'edited_at']
    ), b as materialized (
      select e.entity_id as draft_id, p.*
      from changed e
      cross join lateral (select x from public.draft_line_items x where x.id = e.entity_id offset 0) d
      cross join lateral jsonb_populate_record(d.x, e.before) p
      where e.entity_id = any (v_part) and e.entity_id <> all (v_left)
    )
    update public.draft_line_items d set
      description = b.description, detailed_description = b.detailed_description, category = b.category, minutes = b.minutes,
      hourly_rate_minor = b.hourly_rate_minor, billable = b.billable, start_date = b.start_date, end_date = b.end_date,
      project_id = b.project_id, client_id = b.client_id, currency = b.currency, ticket_key = b.ticket_key,
      ticket_url = b.ticket_url, epic = b.epic, flags = b.flags, deferred_until = b.deferred_until, deferred_for_ticket = b.deferred_for_ticket,
      awaits_ticket = b.awaits_ticket, edited_at = b.edited_at
    from b
    where d.id = b.draft_id and d.status = 'draft';
    v_skipped := v_skipped || (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'code', 'not_open')), '[]')
      from public.draft_line_items d where d.id = any (v_part) and d.id <> all (v_left) and d.status <> 'draft'
        and r.action <> 'unapprove');
  end loop;
  return private.draft_outcome(v_ids, v_skipped);
end
$$;
