-- Words for lines by a model: what a workspace allows it, what it was asked and what that cost, and which lines wait.

alter table public.project_git_configs
  add column words_strategy text not null default 'template' check (words_strategy in ('template', 'summary'));
grant update (words_strategy) on public.project_git_configs to authenticated;
comment on column public.project_git_configs.words_strategy is
  'template: words from the commit alone. summary: a model words the line; until then, and where it fails, the template does.';

create table public.word_settings (
  workspace_id uuid primary key references public.workspaces (id) on delete cascade,
  model text not null default 'claude-haiku-5-5' check (length(model) between 1 and 100),
  monthly_budget_micros bigint not null default 5000000 check (monthly_budget_micros between 0 and 100000000000),
  code_names text[] not null default '{}'
    check (cardinality(code_names) <= 200 and octet_length(array_to_string(code_names, '')) <= 16000),
  base_url text check (base_url ~* '^https?://' and length(base_url) <= 1000),
  key_hint text check (length(key_hint) <= 8),
  key_set_at timestamptz,
  problem text check (length(problem) <= 500),
  updated_at timestamptz not null default now()
);
comment on table public.word_settings is
  'What a workspace allows the model that words its lines. Money is millionths of a US dollar, the currency it is paid in. '
  'base_url is where the workspace''s own key is sent, and changes only with it; problem says why the key does not work.';

create table public.word_keys (
  workspace_id uuid primary key references public.workspaces (id) on delete cascade,
  ciphertext text not null,
  updated_at timestamptz not null default now()
);
comment on table public.word_keys is 'The workspace''s own key of the model''s provider, encrypted. The service role''s alone.';

create table public.word_requests (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  kind text not null default 'lines' check (kind in ('lines', 'preview', 'sprint')),
  model text not null,
  prompt_version integer not null,
  lines integer not null check (lines >= 0),
  sent jsonb,
  status text not null default 'reserved' check (status in ('reserved', 'done', 'failed')),
  error text check (length(error) <= 500),
  reserved_micros bigint not null check (reserved_micros >= 0),
  cost_micros bigint check (cost_micros >= 0),
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  check ((status = 'reserved') = (cost_micros is null))
);
comment on table public.word_requests is
  'Every question to the model with what it cost, in millionths of a US dollar. sent is what left, as redacted, for thirty days; '
  'of diffs it has the size and the files, never the text. A reserved request counts with all it may cost.';
create index word_requests_month on public.word_requests (workspace_id, created_at);

create table public.word_cache (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  key text not null check (key ~ '^[0-9a-f]{64}$'),
  words text not null check (length(words) between 1 and 500),
  created_at timestamptz not null default now(),
  primary key (workspace_id, key)
);
comment on table public.word_cache is
  'Answers by a digest of all that was sent, so that the same is not paid for twice. The service role''s alone.';

create table public.draft_words (
  draft_line_item_id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  status text not null default 'waiting' check (status in ('waiting', 'written', 'kept')),
  reason text check (length(reason) <= 500),
  attempts integer not null default 0,
  waits_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete cascade
);
comment on table public.draft_words is
  'Lines that a model is to word: waiting, written by it, or kept as they were, with the reason. While it is asked, a line '
  'waits until the moment at which another may ask.';
create index draft_words_waiting on public.draft_words (workspace_id, created_at) where status = 'waiting';

create table public.word_examples (
  draft_line_item_id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  client_id uuid not null,
  proposed text not null,
  final text,
  approved_at timestamptz,
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete cascade
);
comment on table public.word_examples is
  'What people made of proposed words: as first proposed, and as approved. The newest of a client are shown to the model.';
create index word_examples_client on public.word_examples (workspace_id, client_id, approved_at desc)
  where approved_at is not null;

do $$
declare
  t text;
begin
  foreach t in array array['word_settings', 'word_keys', 'word_requests', 'word_cache', 'draft_words', 'word_examples'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant all on public.%I to service_role', t);
  end loop;
  foreach t in array array['word_settings', 'word_requests', 'draft_words', 'word_examples'] loop
    execute format('create policy %I on public.%I for select to authenticated
      using (workspace_id = any ((select private.workspace_ids())::uuid[]))', t || '_read', t);
    execute format('grant select on public.%I to authenticated', t);
  end loop;
end
$$;
create policy word_settings_change on public.word_settings for update to authenticated
  using (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]))
  with check (workspace_id = any ((select private.workspace_ids(private.managers()))::uuid[]));
