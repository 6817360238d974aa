-- Taking back what was done to thousands of lines takes no longer than doing it.

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
