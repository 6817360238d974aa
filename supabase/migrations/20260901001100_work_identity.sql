-- The same work under a new hash: what it is known by, how commits of it hang together, and how one is taken apart again.
-- packages/domain/identity.ts decides, docs/decisions/0007-work-identity.md says why.

create table public.work_claims (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  key text not null check (length(key) between 1 and 200),
  commit_id uuid not null,
  primary key (workspace_id, key),
  foreign key (workspace_id, commit_id) references public.commits (workspace_id, id) on delete cascade
);
comment on table public.work_claims is
  'The names that only one piece of work has: hash, patch-id, author with date and subject, and the hashes of what it was picked '
  'or squashed from. The first commit with a name has it; this key is what lets only one of two workers propose the same work.';
create index work_claims_commit on public.work_claims (commit_id);

create table public.commit_links (
  commit_id uuid not null,
  earlier_id uuid not null,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  kind text not null check (kind in ('same', 'part', 'reverts', 'suspected')),
  evidence text check (evidence in ('hash', 'patch_id', 'pull_request', 'squash', 'cherry_pick', 'author_date')),
  created_at timestamptz not null default now(),
  primary key (commit_id, earlier_id, kind),
  foreign key (workspace_id, commit_id) references public.commits (workspace_id, id) on delete cascade,
  foreign key (workspace_id, earlier_id) references public.commits (workspace_id, id) on delete cascade
);
comment on table public.commit_links is
  'What a commit has to do with one known before it. same: its work, all of it, with the evidence; part: it holds it among '
  'other work; reverts: it takes it back; suspected: it may be the same, and nothing proves it.';
create index commit_links_earlier on public.commit_links (earlier_id, kind);

do $$
declare
  t text;
begin
  foreach t in array array['work_claims', 'commit_links'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant all on public.%I to service_role', t);
  end loop;
end
$$;
create policy commit_links_read on public.commit_links for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
grant select on public.commit_links to authenticated;

create function public.work_context(p_requests jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with request as materialized (
    select (r ->> 'workspace_id')::uuid as workspace_id, r -> 'keys' as keys, r -> 'hints' as hints, r -> 'held' as held
    from jsonb_array_elements(p_requests) r
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
    from (select workspace_id, commit_id from claimed union select workspace_id, commit_id from hinted) f
    join request q on q.workspace_id = f.workspace_id
    join public.commits k on k.id = f.commit_id
    join public.commits r on r.id = coalesce(k.same_work_as, k.id)
  )
  select jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from claimed c),
    'hints', (select coalesce(jsonb_agg(to_jsonb(h)), '[]') from hinted h),
    'works', (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'hash', w.hash, 'root_id', w.root_id, 'root_hash', w.root_hash,
      'repository_id', w.repository_id, 'branch', w.branch, 'author_name', w.author_name, 'author_email', w.author_email,
      'author_username', w.author_username, 'authored_at', w.authored_at, 'message', left(w.message, 1000),
      'patch_id', w.patch_id, 'parents', w.parents, 'ignored_rule', w.root_rule,
      'reverted', exists (select 1 from public.commit_links l where l.earlier_id = w.root_id and l.kind = 'reverts'),
      'files', case when w.held ? w.hash then w.files end,
      'minutes', (select coalesce(sum(d.minutes), 0) from public.commit_draft_items i
        join public.draft_line_items d on d.id = i.draft_line_item_id where i.commit_id = w.root_id))), '[]') from works w))
$$;
comment on function public.work_context(jsonb) is
  'For [{workspace_id, keys, hints, held}]: who has the keys, the latest commit with each hint, and what is known of these '
  'commits; files only of the hashes in held. One round trip for a batch of deliveries.';
grant execute on function public.work_context(jsonb) to service_role;

create function private.link_work(p_results jsonb)
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
  v_links jsonb;
