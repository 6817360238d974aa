-- Deliveries that arrive at the same moment are accepted in one transaction, each with its own answer.

create function public.webhook_targets(p_repository_ids uuid[])
returns table (repository_id uuid, provider text, secrets text[], address_ranges text[])
language sql
stable
set search_path = ''
as $$
  select r.id, r.provider,
    array(select s.ciphertext from public.repository_secrets s
      where s.repository_id = r.id and s.purpose = 'webhook' and (s.valid_until is null or s.valid_until > now())
      order by s.created_at desc),
    -- A self-hosted host publishes nothing.
    case when r.check_source_address and r.base_url is null
      then (select a.ranges from private.host_address_ranges a where a.provider = r.provider) end
  from public.repositories r
  where r.id = any (p_repository_ids) and r.archived_at is null
$$;
comment on function public.webhook_targets(uuid[]) is
  'What is needed to verify deliveries of these connections: the provider, every secret valid now, and the addresses they may come '
  'from (null: any). One that is unknown or archived has no row.';
grant execute on function public.webhook_targets(uuid[]) to service_role;

create function public.accept_deliveries(p_deliveries jsonb)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_stored uuid[];
  v_seen uuid[];
begin
  if exists (
    select 1 from jsonb_to_recordset(p_deliveries) as l (repository_id uuid, repository jsonb)
    cross join lateral (select 1 from public.repositories r where r.id = l.repository_id and r.external_id is null limit 1) r
    where l.repository ->> 'externalId' is not null
  ) then
    -- A connection that was given a name accepts that name only; the first to bind wins, the next compares.
    perform 1 from public.repositories
    where id in (select l.repository_id from jsonb_to_recordset(p_deliveries) as l (repository_id uuid)) and external_id is null
    order by id for no key update;
    update public.repositories r set
      external_id = f.repository ->> 'externalId',
      name = nullif(left(f.repository ->> 'name', 300), ''),
      url = case when f.repository ->> 'url' ~* '^https?://' and length(f.repository ->> 'url') <= 1000
        then f.repository ->> 'url' else r.url end,
      default_branch = left(f.repository ->> 'defaultBranch', 500),
      bound_at = now()
    from (
      select distinct on (l.repository_id) l.repository_id, l.repository
      from rows from (jsonb_to_recordset(p_deliveries) as (repository_id uuid, repository jsonb)) with ordinality
        as l (repository_id, repository, nth)
      join public.repositories n on n.id = l.repository_id and (n.name is null or lower(n.name) = lower(l.repository ->> 'name'))
      where l.repository ->> 'externalId' is not null
      order by l.repository_id, l.nth
    ) f
    where r.id = f.repository_id and r.external_id is null and r.archived_at is null;
  end if;

  with listed as materialized (
    -- "limit 1" looks each up in a key. As a join it is planned for tables as they were when it was first asked.
    select l.*, r.workspace_id, r.name,
      l.repository ->> 'externalId' is not null and r.external_id is distinct from l.repository ->> 'externalId' as is_other
    from rows from (jsonb_to_recordset(p_deliveries) as (repository_id uuid, delivery_id text, event text, verdict text, reason text,
      repository jsonb, payload jsonb, body_bytes integer, source_address text)) with ordinality
      as l (repository_id, delivery_id, event, verdict, reason, repository, payload, body_bytes, source_address, nth)
    cross join lateral (select * from public.repositories r where r.id = l.repository_id and r.archived_at is null limit 1) r
  ), stored as (
    insert into public.webhook_deliveries (workspace_id, repository_id, delivery_id, event, verdict, reason, status, payload,
      body_bytes, source_address, finished_at)
    select workspace_id, repository_id, delivery_id, left(coalesce(event, ''), 100),
      case when is_other then 'refused' else verdict end,
      case when is_other then format('This connection is bound to %s; the delivery is of %s.', name, repository ->> 'name')
        else reason end,
      case when verdict = 'push' and not is_other then 'accepted' else 'done' end,
      case when verdict = 'push' and not is_other then payload end, body_bytes, left(source_address, 100),
      case when verdict = 'push' and not is_other then null else now() end
    from listed
    -- In one order, so that two batches with common deliveries cannot wait for each other.
    order by repository_id, delivery_id, nth
    on conflict (repository_id, delivery_id) do nothing
    returning id, repository_id, verdict
  )
  select array_agg(id), array_agg(distinct repository_id) filter (where verdict <> 'refused') into v_stored, v_seen from stored;

  -- To within seconds: a row that every push wrote would have all pushes of a repository wait for each other.
  v_seen := array(
    select id from public.repositories
    where id = any (v_seen) and (last_delivery_at is null or last_delivery_at < now() - interval '5 seconds')
    order by id for no key update);
  if cardinality(v_seen) > 0 then
    update public.repositories set first_delivery_at = coalesce(first_delivery_at, now()), last_delivery_at = now()
    where id = any (v_seen);
  end if;

  return (
    select jsonb_agg(coalesce(a.answer, '{"outcome": "unknown_repository"}') order by a.nth)
    from (
      select l.nth, d.answer || jsonb_build_object('outcome', case
          when (d.answer ->> 'id')::uuid = any (v_stored) and row_number() over (partition by d.answer -> 'id' order by l.nth) = 1
          then 'stored' else 'repeated' end) as answer
      from rows from (jsonb_to_recordset(p_deliveries) as (repository_id uuid, delivery_id text)) with ordinality
        as l (repository_id, delivery_id, nth)
      left join lateral (
        select jsonb_build_object('id', d.id, 'verdict', d.verdict, 'reason', d.reason, 'status', d.status) as answer
        from public.webhook_deliveries d
        where d.repository_id = l.repository_id and d.delivery_id = l.delivery_id
          and exists (select 1 from public.repositories r where r.id = l.repository_id and r.archived_at is null)
        limit 1
      ) d on true
    ) a
  );
end
$$;
comment on function public.accept_deliveries(jsonb) is
  'Stores verified deliveries, each once, and binds the connections to their repositories: [{repository_id, delivery_id, event, '
  'verdict, reason, repository, payload, body_bytes, source_address}]. Answers in that order; a repeat is answered from the stored '
  'row, so that it hears what the first heard. All is durable or none is: where one cannot be stored, the caller asks for each '
  'by itself.';
grant execute on function public.accept_deliveries(jsonb) to service_role;

create or replace function public.accept_delivery(p_repository_id uuid, p_delivery_id text, p_event text, p_verdict text,
  p_reason text default null, p_repository jsonb default null, p_payload jsonb default null, p_body_bytes integer default null,
  p_source_address text default null)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select public.accept_deliveries(jsonb_build_array(jsonb_build_object('repository_id', p_repository_id, 'delivery_id', p_delivery_id,
    'event', p_event, 'verdict', p_verdict, 'reason', p_reason, 'repository', p_repository, 'payload', p_payload,
    'body_bytes', p_body_bytes, 'source_address', p_source_address))) -> 0
$$;
comment on function public.accept_delivery(uuid, text, text, text, text, jsonb, jsonb, integer, text) is
  'accept_deliveries for one. It stays, as webhook_target does, because a Worker that was deployed before asks for it while a newer '
  'one takes its place.';
