-- What is done for very many commits at once, done in the same time for each however many there are.

create or replace function private.link_work(p_results jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- Of the commits that were written now: those the repository had already are passed over here too.
  v_work constant jsonb := (
    select jsonb_agg(jsonb_build_object('id', k.id, 'workspace_id', k.workspace_id) || (c.value -> 'work') order by d.ordinality, c.ordinality)
    from jsonb_array_elements(p_results) with ordinality d
    cross join lateral jsonb_array_elements(d.value -> 'commits') with ordinality c
    join public.commits k on k.id = (c.value ->> 'id')::uuid
    where jsonb_typeof(c.value -> 'work') = 'object');
  v_claims constant jsonb := (
    select jsonb_agg(c.value || jsonb_build_object('id', k.id, 'workspace_id', k.workspace_id) order by k.nth)
    from rows from (jsonb_to_recordset(v_work) as (id uuid, workspace_id uuid, claims jsonb)) with ordinality
      as k (id, workspace_id, claims, nth)
    cross join lateral jsonb_array_elements(k.claims) c);
  v_links jsonb;
begin
  if v_work is null then
    return;
  end if;

  -- What a rule had left out gives its names to the commit that the rules let through.
  if jsonb_path_exists(v_claims, '$[*] ? (@.take == true)') then
    perform 1 from jsonb_to_recordset(v_claims) as c (workspace_id uuid, key text, take boolean)
    join public.work_claims w on w.workspace_id = c.workspace_id and w.key = c.key
    where c.take
    order by w.workspace_id, w.key for update of w;
    update public.work_claims w set commit_id = c.id
    from jsonb_to_recordset(v_claims) as c (id uuid, workspace_id uuid, key text, owner uuid, take boolean)
    where c.take and w.workspace_id = c.workspace_id and w.key = c.key and w.commit_id = c.owner;
  end if;

  -- In the order of the key, as everywhere: who comes second waits here for the first, and sees below that it was first.
  insert into public.work_claims (workspace_id, key, commit_id)
  select distinct on (c.workspace_id, c.key) c.workspace_id, c.key, c.id
  from jsonb_to_recordset(v_claims) as c (id uuid, workspace_id uuid, key text, owner uuid)
  order by c.workspace_id, c.key, c.owner is not null
  on conflict (workspace_id, key) do nothing;
  select jsonb_agg(jsonb_build_object('workspace_id', k.workspace_id, 'commit_id', k.id) || l.value)
  into v_links
  from jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, links jsonb)
  cross join lateral jsonb_array_elements(k.links) l;
  if exists (
    select 1
    from jsonb_to_recordset(v_claims) as c (id uuid, workspace_id uuid, key text, owner uuid)
    -- "limit 1" looks each name up in the key. As a join it is planned without knowing the names, and reads every one there is.
    cross join lateral (select w.commit_id from public.work_claims w
      where w.workspace_id = c.workspace_id and w.key = c.key limit 1) w
    where w.commit_id <> c.id and w.commit_id is distinct from c.owner
  ) or exists (
    select 1 from jsonb_to_recordset(v_links) as l (workspace_id uuid, earlier_id uuid)
    where not exists (select 1 from public.commits e where e.workspace_id = l.workspace_id and e.id = l.earlier_id)
  ) then
    perform private.fail('BH010', 'the same work was recorded at the same moment');
  end if;
  if v_links is null then
    return;
  end if;

  insert into public.commit_links (commit_id, earlier_id, workspace_id, kind, evidence)
  select l.commit_id, l.earlier_id, l.workspace_id, l.kind, l.evidence
  from jsonb_to_recordset(v_links) as l (commit_id uuid, earlier_id uuid, workspace_id uuid, kind text, evidence text)
  on conflict do nothing;

  -- A known work's commit has the state of the work, and is evidence of its drafts.
  update public.commits k set same_work_as = r.id, same_work_evidence = l.evidence, status = r.status, ignored_at = r.ignored_at,
    ignored_rule = r.ignored_rule, ignored_reason = r.ignored_reason, invoiced_at = r.invoiced_at
  from (
    select distinct on (l.commit_id) l.* from rows from (jsonb_to_recordset(v_links) as (commit_id uuid, earlier_id uuid, kind text, evidence text))
      with ordinality as l (commit_id, earlier_id, kind, evidence, nth)
    where l.kind = 'same' order by l.commit_id, l.nth
  ) l
  join public.commits e on e.id = l.earlier_id
  join public.commits r on r.id = coalesce(e.same_work_as, e.id)
  where k.id = l.commit_id;
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select distinct l.commit_id, i.draft_line_item_id, i.workspace_id
  from jsonb_to_recordset(v_links) as l (commit_id uuid, earlier_id uuid, kind text)
  join public.commits e on e.id = l.earlier_id
  join public.commit_draft_items i on i.commit_id = coalesce(e.same_work_as, e.id)
  where l.kind = 'same'
  on conflict do nothing;

  perform set_config('billhook.action', 'rewrite', true);
  -- An open draft follows what its commit became, in words and in time, while nobody has touched it. Every one is touched, so
  -- that open pages show the new hash.
  update public.draft_line_items d set
    description = case when n.renews then n.proposal ->> 'description' else d.description end,
    detailed_description = case when n.renews then n.proposal ->> 'detailed_description' else d.detailed_description end,
    category = case when n.renews then n.proposal ->> 'category' else d.category end,
    ticket_key = case when n.renews then n.proposal ->> 'ticket_key' else d.ticket_key end,
    minutes = case when n.estimates then (n.proposal ->> 'minutes')::integer else d.minutes end,
    estimated_minutes = case when n.estimates then (n.proposal ->> 'minutes')::integer else d.estimated_minutes end,
    estimate_low = case when n.estimates then (n.proposal ->> 'estimate_low')::integer else d.estimate_low end,
    estimate_high = case when n.estimates then (n.proposal ->> 'estimate_high')::integer else d.estimate_high end,
    estimate_method = case when n.estimates then n.proposal ->> 'estimate_method' else d.estimate_method end,
    estimate_reason = case when n.estimates then n.proposal ->> 'estimate_reason' else d.estimate_reason end
  from (
    select distinct on (x.id) x.id, k.proposal, x.edited_at is null and x.is_own and k.same_work_evidence in ('author_date', 'patch_id') as renews,
      -- A calibrated estimate is moved with its day, in which the rewritten commit counts.
      x.edited_at is null and x.is_own and k.same_work_evidence in ('author_date', 'patch_id')
        and (x.estimate_method <> 'calibrated' or k.proposal ->> 'estimate_method' = 'explicit') as estimates
    from rows from (jsonb_to_recordset(v_links) as (commit_id uuid, earlier_id uuid, kind text, evidence text))
      with ordinality as l (commit_id, earlier_id, kind, evidence, nth)
    join public.commits k on k.id = l.commit_id
    join public.commit_draft_items i on i.commit_id = k.id
    join lateral (
      select o.id, o.edited_at, o.estimate_method, o.source_type = 'commit' and o.share = 1
        -- Of one work only, and of all of it.
        and not exists (select 1 from public.commit_draft_items a join public.commits c on c.id = a.commit_id
          where a.draft_line_item_id = o.id and coalesce(c.same_work_as, c.id) <> k.same_work_as)
        and not exists (select 1 from public.commit_links p where p.commit_id = k.same_work_as and p.kind = 'part')
        and (select count(*) from public.commit_draft_items a where a.commit_id = k.same_work_as) = 1 as is_own
      from public.draft_line_items o where o.id = i.draft_line_item_id and o.status = 'draft'
    ) x on true
    where l.kind = 'same'
    order by x.id, l.nth desc
  ) n
  where d.id = n.id;
  perform set_config('billhook.action', '', true);
