-- Statements on the way of a push are planned once for a connection, and not anew for every batch: their only argument is a
-- document, of which a plan made for it knows no more than any other. Planning took most of the time of a small batch.

create or replace function public.work_context(p_requests jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
  with recursive request as materialized (
    select (r ->> 'workspace_id')::uuid as workspace_id, r -> 'keys' as keys, r -> 'hints' as hints, r -> 'held' as held,
      r -> 'rewritten' as rewritten
    from jsonb_array_elements(p_requests) r
  ), rewritten as materialized (
    select q.workspace_id, x.* from request q
    cross join lateral jsonb_to_recordset(q.rewritten) as x (repository_id uuid, branch text, start text, head text, kept text[], depth integer)
  ), walk (workspace_id, repository_id, branch, start, side, id, hash, parents, depth) as (
    -- Back from the old head of the branch, and from what its new commits stand on.
    select x.workspace_id, x.repository_id, x.branch, x.start, s.side, k.id, k.hash, k.parents, x.depth
    from rewritten x
    cross join lateral (select 'old' as side, x.start as hash union all select 'new', unnest(x.kept)) s
    join public.commits k on k.repository_id = x.repository_id and k.workspace_id = x.workspace_id and k.hash = s.hash
    union
    select w.workspace_id, w.repository_id, w.branch, w.start, w.side, k.id, k.hash, k.parents, w.depth - 1
    from walk w
    cross join lateral unnest(w.parents) p (hash)
    join public.commits k on k.repository_id = w.repository_id and k.hash = p.hash
    where w.depth > 0
  ), dropped as materialized (
    select distinct w.workspace_id, w.repository_id, w.branch, w.id as commit_id
    from walk w
    join rewritten x on x.repository_id = w.repository_id and x.branch = w.branch and x.start = w.start
    where w.side = 'old' and w.hash <> all (x.kept)
      and not exists (select 1 from walk n where n.side = 'new' and n.repository_id = w.repository_id and n.branch = w.branch and n.id = w.id)
      -- A head that the new one leads to is ahead, not gone.
      and not exists (select 1 from walk h where h.side = 'old' and h.repository_id = w.repository_id and h.branch = w.branch
        and h.start = w.start and h.hash = x.head)
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
    from (select workspace_id, commit_id from claimed union select workspace_id, commit_id from hinted
      union select workspace_id, commit_id from dropped) f
    join request q on q.workspace_id = f.workspace_id
    join public.commits k on k.id = f.commit_id
    join public.commits r on r.id = coalesce(k.same_work_as, k.id)
  )
  select jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from claimed c),
    'hints', (select coalesce(jsonb_agg(to_jsonb(h)), '[]') from hinted h),
    'dropped', (select coalesce(jsonb_agg(to_jsonb(d)), '[]') from dropped d),
    'works', (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'hash', w.hash, 'root_id', w.root_id, 'root_hash', w.root_hash,
      'repository_id', w.repository_id, 'branch', w.branch, 'author_name', w.author_name, 'author_email', w.author_email,
      'author_username', w.author_username, 'authored_at', w.authored_at, 'message', left(w.message, 1000),
      'patch_id', w.patch_id, 'parents', w.parents, 'ignored_rule', w.root_rule,
      'reverted', exists (select 1 from public.commit_links l where l.earlier_id = w.root_id and l.kind = 'reverts'),
      'files', case when w.held ? w.hash or exists (select 1 from dropped d where d.commit_id = w.id) then w.files end,
      'minutes', (select coalesce(sum(d.minutes), 0) from public.commit_draft_items i
        join public.draft_line_items d on d.id = i.draft_line_item_id
        -- The lines that it was proposed as: what they were split into or merged with is the same time once more.
        where i.commit_id = w.root_id and d.made_by is null))), '[]') from works w)));
end
$$;

do $$
declare
  f text;
begin
  foreach f in array array['public.accept_deliveries(jsonb)', 'public.begin_deliveries(uuid[])', 'public.person_days(jsonb)',
    'public.work_context(jsonb)', 'public.record_deliveries(jsonb, jsonb, jsonb)', 'private.link_work(jsonb)'] loop
    execute format('alter function %s set plan_cache_mode = force_generic_plan', f);
  end loop;
end
$$;
