-- Several lines as one: what tells that they belong together, and what a model is told to word them as one.

create function public.draft_paths(p_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(t.id, t.paths), '{}') from (
    select l.draft_line_item_id as id, jsonb_agg(distinct f ->> 'path') as paths
    from public.commit_draft_items l
    join public.commits k on k.id = l.commit_id
    cross join lateral jsonb_path_query(k.files, 'lax $[0 to 39]') f
    where l.draft_line_item_id = any (p_ids) and f ->> 'path' is not null
    group by l.draft_line_item_id
  ) t
$$;
comment on function public.draft_paths(uuid[]) is
  'The files that the commits of each line changed, forty of a commit at most. Under row level security: of another''s lines nothing.';
grant execute on function public.draft_paths(uuid[]) to authenticated;

create function public.roll_up_lines(p_ids uuid[])
returns jsonb
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_workspace_ids uuid[];
  v_clients integer;
begin
  if coalesce(cardinality(p_ids), 0) not between 1 and 500 then
    perform private.fail('BH003', 'between 1 and 500 lines are worded as one', 'ids');
  end if;
  select array_agg(distinct d.workspace_id), count(distinct d.client_id) into v_workspace_ids, v_clients
  from public.draft_line_items d where d.id = any (p_ids) and d.workspace_id = any (private.workspace_ids());
  perform private.require_role(v_workspace_ids[1], private.workers_of_inbox());
  if cardinality(v_workspace_ids) > 1 or v_clients > 1 then
    perform private.fail('BH003', 'only lines of one client are worded as one', 'ids');
  end if;
  return (
    select jsonb_build_object('workspace_id', v_workspace_ids[1], 'client_id', min(d.client_id::text), 'locale', min(c.locale),
      'about', case when count(distinct coalesce(t.title, d.epic, '')) = 1 then max(coalesce(t.title, d.epic)) end,
      'lines', jsonb_agg(d.description order by d.start_date, k.first_at, d.created_at, d.id))
    from public.draft_line_items d
    join public.clients c on c.id = d.client_id
    left join public.tickets t on t.id = d.ticket_id and t.state = 'found'
    left join lateral (
      select min(x.committed_at) as first_at from public.commit_draft_items l join public.commits x on x.id = l.commit_id
      where l.draft_line_item_id = d.id) k on true
    where d.id = any (p_ids) and d.workspace_id = v_workspace_ids[1]);
end
$$;
comment on function public.roll_up_lines(uuid[]) is
  'What a model is told to word lines of one client as one. security definer: it checks the role, as asking costs money.';
grant execute on function public.roll_up_lines(uuid[]) to authenticated;

create function public.word_access(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select private.word_connection(p_workspace_id) || jsonb_build_object('examples', private.word_examples_of(p_workspace_id))
$$;
comment on function public.word_access(uuid) is 'As begin_words, without lines: how to ask, and what people made of earlier words.';
grant execute on function public.word_access(uuid) to service_role;