end
$$;
comment on function private.link_work(jsonb) is
  'Takes the names of recorded work and links what is known already: part of record_deliveries, in its transaction. Where another '
  'worker took one of the names since work_context was asked, nothing is written (BH010) and the batch is decided again.';

create or replace function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  -- "materialized": otherwise every row is made a document anew for each of its columns.
  with changed as materialized (
    select x.doc ->> tg_argv[0] as key, x.doc, true as is_new from (select to_jsonb(r) as doc from new_rows r) x
    union all
    select x.doc ->> tg_argv[0], x.doc, false from (select to_jsonb(r) as doc from old_rows r) x
  ), pairs as materialized (
    -- Grouped, not joined: a join is planned for the first number of rows there ever was.
    select (array_agg(doc) filter (where not is_new))[1] as before, (array_agg(doc) filter (where is_new))[1] as after
    from changed
    group by key
  )
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after)
  select (p.after ->> case when tg_table_name = 'workspaces' then 'id' else 'workspace_id' end)::uuid, auth.uid(), tg_table_name,
    (p.after ->> tg_argv[0])::uuid,
    coalesce(nullif(current_setting('billhook.action', true), ''), 'update'), d.before, d.after
  from pairs p
  cross join lateral (
    select jsonb_object_agg(k, p.before -> k) as before, jsonb_object_agg(k, p.after -> k) as after
    from jsonb_object_keys(p.after) k
    where p.before -> k is distinct from p.after -> k and k not in ('updated_at', 'version', 'last_delivery_at', 'reconciled_at')
  ) d
  where p.before is not null and d.after is not null;
  return null;
end
$$;
