-- What is asked for every line of a batch is planned once for a connection. A function in SQL that is not made part of the
-- statement around it is planned anew at every call, and the rate of a line took longer than writing it.

create or replace function private.rate_of_work(p_project_id uuid, p_person_id uuid, p_day date)
returns table (minor bigint, source text)
language plpgsql
stable security definer
set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select x.minor, x.source
    from public.projects p
    join public.clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
    join public.workspaces w on w.id = p.workspace_id
    cross join lateral (
      select r.hourly_rate_minor as minor, r.scope as source, r.valid_from
      from public.rates r
      where r.workspace_id = p.workspace_id and r.currency = c.currency and r.valid_from <= p_day
        and (r.client_id is null or r.client_id = c.id) and (r.project_id is null or r.project_id = p.id)
        and (r.person_id is null or r.person_id = p_person_id)
      union all
      select p.hourly_rate_minor, 'project', '-infinity' where p.hourly_rate_minor is not null
      union all
      select c.hourly_rate_minor, 'client', '-infinity' where c.hourly_rate_minor is not null
      union all
      select w.hourly_rate_minor, 'workspace', '-infinity' where w.hourly_rate_minor is not null and w.currency = c.currency
    ) x
    where p.id = p_project_id
    order by array_position(array['client_special', 'project_person', 'project', 'person', 'client', 'workspace'], x.source),
      x.valid_from desc
    limit 1;
end
$$;

create or replace function private.project_rate_minor(p_project_id uuid)
returns bigint
language plpgsql
stable security definer
set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(p.hourly_rate_minor, c.hourly_rate_minor,
      case when w.currency = c.currency then w.hourly_rate_minor end)
    from public.projects p
    join public.clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
    join public.workspaces w on w.id = p.workspace_id
    where p.id = p_project_id
  );
end
$$;

create or replace function public.workspace_trackers(p_workspace_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(private.tracker_of(c) order by c.created_at, c.id), '[]')
    from public.tracker_connections c
    where c.workspace_id = any (p_workspace_ids) and c.disconnected_at is null
  );
end
$$;

create or replace function public.webhook_targets(p_repository_ids uuid[])
returns table (repository_id uuid, provider text, secrets text[], address_ranges text[])
language plpgsql
stable
set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select r.id, r.provider,
      array(select s.ciphertext from public.repository_secrets s
        where s.repository_id = r.id and s.purpose = 'webhook' and (s.valid_until is null or s.valid_until > now())
        order by s.created_at desc),
      -- A self-hosted host publishes nothing.
      case when r.check_source_address and r.base_url is null
        then (select a.ranges from private.host_address_ranges a where a.provider = r.provider) end
    from public.repositories r
    where r.id = any (p_repository_ids) and r.archived_at is null;
end
$$;
