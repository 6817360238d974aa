-- A ticket's or a sprint's work is rolled up whether it was approved yet or not.

create function public.roll_up_drafts(p_id uuid, p_ids uuid[], p_fields jsonb default '{}', p_versions jsonb default '{}')
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_approved uuid[];
  v_problems jsonb;
begin
  perform private.lock_drafts(p_ids);
  if not exists (select 1 from public.draft_replacements where id = p_id and workspace_id = any (private.workspace_ids())) then
    select array_agg(t.id) filter (where t.approved),
      jsonb_agg(jsonb_build_object('id', t.id, 'code', t.problem)) filter (where t.problem is not null)
    into v_approved, v_problems
    from (
      select l.id, d.status = 'approved' as approved, coalesce(l.problem, case
        when d.invoice_id is not null then 'on_invoice'
        when d.status = 'approved' and e.status = 'locked' then 'locked'
        when d.status = 'rejected' then 'ignored'
      end) as problem
      from private.locked_drafts(p_ids, p_versions) l
      left join public.draft_line_items d on d.id = l.id
      left join public.time_entries e on e.draft_line_item_id = d.id and e.superseded_at is null
    ) t;
    if v_problems is not null then
      return private.draft_outcome(null, v_problems);
    end if;
    if v_approved is not null then
      perform public.unapprove_drafts(v_approved);
    end if;
  end if;
  return public.merge_drafts(p_id, p_ids, p_fields);
end
$$;
comment on function public.roll_up_drafts(uuid, uuid[], jsonb, jsonb) is
  'As merge_drafts, of open lines and of approved ones that are on no invoice: their approval is taken back in the same '
  'transaction, as the one line is what a person has to approve. All of them or none. security definer: drafts are not '
  'writable directly; lock_drafts checks the role.';
grant execute on function public.roll_up_drafts(uuid, uuid[], jsonb, jsonb) to authenticated;