grant update (model, monthly_budget_micros, code_names) on public.word_settings to authenticated;

create trigger touch before update on public.word_settings for each row execute function private.touch();
create trigger touch before update on public.word_keys for each row execute function private.touch();
create trigger touch before update on public.word_requests for each row execute function private.touch();
create trigger touch before update on public.draft_words for each row execute function private.touch();
create trigger audit_update after update on public.word_settings referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('workspace_id');

insert into public.word_settings (workspace_id) select id from public.workspaces;

create function private.make_word_settings()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.word_settings (workspace_id) values (new.id);
  return null;
end
$$;
comment on function private.make_word_settings() is
  'A workspace always has its settings for words. security definer because only updates of them are granted.';
create trigger make_word_settings after insert on public.workspaces
  for each row execute function private.make_word_settings();

create function private.want_words()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.draft_words (draft_line_item_id, workspace_id)
  select n.id, n.workspace_id from new_rows n
  join public.project_git_configs g on g.project_id = n.project_id and g.words_strategy = 'summary'
  where n.status = 'draft' and n.source_type = 'commit' and n.edited_at is null;
  return null;
end
$$;
comment on function private.want_words() is
  'A new line of a project with summaries waits for its words from the moment it is there, in the same transaction.';
create trigger want_words after insert on public.draft_line_items referencing new table as new_rows
  for each statement execute function private.want_words();

create function private.learn_words()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.word_examples (draft_line_item_id, workspace_id, client_id, proposed)
  select n.id, n.workspace_id, n.client_id, o.description
  from new_rows n join old_rows o on o.id = n.id
  where n.description <> o.description and n.edited_at is distinct from o.edited_at and n.source_type = 'commit'
  on conflict (draft_line_item_id) do nothing;
  update public.word_examples e
  set final = n.description, client_id = n.client_id, approved_at = case when n.status in ('approved', 'invoiced') then n.approved_at end
  from new_rows n join old_rows o on o.id = n.id
  where e.draft_line_item_id = n.id and n.status is distinct from o.status and n.description <> e.proposed;
  return null;
end
$$;
comment on function private.learn_words() is
  'Keeps what people make of proposed words. It is an example from the approval on, and none once that is taken back. '
  'security definer because nobody may write examples directly.';
create trigger learn_words after update on public.draft_line_items referencing old table as old_rows new table as new_rows
  for each statement execute function private.learn_words();

create function public.set_word_key(p_workspace_id uuid, p_ciphertext text default null, p_hint text default null,
  p_base_url text default null)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, private.managers());
  perform set_config('billhook.action', case when p_ciphertext is null then 'remove key' else 'set key' end, true);
  if p_ciphertext is null then
    delete from public.word_keys where workspace_id = p_workspace_id;
  else
    insert into public.word_keys (workspace_id, ciphertext) values (p_workspace_id, p_ciphertext)
    on conflict (workspace_id) do update set ciphertext = excluded.ciphertext;
  end if;
  update public.word_settings set key_hint = case when p_ciphertext is not null then right(p_hint, 4) end,
    key_set_at = case when p_ciphertext is not null then now() end,
    base_url = case when p_ciphertext is not null then p_base_url end, problem = null
  where workspace_id = p_workspace_id;
end
$$;
comment on function public.set_word_key(uuid, text, text, text) is
  'Sets the workspace''s own key with the address it is for, or takes it away (null). The address never changes without the '
  'key, so that nobody can have a key sent elsewhere. security definer: keys are not writable; the role is checked.';
grant execute on function public.set_word_key(uuid, text, text, text) to authenticated;

create function public.check_word_manager(p_project_id uuid)
returns uuid
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_workspace_id uuid;
begin
  select workspace_id into v_workspace_id from public.projects where id = p_project_id;
  perform private.require_role(v_workspace_id, private.managers());
  return v_workspace_id;
end
$$;
comment on function public.check_word_manager(uuid) is
  'The project''s workspace, for those who may decide about its words. security definer: the role is read past the policies.';
grant execute on function public.check_word_manager(uuid) to authenticated;