begin
  if v_work is null then
    return;
  end if;

  -- What a rule had left out gives its names to the commit that the rules let through.
  perform 1 from public.work_claims w
  join jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, claims jsonb) on k.workspace_id = w.workspace_id
  join lateral jsonb_to_recordset(k.claims) as c (key text, take boolean) on c.take and c.key = w.key
  order by w.workspace_id, w.key for update of w;
  update public.work_claims w set commit_id = k.id
  from jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, claims jsonb)
  cross join lateral jsonb_to_recordset(k.claims) as c (key text, owner uuid, take boolean)
  where c.take and w.workspace_id = k.workspace_id and w.key = c.key and w.commit_id = c.owner;

  -- In the order of the key, as everywhere: who comes second waits here for the first, and sees below that it was first.
  insert into public.work_claims (workspace_id, key, commit_id)
  select distinct on (k.workspace_id, c.key) k.workspace_id, c.key, k.id
  from jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, claims jsonb)
  cross join lateral jsonb_to_recordset(k.claims) as c (key text, owner uuid)
  order by k.workspace_id, c.key, c.owner is not null
  on conflict (workspace_id, key) do nothing;
  select jsonb_agg(jsonb_build_object('workspace_id', k.workspace_id, 'commit_id', k.id) || l.value)
  into v_links
  from jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, links jsonb)
  cross join lateral jsonb_array_elements(k.links) l;
  if exists (
    select 1
    from jsonb_to_recordset(v_work) as k (id uuid, workspace_id uuid, claims jsonb)
    cross join lateral jsonb_to_recordset(k.claims) as c (key text, owner uuid)
    join public.work_claims w on w.workspace_id = k.workspace_id and w.key = c.key
    where w.commit_id <> k.id and w.commit_id is distinct from c.owner
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
grant execute on function private.link_work(jsonb) to service_role;

create function public.separate_work(p_commit_id uuid)
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  k public.commits;
  v_draft_id uuid := gen_random_uuid();
  v_touched uuid[];
begin
  select * into k from public.commits where id = p_commit_id and workspace_id = any (private.workspace_ids());
  if k.id is null then
    perform private.fail('BH002', 'not found');
  end if;
  perform private.require_role(k.workspace_id, private.workers_of_inbox());
  select array_agg(draft_line_item_id) into v_touched from public.commit_draft_items where commit_id = k.id;
  perform private.lock_drafts(v_touched);
  select * into k from public.commits where id = p_commit_id for update;
  if k.same_work_as is null then
    perform private.fail('BH005', 'this commit is work of its own already');
  end if;
  perform set_config('billhook.action', 'separate', true);
  delete from public.commit_draft_items where commit_id = k.id;
  update public.commit_links set kind = 'suspected' where commit_id = k.id and kind = 'same';
  update public.commits set same_work_as = null, same_work_evidence = null, status = 'drafted', ignored_at = null, ignored_rule = null,
    ignored_reason = null, invoiced_at = null where id = k.id;
  insert into public.draft_line_items (id, workspace_id, client_id, project_id, repository_id, person_id, source_type, description,
    detailed_description, category, minutes, hourly_rate_minor, currency, billable, estimated_minutes, estimate_low, estimate_high,
    estimate_method, estimate_reason, flags, start_date, end_date, author_name, ticket_key)
  select v_draft_id, k.workspace_id, p.client_id, k.project_id, k.repository_id, k.person_id, 'commit',
    coalesce(x.description, left(split_part(k.message, E'\n', 1), 200), k.short_hash), x.detailed_description, x.category,
    coalesce(x.minutes, 0), private.project_rate_minor(k.project_id), c.currency, p.billing_type <> 'non_billable', x.minutes,
    x.estimate_low, x.estimate_high, coalesce(x.estimate_method, 'default'), x.estimate_reason, coalesce(x.flags, '[]'),
    coalesce(x.work_date, k.work_day, current_date), coalesce(x.work_date, k.work_day, current_date), k.author_name, k.ticket_ref
  from public.projects p
  join public.clients c on c.id = p.client_id
  cross join lateral jsonb_to_record(coalesce(k.proposal, '{}')) as x (description text, detailed_description text, category text,
    minutes integer, estimate_low integer, estimate_high integer, estimate_method text, estimate_reason text, flags jsonb, work_date date)
  where p.id = k.project_id;
  insert into public.commit_draft_items (commit_id, draft_line_item_id, workspace_id) values (k.id, v_draft_id, k.workspace_id);
  -- So that open pages show the other lines without it.
  update public.draft_line_items set updated_at = now() where id = any (v_touched) and status = 'draft';
  return private.draft_outcome(array_append(v_touched, v_draft_id), null);
end
$$;
comment on function public.separate_work(uuid) is
  'A person says that a linked commit is other work: it gets the draft it would have had, open, and leaves the lines it was '
  'evidence of. security definer: commits and drafts are not writable directly; the role is checked.';
grant execute on function public.separate_work(uuid) to authenticated;
