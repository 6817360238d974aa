-- What is found out later: that two works are one, and what a rewritten branch no longer holds.

create function private.join_works(p_matches jsonb)
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
    select array_agg(distinct draft_line_item_id) into v_touched from public.commit_draft_items where commit_id = any (v_work || v_others);
    perform 1 from public.draft_line_items where id = any (v_touched) order by id for update;
    perform set_config('billhook.action', 'rewrite', true);
    case
      when m.relation = 'same' and private.is_untouched(v_others[1])
        and (not private.is_untouched(v_work)
          or (select o.created_at > k.created_at from public.commits o, public.commits k where o.id = v_others[1] and k.id = v_work)) then
        perform private.give_way(v_others[1], array[v_work], m.evidence, m.flag_back);
      when m.relation <> 'suspected' and private.is_untouched(v_work) then
        perform private.give_way(v_work, v_others, m.evidence, m.flag);
      when m.relation = 'holds' and (select bool_and(private.is_untouched(o)) from unnest(v_others) o) then
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
  'the two, they give way: the younger ones where either may (same), those of the work where it lies within the other or holds them all. '
  'Where all were touched, or it is suspected only, an open draft gets a flag. What a person took apart stays apart.';

create function private.is_untouched(p_work_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select 1 from public.commit_draft_items where commit_id = p_work_id)
    and not exists (
      select 1 from public.commit_draft_items i
      join public.draft_line_items d on d.id = i.draft_line_item_id
      where i.commit_id = p_work_id and (d.status <> 'draft' or d.edited_at is not null or d.source_type <> 'commit'
        or exists (select 1 from public.commit_draft_items o join public.commits k on k.id = o.commit_id
          where o.draft_line_item_id = d.id and coalesce(k.same_work_as, k.id) <> p_work_id)))
    -- What holds other work proposes the rest of itself only.
    and not exists (select 1 from public.commit_links where commit_id = p_work_id and kind = 'part')
$$;
comment on function private.is_untouched(uuid) is 'Are all drafts of the work open, its own, and as they were proposed?';

create function private.give_way(p_work_id uuid, p_others uuid[], p_evidence text, p_flag jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_commits uuid[];
begin
  select array_agg(id) into v_commits from public.commits where id = p_work_id or same_work_as = p_work_id;
  update public.draft_line_items d set status = 'rejected', rejected_at = now(), deferred_until = null,
    rejected_reason = 'It is the work of ' || (p_flag ->> 'short_hash') || ' under another hash, as was found out later.',
    -- Brought back, it says so.
    flags = jsonb_path_query_array(d.flags, '$[*] ? (@.code != "possible_rewrite")') || jsonb_build_array(p_flag)
  where d.id in (select draft_line_item_id from public.commit_draft_items where commit_id = p_work_id);
  delete from public.commit_links l where l.kind = 'suspected' and l.evidence is null
    and (l.commit_id = any (v_commits) and l.earlier_id = any (p_others) or l.commit_id = any (p_others) and l.earlier_id = any (v_commits));
  insert into public.commit_links (commit_id, earlier_id, workspace_id, kind, evidence)
  select k.id, o.id, k.workspace_id, 'same', p_evidence from public.commits k cross join unnest(p_others) o (id) where k.id = p_work_id
  on conflict do nothing;
  update public.commits k set same_work_as = r.id, same_work_evidence = p_evidence, status = r.status, ignored_at = r.ignored_at,
    ignored_rule = r.ignored_rule, ignored_reason = r.ignored_reason, invoiced_at = r.invoiced_at
  from public.commits r where r.id = p_others[1] and k.id = any (v_commits);
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id)
  select k.id, i.draft_line_item_id, i.workspace_id from unnest(v_commits) k (id)
  cross join public.commit_draft_items i where i.commit_id = any (p_others)
  on conflict do nothing;
  -- What an open line said of the other is settled.
  update public.draft_line_items d set flags = f.kept
  from (
    select x.id, coalesce(jsonb_agg(e.value order by e.nth) filter (where e.value ->> 'code' <> 'possible_rewrite'
      or (e.value ->> 'commit_id')::uuid <> all (v_commits)), '[]') as kept
    from public.draft_line_items x
    join public.commit_draft_items i on i.draft_line_item_id = x.id and i.commit_id = any (p_others)
    left join lateral jsonb_array_elements(x.flags) with ordinality e (value, nth) on true
    where x.status = 'draft'
    group by x.id
  ) f
  where d.id = f.id and d.flags <> f.kept;
end
$$;
comment on function private.give_way(uuid, uuid[], text, jsonb) is
  'Links a work and all its commits to what it turned out to be. Its own drafts are ignored, with the reason, and can be brought back.';

