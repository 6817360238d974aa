-- Whoever joins a project keeps the rate they had then; and two people who turn out to be one keep the rates of both.

alter table public.rates add column kept_on_joining boolean not null default false;
comment on column public.rates.kept_on_joining is
  'Nobody set it: it is the default that the person had when they joined the project, which is when the first work of theirs was '
  'recorded there.';

create function private.keep_rate_on_joining(p_project_id uuid, p_person_id uuid, p_day date, p_minor bigint)
returns void
language sql
volatile security definer
set search_path = ''
as $$
  insert into public.rates (workspace_id, scope, project_id, person_id, currency, hourly_rate_minor, valid_from, kept_on_joining)
  select p.workspace_id, 'project_person', p.id, p_person_id, c.currency, p_minor, p_day, true
  from public.projects p join public.clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
  where p.id = p_project_id
  on conflict do nothing
$$;
comment on function private.keep_rate_on_joining(uuid, uuid, date, bigint) is
  'Makes a person''s default of a day their rate on a project from that day on. security definer: rates are not writable by whoever '
  'records work.';
grant execute on function private.keep_rate_on_joining(uuid, uuid, date, bigint) to service_role;

create or replace function private.capture_rate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_rate record;
begin
  if tg_op = 'UPDATE' and new.project_id = old.project_id then
    if new.hourly_rate_minor is distinct from old.hourly_rate_minor and new.rate_source is not distinct from old.rate_source then
      new.rate_source := 'manual';
    end if;
    return new;
  end if;
  -- Whoever records work names the rate that the project alone would have; another one was meant.
  if new.hourly_rate_minor is distinct from private.project_rate_minor(new.project_id) then
    new.rate_source := case when tg_op = 'UPDATE' then 'manual' else 'given' end;
    return new;
  end if;
  select * into v_rate from private.rate_of_work(new.project_id, new.person_id, new.start_date);
  if tg_op = 'INSERT' and v_rate.source = 'person' then
    -- The first work of theirs that is priced by their own default: from its day on, that is their rate here.
    perform private.keep_rate_on_joining(new.project_id, new.person_id, new.start_date, v_rate.minor);
    v_rate.source := 'project_person';
  end if;
  new.hourly_rate_minor := v_rate.minor;
  new.rate_source := v_rate.source;
  return new;
end
$$;
comment on function private.capture_rate() is
  'A line gets the rate of its person, project and day when it is recorded or moved to another project, and keeps it. The default of '
  'a person becomes their rate on the project with the first line that is recorded there.';

create or replace function public.set_rate(p_workspace_id uuid, p_rate jsonb)
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_currency text;
  v_scope constant text := coalesce(p_rate ->> 'scope', '');
  v_from constant date := case when p_rate ->> 'valid_from' is null then '1970-01-01'::date
    else private.date_of(p_rate, 'valid_from') end;
begin
  perform private.require_role(p_workspace_id, private.managers());
  if v_scope not in ('client_special', 'project_person', 'project', 'person', 'client', 'workspace') then
    perform private.fail('BH003', 'there is no such kind of rate', 'scope');
  end if;
  if p_rate ->> 'hourly_rate_minor' is null then
    perform private.fail('BH003', 'a rate is a whole number of minor units, zero or more', 'hourly_rate_minor');
  end if;
  perform private.check_amount(p_rate, 'hourly_rate_minor', 0, 100000000000, 0,
    'a rate is a whole number of minor units, zero or more');
  -- The currency is the client's; that of a person or the workspace is said, and counts for clients who are billed in it.
  select c.currency into v_currency from public.clients c
  where c.workspace_id = p_workspace_id and c.id = coalesce((p_rate ->> 'client_id')::uuid,
    (select client_id from public.projects where workspace_id = p_workspace_id and id = (p_rate ->> 'project_id')::uuid));
  v_currency := coalesce(v_currency, p_rate ->> 'currency', (select currency from public.workspaces where id = p_workspace_id));
  if v_currency !~ '^[A-Z]{3}$' then
    perform private.fail('BH003', 'a currency is three capital letters, such as EUR', 'currency');
  end if;
  perform set_config('billhook.action', 'set_rate', true);
  insert into public.rates as r (workspace_id, scope, client_id, project_id, person_id, currency, hourly_rate_minor, valid_from,
    created_by)
  values (p_workspace_id, v_scope, (p_rate ->> 'client_id')::uuid, (p_rate ->> 'project_id')::uuid,
    (p_rate ->> 'person_id')::uuid, v_currency, (p_rate ->> 'hourly_rate_minor')::bigint, v_from, auth.uid())
  on conflict (workspace_id, scope, client_id, project_id, person_id, currency, valid_from)
    do update set hourly_rate_minor = excluded.hourly_rate_minor, kept_on_joining = false
  returning id into v_id;
  return v_id;
end
$$;

create or replace function public.join_people(p_from uuid, p_into uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_from public.people;
  v_into public.people;
begin
  perform 1 from public.people where id in (p_from, p_into) order by id for update;
  select * into v_from from public.people where id = p_from;
  select * into v_into from public.people where id = p_into;
  perform private.check_own_person(v_into.workspace_id, array[v_from.member_id, v_into.member_id]);
  if v_from.workspace_id is distinct from v_into.workspace_id then
    perform private.fail('BH002', 'not found');
  end if;
  if v_from.id = v_into.id then
    return;
  end if;
  perform set_config('billhook.action', 'join', true);
  update public.person_identities set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  update public.commits set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  update public.draft_line_items set person_id = v_into.id where workspace_id = v_into.workspace_id and person_id = v_from.id;
  -- The joined days are measured anew with the next push; until then the longer of the two stands.
  insert into public.work_days (workspace_id, person_id, day, bounded_hours, last_hour, last_authored_at)
  select workspace_id, v_into.id, day, bounded_hours, last_hour, last_authored_at from public.work_days
  where workspace_id = v_into.workspace_id and person_id = v_from.id
  on conflict (workspace_id, person_id, day) do update set
    bounded_hours = greatest(public.work_days.bounded_hours, excluded.bounded_hours),
    last_hour = greatest(public.work_days.last_hour, excluded.last_hour),
    last_authored_at = greatest(public.work_days.last_authored_at, excluded.last_authored_at);
  -- Of one kind, project and currency the rates of the second stay as they are; only where there are none the first's move over.
  update public.rates r set person_id = v_into.id
  where r.workspace_id = v_into.workspace_id and r.person_id = v_from.id
    and not exists (select 1 from public.rates o where o.person_id = v_into.id and o.scope = r.scope and o.currency = r.currency
      and o.project_id is not distinct from r.project_id);
  update public.people set member_id = coalesce(member_id, v_from.member_id) where id = v_into.id;
  delete from public.people where id = v_from.id;
end
$$;
comment on function public.join_people(uuid, uuid) is
  'Says that two authors are one person: keys, commits, drafts and rates move to the second, for good. '
  'security definer: people are not writable directly; the role is checked.';
