-- What a person did last by the index of their acts, which a function called in the condition itself keeps the planner from.

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
  where e.workspace_id = p_workspace_id and e.actor_id = (select auth.uid()) and e.entity_type = 'draft_line_items'
    and e.act_id is not null and e.created_at > now() - interval '7 days'
    and e.action in ('edit', 'approve', 'unapprove', 'ignore', 'restore', 'defer', 'undefer', 'split', 'merge', 'join', 'unmerge',
      'accept')
    and not exists (select 1 from public.undone_acts u where u.act_id = e.act_id)
  order by e.id desc limit 1
$$;