create function private.flag_work(p_work_id uuid, p_others uuid[], p_flag jsonb, p_flag_back jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not private.add_flag(array[p_work_id], 'draft', p_flag) and not private.add_flag(p_others, 'draft', p_flag_back) then
    -- Settled, both of them: an approved line can still be looked at.
    perform private.add_flag(array[p_work_id], 'approved', p_flag);
  end if;
  insert into public.commit_links (commit_id, earlier_id, workspace_id, kind)
  select k.id, o.id, k.workspace_id, 'suspected' from public.commits k cross join unnest(p_others) o (id) where k.id = p_work_id
  on conflict do nothing;
end
$$;
comment on function private.flag_work(uuid, uuid[], jsonb, jsonb) is
  'Says on a line that another may be the same work: on the open ones of the work, of the others, or on the approved one.';

create function private.add_flag(p_commit_ids uuid[], p_status text, p_flag jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.draft_line_items d set flags = jsonb_build_array(p_flag) || coalesce((
    select jsonb_agg(f order by nth) from jsonb_array_elements(d.flags) with ordinality f (f, nth)
    where f ->> 'code' <> p_flag ->> 'code' or f ->> 'commit_id' is distinct from p_flag ->> 'commit_id'), '[]')
  where d.id in (select draft_line_item_id from public.commit_draft_items where commit_id = any (p_commit_ids)) and d.status = p_status;
  return found;
end
$$;
comment on function private.add_flag(uuid[], text, jsonb) is
  'Flags the drafts of these commits that have the status, in place of what the same flag said of the same commit; false where there are none.';
grant execute on function private.add_flag(uuid[], text, jsonb), private.join_works(jsonb), private.is_untouched(uuid), private.give_way(uuid, uuid[], text, jsonb),
  private.flag_work(uuid, uuid[], jsonb, jsonb) to service_role;

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
  perform private.join_works((
    select jsonb_agg(m) from jsonb_to_recordset(v_work) as k (matches jsonb) cross join lateral jsonb_array_elements(k.matches) m));
end
$$;

create or replace function public.complete_commits(p_commits jsonb)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_completed uuid[];
begin
  with listed as materialized (
    select * from jsonb_to_recordset(p_commits) as l (id uuid, person_id uuid, parents text[], author_name text, author_email text,
      authored_at timestamptz, authored_offset_minutes integer, work_day date, files jsonb, files_changed integer, additions integer,
      deletions integer, source_files integer, source_additions integer, source_deletions integer, binary_files integer,
      patch_id text, moment_key text, message_key text)
  ), taken as materialized (
    select id from public.commits where id in (select id from listed) and additions is null order by id for update
  ), completed as (
    update public.commits c set parents = coalesce(l.parents, c.parents), author_name = coalesce(c.author_name, left(l.author_name, 320)),
      author_email = coalesce(c.author_email, left(l.author_email, 320)), person_id = coalesce(l.person_id, c.person_id),
      authored_at = coalesce(l.authored_at, c.authored_at), work_day = coalesce(l.work_day, c.work_day),
      authored_offset_minutes = coalesce(l.authored_offset_minutes, c.authored_offset_minutes), files = coalesce(l.files, c.files),
      files_changed = coalesce(l.files_changed, c.files_changed), additions = l.additions, deletions = l.deletions,
      source_files = l.source_files, source_additions = l.source_additions, source_deletions = l.source_deletions,
      binary_files = l.binary_files, patch_id = coalesce(l.patch_id, c.patch_id), moment_key = coalesce(l.moment_key, c.moment_key),
      message_key = coalesce(l.message_key, c.message_key)
    from listed l where c.id = l.id and c.id in (select id from taken)
    returning c.id
  )
  select coalesce(array_agg(id), '{}') into v_completed from completed;

  insert into public.work_claims (workspace_id, key, commit_id)
  select distinct on (k.workspace_id, c.key) k.workspace_id, c.key, k.id
  from jsonb_to_recordset(p_commits) as l (id uuid, work jsonb)
  join public.commits k on k.id = l.id
  cross join lateral jsonb_to_recordset(l.work -> 'claims') as c (key text, owner uuid)
  where l.id = any (v_completed) and c.owner is null
  order by k.workspace_id, c.key
  on conflict (workspace_id, key) do nothing;
  if exists (
    select 1 from jsonb_to_recordset(p_commits) as l (id uuid, work jsonb)
    join public.commits k on k.id = l.id
    cross join lateral jsonb_to_recordset(l.work -> 'claims') as c (key text, owner uuid)
    cross join lateral (select w.commit_id from public.work_claims w where w.workspace_id = k.workspace_id and w.key = c.key limit 1) w
    where l.id = any (v_completed) and c.owner is null and w.commit_id <> l.id
  ) then
    perform private.fail('BH010', 'the same work was recorded at the same moment');
  end if;
  perform private.join_works((
    select jsonb_agg(m) from jsonb_to_recordset(p_commits) as l (id uuid, work jsonb)
    cross join lateral jsonb_array_elements(l.work -> 'matches') m where l.id = any (v_completed)));
  return cardinality(v_completed);
end
$$;
comment on function public.complete_commits(jsonb) is
  'Adds to recorded commits what the host told of them later; what was there before stays. With a patch-id or an author date a commit '
  'gets the names they give it, and what turns out to be known work is joined to it. BH010 where another worker took such a name.';

create or replace function public.work_context(p_requests jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
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
        where i.commit_id = w.root_id and d.made_by is null))), '[]') from works w))