create function private.word_connection(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('workspace_id', s.workspace_id, 'model', s.model, 'code_names', s.code_names, 'base_url', s.base_url,
    'key', k.ciphertext, 'problem', s.problem)
  from public.word_settings s left join public.word_keys k on k.workspace_id = s.workspace_id
  where s.workspace_id = p_workspace_id
$$;
comment on function private.word_connection(uuid) is 'How to ask for words: model, encrypted key, and the names to hide.';
grant execute on function private.word_connection(uuid) to service_role;

create function private.word_lines(p_draft_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'draft_id', d.id, 'description', d.description, 'client_id', d.client_id, 'locale', c.locale, 'project', p.name,
    'ticket_key', d.ticket_key, 'ticket', case when t.state = 'found' then
      jsonb_build_object('title', coalesce(t.title, ''), 'type', t.type, 'labels', t.labels) end, 'commits', k.commits,
    'repository', case when r.id is not null then
      jsonb_build_object('id', r.id, 'name', r.name, 'provider', r.provider) end,
    'host', private.host_of(r)) order by k.first_at, d.created_at, d.id), '[]')
  from public.draft_line_items d
  join public.clients c on c.id = d.client_id
  join public.projects p on p.id = d.project_id
  left join public.repositories r on r.id = d.repository_id
  left join public.tickets t on t.id = d.ticket_id
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('hash', k.hash, 'message', left(k.message, 4000), 'files',
      jsonb_path_query_array(k.files, '$[0 to 59]')) order by k.committed_at, k.id), '[]') as commits,
      min(k.committed_at) as first_at
    from public.commit_draft_items l join public.commits k on k.id = l.commit_id
    where l.draft_line_item_id = d.id and k.same_work_as is null
  ) k
  where d.id = any (p_draft_ids)
$$;
comment on function private.word_lines(uuid[]) is 'What words are made from, oldest first: the commits of a line and whom it is for.';
grant execute on function private.word_lines(uuid[]) to service_role;

create function private.word_examples_of(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(t.client_id, t.examples), '{}') from (
    select e.client_id, jsonb_agg(jsonb_build_object('proposed', left(e.proposed, 300), 'final', left(e.final, 300))
      order by e.approved_at desc) as examples
    from (
      select x.*, row_number() over (partition by x.client_id order by x.approved_at desc) as nth
      from public.word_examples x where x.workspace_id = p_workspace_id and x.approved_at is not null
    ) e
    where e.nth <= 5
    group by e.client_id
  ) t
$$;
comment on function private.word_examples_of(uuid) is 'The five newest corrections of each client.';
grant execute on function private.word_examples_of(uuid) to service_role;

create function public.begin_words(p_workspace_id uuid, p_limit integer default 40)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  -- Somebody wrote words of their own meanwhile, or decided about the line: nothing is left to do.
  update public.draft_words w set status = 'kept', reason = 'It was edited or decided before the words came.'
  from public.draft_line_items d
  where w.workspace_id = p_workspace_id and w.status = 'waiting' and d.id = w.draft_line_item_id
    and (d.status <> 'draft' or d.edited_at is not null);
  with taken as materialized (
    select draft_line_item_id from public.draft_words
    where workspace_id = p_workspace_id and status = 'waiting' and (waits_until is null or waits_until <= clock_timestamp())
    order by created_at, draft_line_item_id limit p_limit for update skip locked
  ), begun as (
    update public.draft_words set attempts = attempts + 1, waits_until = clock_timestamp() + interval '90 seconds'
    where draft_line_item_id in (select draft_line_item_id from taken)
    returning draft_line_item_id
  )
  select array_agg(draft_line_item_id) into v_ids from begun;
  if v_ids is null then
    return null;
  end if;
  return private.word_connection(p_workspace_id)
    || jsonb_build_object('lines', private.word_lines(v_ids), 'examples', private.word_examples_of(p_workspace_id));
end
$$;
comment on function public.begin_words(uuid, integer) is
  'Takes waiting lines with everything needed to word them; another may take them after ninety seconds. Null where none waits.';
grant execute on function public.begin_words(uuid, integer) to service_role;

create function public.preview_words(p_project_id uuid, p_limit integer default 6)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select private.word_connection(p.workspace_id) || jsonb_build_object(
    'lines', private.word_lines(array(
      select d.id from public.draft_line_items d
      where d.project_id = p.id and d.source_type = 'commit' and d.status <> 'rejected'
      order by d.created_at desc, d.id limit p_limit)),
    'examples', private.word_examples_of(p.workspace_id))
  from public.projects p where p.id = p_project_id
