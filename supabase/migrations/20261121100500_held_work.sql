-- What a squash lists it need not hold: its own files say so.

create or replace function private.join_works(p_matches jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  m record;
  v_work uuid;
  v_others uuid[];
  v_touched uuid[];
  v_relation text;
begin
  for m in
    select * from jsonb_to_recordset(p_matches) as m (work_id uuid, other_ids uuid[], relation text, evidence text, flag jsonb, flag_back jsonb)
  loop
    select coalesce(same_work_as, id) into v_work from public.commits where id = m.work_id;
    select array_agg(distinct coalesce(k.same_work_as, k.id)) into v_others from public.commits k
    where k.id = any (m.other_ids) and coalesce(k.same_work_as, k.id) <> v_work
      -- What a rule left out is proposed nowhere.
      and (k.status <> 'ignored' or k.ignored_rule is null);
    if v_others is null or exists (select 1 from public.commits where id = v_work and status = 'ignored' and ignored_rule is not null)
      or exists (
        select 1 from public.commit_links l
        join public.commits k on k.id = l.commit_id
        join public.commits e on e.id = l.earlier_id
        where l.kind = 'suspected' and (l.evidence is not null or m.relation = 'suspected')
          and (coalesce(k.same_work_as, k.id) = v_work and coalesce(e.same_work_as, e.id) = any (v_others)
            or coalesce(k.same_work_as, k.id) = any (v_others) and coalesce(e.same_work_as, e.id) = v_work))
    then
      -- Said already, or a person took the two apart.
      continue;
    end if;
    v_relation := m.relation;
    if v_relation = 'within' then
      -- A squash lists commits whose change its branch had already: what it does not change it does not hold.
      select case when not bool_and(f.has_path) then 'apart' when bool_and(f.has_lines) then 'within' else 'suspected' end into v_relation
      from (
        select exists (select 1 from jsonb_array_elements(o.files) x where x ->> 'path' = f ->> 'path') as has_path,
          exists (select 1 from jsonb_array_elements(o.files) x where x ->> 'path' = f ->> 'path'
            and coalesce((x ->> 'additions')::bigint, 0) >= coalesce((f ->> 'additions')::bigint, 0)
            and coalesce((x ->> 'deletions')::bigint, 0) >= coalesce((f ->> 'deletions')::bigint, 0)) as has_lines
        from public.commits w, public.commits o, jsonb_array_elements(w.files) f
        where w.id = v_work and o.id = v_others[1] and o.files is not null
      ) f;
      if v_relation = 'apart' then
        continue;
      end if;
    end if;
    select array_agg(distinct draft_line_item_id) into v_touched from public.commit_draft_items where commit_id = any (v_work || v_others);
    perform 1 from public.draft_line_items where id = any (v_touched) order by id for update;
    perform set_config('billhook.action', 'rewrite', true);
    case
      when v_relation = 'same' and private.is_untouched(v_others[1])
        and (not private.is_untouched(v_work)
          or (select o.created_at > k.created_at from public.commits o, public.commits k where o.id = v_others[1] and k.id = v_work)) then
        perform private.give_way(v_others[1], array[v_work], m.evidence, m.flag_back);
      when coalesce(v_relation, 'suspected') <> 'suspected' and private.is_untouched(v_work) then
        perform private.give_way(v_work, v_others, m.evidence, m.flag);
      when v_relation = 'holds' and (select bool_and(private.is_untouched(o)) from unnest(v_others) o) then
        perform private.give_way(o, array[v_work], m.evidence, m.flag_back) from unnest(v_others) o;
      else
        perform private.flag_work(v_work, v_others, m.flag, m.flag_back);
    end case;
    -- So that open pages show it.
    update public.draft_line_items set updated_at = now() where id = any (v_touched);
    perform set_config('billhook.action', '', true);
  end loop;
end
$$;
comment on function private.join_works(jsonb) is
  'Two works turn out to be one: [{work_id, other_ids, relation, evidence, flag, flag_back}]. Where nobody touched the drafts of one of '
  'the two, they give way: the younger ones where either may (same), those of the work where it lies within the other, as its files show, or holds them all. '
  'Where all were touched, or it is suspected only, an open draft gets a flag. What a person took apart stays apart.';