$$;
comment on function public.work_context(jsonb) is
  'For [{workspace_id, keys, hints, held, rewritten}]: who has the keys, the latest commit with each hint, what a rewritten branch '
  'no longer holds of what is recorded, and what is known of these commits; files only of the hashes in held and of those '
  'no longer there. One round trip for a batch of deliveries.';

create or replace function public.estimate_again(p_estimates jsonb, p_moved jsonb default '[]', p_delivery_ids uuid[] default '{}',
  p_waits_until timestamptz default null)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_changed integer;
  -- packages/domain/flags.ts: those that the commit raises by itself.
  v_of_commit constant text[] := '{no_explicit_time,explicit_implausible,explicit_several,explicit_long,explicit_pattern_invalid,'
    'no_file_list,no_files_changed,no_line_counts,many_lines,mostly_generated,impossible_counts,implausible_counts,capped,'
    'no_author,date_before_2000,date_in_future,authored_after_committed,implausible_time}';
begin
  -- In the order of lock_drafts, so that two that touch the same drafts cannot wait for each other.
  perform 1 from public.draft_line_items d
  where d.id in (select l.draft_line_item_id from public.commit_draft_items l
    where l.commit_id in (select (e ->> 'commit_id')::uuid from jsonb_array_elements(p_estimates) e))
    or d.id in (select (m ->> 'draft_id')::uuid from jsonb_array_elements(p_moved) m)
  order by d.id for update;
  update public.draft_line_items d set minutes = m.minutes, estimated_minutes = m.minutes, estimate_low = m.low,
    estimate_high = m.high, estimate_reason = m.reason
  from jsonb_to_recordset(p_moved) as m (draft_id uuid, minutes integer, low integer, high integer, reason text)
  where d.id = m.draft_id and d.status = 'draft' and d.edited_at is null;
  with listed as materialized (
    select * from jsonb_to_recordset(p_estimates) as l (commit_id uuid, minutes integer, low integer, high integer, method text,
      reason text, flags jsonb)
  ), estimated as (
    update public.draft_line_items d set minutes = l.minutes, estimated_minutes = l.minutes, estimate_low = l.low, estimate_high = l.high,
      estimate_method = l.method, estimate_reason = l.reason, flags = case when l.flags is null then d.flags
        else coalesce((
          -- What its person, its day, its ticket and other commits say of it stays.
          select jsonb_agg(f order by nth) from jsonb_array_elements(d.flags) with ordinality f (f, nth)
          where f ->> 'code' <> all (v_of_commit) and not jsonb_path_exists(l.flags, '$[*] ? (@.code == $code)', jsonb_build_object('code', f -> 'code'))
        ), '[]') || l.flags end
    from listed l
    join public.commit_draft_items i on i.commit_id = l.commit_id
    where d.id = i.draft_line_item_id and d.status = 'draft' and d.edited_at is null and d.source_type = 'commit' and d.share = 1
      -- A draft that was joined from several works is not of one estimate, nor is that of a commit that became another one.
      and not exists (select 1 from public.commit_draft_items o join public.commits k on k.id = o.commit_id
        where o.draft_line_item_id = d.id and k.id <> l.commit_id
          and (k.same_work_as is distinct from l.commit_id or k.same_work_evidence = 'author_date'))
      -- Nor is one of what is left of a commit beside known work.
      and not exists (select 1 from public.commit_links p where p.commit_id = l.commit_id and p.kind = 'part')
    returning d.id
  )
  select count(*) into v_changed from estimated;
  update public.webhook_deliveries d set
    incomplete_reason = case when p_waits_until is null then null else d.incomplete_reason end, waits_until = p_waits_until,
    completed_at = case when p_waits_until is null then clock_timestamp() else d.completed_at end
  where d.id = any (p_delivery_ids) and d.status = 'done';
  return v_changed;
end
$$;
comment on function public.estimate_again(jsonb, jsonb, uuid[], timestamptz) is
  'Gives drafts that nobody has touched the estimate that their completed commit has now, and moves those of the same days with '
  'it; what a person edited, approved or joined stays. The deliveries named are complete with it, or wait for the host until the moment given.';