$$;
comment on function public.preview_words(uuid, integer) is 'As begin_words, of the newest lines of a project and without taking them.';
grant execute on function public.preview_words(uuid, integer) to service_role;

create function public.cached_words(p_workspace_id uuid, p_keys text[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(key, words), '{}') from public.word_cache
  where workspace_id = p_workspace_id and key = any (p_keys)
$$;
comment on function public.cached_words(uuid, text[]) is 'Answers that were given before, by their digests.';
grant execute on function public.cached_words(uuid, text[]) to service_role;

create function private.spent_on_words(p_workspace_id uuid)
returns bigint
language sql
stable
set search_path = ''
as $$
  select coalesce(sum(coalesce(cost_micros, reserved_micros)), 0)::bigint from public.word_requests
  where workspace_id = p_workspace_id and created_at >= date_trunc('month', clock_timestamp() at time zone 'utc') at time zone 'utc'
$$;
comment on function private.spent_on_words(uuid) is
  'Millionths of a US dollar this calendar month (UTC), with what requests under way may yet cost.';
grant execute on function private.spent_on_words(uuid) to authenticated, service_role;

create function public.word_spending(p_workspace_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('spent_micros', private.spent_on_words(p_workspace_id),
    'requests', count(*), 'lines', coalesce(sum(lines), 0))
  from public.word_requests
  where workspace_id = p_workspace_id and created_at >= date_trunc('month', clock_timestamp() at time zone 'utc') at time zone 'utc'
$$;
comment on function public.word_spending(uuid) is
  'What words have cost this calendar month (UTC). Under row level security: of another''s workspace it counts nothing.';
grant execute on function public.word_spending(uuid) to authenticated;

create function public.reserve_words(p_workspace_id uuid, p_request jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_budget bigint;
begin
  -- One at a time: two requests that each fit may not fit together.
  select monthly_budget_micros into v_budget from public.word_settings where workspace_id = p_workspace_id for update;
  -- Whoever reserved these died over them; what they cost nobody knows, so all of it counts.
  update public.word_requests set status = 'failed', cost_micros = reserved_micros, finished_at = clock_timestamp(),
    error = 'Nothing was heard of it again.'
  where workspace_id = p_workspace_id and status = 'reserved' and created_at < clock_timestamp() - interval '10 minutes';
  if v_budget is null
    or private.spent_on_words(p_workspace_id) + (p_request ->> 'reserved_micros')::bigint > v_budget then
    return false;
  end if;
  insert into public.word_requests (id, workspace_id, kind, model, prompt_version, lines, sent, reserved_micros)
  values ((p_request ->> 'id')::uuid, p_workspace_id, p_request ->> 'kind', p_request ->> 'model',
    (p_request ->> 'prompt_version')::integer, (p_request ->> 'lines')::integer, p_request -> 'sent',
    (p_request ->> 'reserved_micros')::bigint);
  return true;
end
$$;
comment on function public.reserve_words(uuid, jsonb) is
  'Reserves the most that a request may cost and keeps what it sends; false where the month''s budget does not hold it.';
grant execute on function public.reserve_words(uuid, jsonb) to service_role;

create function public.settle_words(p_workspace_id uuid, p_request jsonb, p_answers jsonb default '{}', p_problem text default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.word_requests set status = case when p_request ->> 'error' is null then 'done' else 'failed' end,
    error = left(p_request ->> 'error', 500), finished_at = clock_timestamp(),
    cost_micros = coalesce((p_request ->> 'cost_micros')::bigint, reserved_micros),
    input_tokens = (p_request ->> 'input_tokens')::integer, output_tokens = (p_request ->> 'output_tokens')::integer
  where id = (p_request ->> 'id')::uuid and workspace_id = p_workspace_id and status = 'reserved';
  insert into public.word_cache (workspace_id, key, words)
  select p_workspace_id, a.key, a.value from jsonb_each_text(p_answers) a order by a.key
  on conflict (workspace_id, key) do nothing;
  update public.word_settings set problem = left(p_problem, 500)
  where workspace_id = p_workspace_id and problem is distinct from left(p_problem, 500);
end
$$;
comment on function public.settle_words(uuid, jsonb, jsonb, text) is
  'What a reserved request cost (all of it where nobody knows), its answers by digest, and why the key does not work, if so.';
grant execute on function public.settle_words(uuid, jsonb, jsonb, text) to service_role;

create function public.finish_words(p_workspace_id uuid, p_lines jsonb)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_written integer;
begin
  perform 1 from public.draft_line_items
  where workspace_id = p_workspace_id and id in (select (l ->> 'draft_id')::uuid from jsonb_array_elements(p_lines) l)
  order by id for update;
  perform set_config('billhook.action', 'words', true);
  with line as materialized (
    select * from jsonb_to_recordset(p_lines) as l (draft_id uuid, before text, words text, reason text, retry_seconds integer)
  ), written as (
    update public.draft_line_items d set description = l.words
    from line l
    where d.workspace_id = p_workspace_id and d.id = l.draft_id and l.words is not null and d.status = 'draft'
      and d.edited_at is null and d.description = l.before
    returning d.id
  ), noted as (
    update public.draft_words w set
      status = case
        when w.draft_line_item_id in (select id from written) then 'written'
        when l.words is null and l.retry_seconds is not null and w.attempts < 4 then 'waiting'
        else 'kept' end,
      reason = case
        when w.draft_line_item_id in (select id from written) then null
        else coalesce(left(l.reason, 500), 'It was edited or decided before the words came.') end,
      waits_until = case when l.retry_seconds is not null then clock_timestamp() + make_interval(secs => l.retry_seconds) end
    from line l
    where w.workspace_id = p_workspace_id and w.draft_line_item_id = l.draft_id and w.status = 'waiting'
  )
  select count(*) into v_written from written;
  return v_written;
end
$$;
comment on function public.finish_words(uuid, jsonb) is
  'Puts words on lines that are open, untouched and still read as they did, and says of the others why they stay. Nothing but '
  'the words changes. Answers how many were written.';
grant execute on function public.finish_words(uuid, jsonb) to service_role;

create function public.waiting_words(p_limit integer default 100)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select workspace_id from public.draft_words
  where status = 'waiting' and (waits_until is null or waits_until <= clock_timestamp())
  group by workspace_id order by min(created_at) limit p_limit
$$;
comment on function public.waiting_words(integer) is 'Workspaces with lines that wait for words, for the sweep.';
grant execute on function public.waiting_words(integer) to service_role;

create function public.forget_words()
returns void
language sql
volatile
set search_path = ''
as $$
  update public.word_requests set sent = null where sent is not null and created_at < now() - interval '30 days';
  delete from public.word_cache where created_at < now() - interval '90 days';
  delete from public.word_requests where created_at < now() - interval '400 days';
$$;
comment on function public.forget_words() is
  'What was sent is kept for thirty days, answers for ninety, what it cost for a little over a year.';
grant execute on function public.forget_words() to service_role;

create or replace function public.stale_ciphertexts(p_version text, p_limit integer default 200)
returns table (kind text, id uuid, owner_id uuid, purpose text, ciphertext text)
language sql
stable
set search_path = ''
as $$
  select 'repository', s.id, s.repository_id, s.purpose, s.ciphertext from public.repository_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
  union all
  select 'grant', s.id, s.grant_id, s.purpose, s.ciphertext from public.host_grant_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
  union all
  select 'words', k.workspace_id, k.workspace_id, 'key', k.ciphertext from public.word_keys k
  where not starts_with(k.ciphertext, p_version || '.')
  limit p_limit
$$;

create or replace function public.replace_ciphertexts(p_changes jsonb)
returns integer
language sql
volatile
set search_path = ''
as $$
  with listed as materialized (
    select * from jsonb_to_recordset(p_changes) as l (kind text, id uuid, before text, after text)
  ), of_repositories as (
    update public.repository_secrets s set ciphertext = l.after from listed l
    where l.kind = 'repository' and s.id = l.id and s.ciphertext = l.before
    returning 1
  ), of_grants as (
    update public.host_grant_secrets s set ciphertext = l.after from listed l
    where l.kind = 'grant' and s.id = l.id and s.ciphertext = l.before
    returning 1
  ), of_words as (
    update public.word_keys k set ciphertext = l.after from listed l
    where l.kind = 'words' and k.workspace_id = l.id and k.ciphertext = l.before
    returning 1
  )
  select ((select count(*) from of_repositories) + (select count(*) from of_grants) + (select count(*) from of_words))::integer
$$;
