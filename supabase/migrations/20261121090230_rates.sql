-- What an hour costs: rates of clients, projects and people, from a day on. The most specific one wins, and is named.

create table public.rates (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  scope text not null check (scope in ('client_special', 'project_person', 'project', 'person', 'client', 'workspace')),
  client_id uuid,
  project_id uuid,
  person_id uuid,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  hourly_rate_minor bigint not null check (hourly_rate_minor between 0 and 100000000000),
  valid_from date not null default '1970-01-01' check (valid_from between '1970-01-01' and '2199-12-31'),
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique nulls not distinct (workspace_id, scope, client_id, project_id, person_id, currency, valid_from),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete cascade,
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete cascade,
  foreign key (workspace_id, person_id) references public.people (workspace_id, id) on delete cascade,
  check ((client_id is not null) = (scope in ('client_special', 'client'))),
  check ((project_id is not null) = (scope in ('project_person', 'project'))),
  check ((person_id is not null) = (scope in ('project_person', 'person')))
);
comment on table public.rates is
  'Hourly rates in minor units of currency, each from a day on: a later one of the same scope takes its place from its day. '
  'client_special goes before everything else; then a person''s on a project (kept as it was when they joined it, whatever '
  'their default becomes), the project''s, the person''s, the client''s, the workspace''s. The hourly_rate_minor of a project, '
  'client or workspace is that scope''s rate until the first dated one.';
create index rates_client on public.rates (client_id) where client_id is not null;
create index rates_project on public.rates (project_id) where project_id is not null;
create index rates_person on public.rates (person_id) where person_id is not null;

alter table public.rates enable row level security;
create policy rates_read on public.rates for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.rates from anon, authenticated;
grant select on public.rates to authenticated;
grant all on public.rates to service_role;
create trigger touch before update on public.rates for each row execute function private.touch();
create trigger audit_insert after insert on public.rates referencing new table as new_rows
  for each statement execute function private.audit_insert();
create trigger audit_update after update on public.rates referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('id');
create trigger audit_delete after delete on public.rates referencing old table as old_rows
  for each statement execute function private.audit_delete();

create function private.rate_of_work(p_project_id uuid, p_person_id uuid, p_day date)
returns table (minor bigint, source text)
language sql
stable security definer
set search_path = ''
as $$
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
  limit 1
$$;
comment on function private.rate_of_work(uuid, uuid, date) is
  'What an hour of a person on a project costs on a day, in minor units of the client''s currency, and which rate that is; no '
  'row where there is none. security definer: it is asked for whoever records work.';
grant execute on function private.rate_of_work(uuid, uuid, date) to service_role;

alter table public.draft_line_items add column rate_source text
  check (rate_source in ('client_special', 'project_person', 'project', 'person', 'client', 'workspace', 'manual', 'given'));
comment on column public.draft_line_items.rate_source is
  'Which rate the line has: one of the scopes of rates, manual where a person wrote it, given where a rule of the project did. '
  'Null on parts of another line, which keep its rate, and where there is no rate.';

create function private.capture_rate()
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
  new.hourly_rate_minor := v_rate.minor;
  new.rate_source := v_rate.source;
  return new;
end
$$;
comment on function private.capture_rate() is
  'A line gets the rate of its person, project and day when it is recorded or moved to another project, and keeps it.';
grant execute on function private.project_rate_minor(uuid) to service_role;

-- Lines from before: the rate they have is known, and which it was follows from it.
alter table public.draft_line_items disable trigger user;
update public.draft_line_items d set rate_source = case when r.minor = d.hourly_rate_minor then r.source else 'manual' end
from (select x.id, w.minor, w.source from public.draft_line_items x
  cross join lateral private.rate_of_work(x.project_id, x.person_id, x.start_date) w) r
where r.id = d.id and d.hourly_rate_minor is not null;
alter table public.draft_line_items enable trigger user;

create trigger capture_rate before insert on public.draft_line_items
  for each row when (new.rate_source is null and new.made_by is null) execute function private.capture_rate();
create trigger keep_rate before update of project_id, hourly_rate_minor on public.draft_line_items
  for each row when (old.project_id <> new.project_id or old.hourly_rate_minor is distinct from new.hourly_rate_minor)
  execute function private.capture_rate();

create function public.set_rate(p_workspace_id uuid, p_rate jsonb)
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
    do update set hourly_rate_minor = excluded.hourly_rate_minor
  returning id into v_id;
  return v_id;
end
$$;
comment on function public.set_rate(uuid, jsonb) is
  'Sets a rate from a day on (always, where none is said): {scope, client_id | project_id | person_id, hourly_rate_minor, '
  'valid_from, currency}. What is recorded keeps its rate. security definer: rates are not writable directly.';

create function public.remove_rate(p_rate_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role((select workspace_id from public.rates where id = p_rate_id), private.managers());
  perform set_config('billhook.action', 'remove_rate', true);
  delete from public.rates where id = p_rate_id;
end
$$;
comment on function public.remove_rate(uuid) is
  'Takes a rate back; what is recorded keeps it. security definer: rates are not writable directly.';

create function public.project_rates(p_project_id uuid, p_day date)
returns jsonb
language plpgsql
stable security definer
set search_path = ''
as $$
declare
  v_workspace_id constant uuid := (select workspace_id from public.projects where id = p_project_id);
begin
  perform private.require_role(v_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('person_id', p.id, 'name', p.display_name, 'minor', r.minor, 'source', r.source)
      order by p.nth, p.display_name, p.id), '[]')
    from (
      select null::uuid as id, null::text as display_name, 0 as nth
      union all
      -- Who has worked on it, or has a rate there.
      select o.id, o.display_name, 1 from public.people o
      where o.workspace_id = v_workspace_id and o.kind <> 'bot' and (exists (select 1 from public.draft_line_items d
          where d.workspace_id = v_workspace_id and d.person_id = o.id and d.project_id = p_project_id)
        or exists (select 1 from public.rates x where x.person_id = o.id and x.project_id = p_project_id))
    ) p
    left join lateral private.rate_of_work(p_project_id, p.id, p_day) r on true);
end
$$;
comment on function public.project_rates(uuid, date) is
  'What an hour on a project costs on a day, of anybody (person_id null) and of those who work on it, and which rate that is: '
  '[{person_id, name, minor, source}]. security definer: rate_of_work is internal.';

create function public.reprice_work(p_workspace_id uuid, p_since date, p_scope jsonb default '{}', p_apply boolean default false)
returns jsonb
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_ids uuid[];
  v_rates jsonb;
  v_answer jsonb;
begin
  perform private.require_role(p_workspace_id, private.managers());
  if p_since is null then
    perform private.fail('BH003', 'say from which day on', 'since');
  end if;
  select array_agg(d.id) into v_ids
  from public.draft_line_items d
  where d.workspace_id = p_workspace_id and d.start_date >= p_since and d.status in ('draft', 'approved') and d.invoice_id is null
    and (p_scope ->> 'client_id' is null or d.client_id = (p_scope ->> 'client_id')::uuid)
    and (p_scope ->> 'project_id' is null or d.project_id = (p_scope ->> 'project_id')::uuid)
    and (p_scope ->> 'person_id' is null or d.person_id = (p_scope ->> 'person_id')::uuid);
  if p_apply then
    perform 1 from public.draft_line_items where id = any (v_ids) order by id for update;
  end if;
  select jsonb_agg(jsonb_build_object('id', d.id, 'minor', r.minor, 'source', r.source)) into v_rates
  from public.draft_line_items d
  cross join lateral private.rate_of_work(d.project_id, d.person_id, d.start_date) r
  join public.clients c on c.id = d.client_id and c.currency = d.currency
  where d.id = any (v_ids) and d.status in ('draft', 'approved') and d.invoice_id is null
    and coalesce(d.rate_source, '') not in ('manual', 'given') and d.made_by is null
    and (d.hourly_rate_minor, d.rate_source) is distinct from (r.minor, r.source);
  v_answer := jsonb_build_object(
    'kept', (select count(*) from public.draft_line_items d where d.id = any (v_ids)
      and (d.rate_source in ('manual', 'given') or d.made_by is not null)),
    'amounts', (
      select coalesce(jsonb_agg(to_jsonb(t) order by t.currency), '[]')
      from (
        select d.currency, count(*) filter (where d.hourly_rate_minor is distinct from r.minor) as lines,
          coalesce(sum(d.total_minor), 0)::bigint as before_minor,
          coalesce(sum(case when d.billable then public.line_total_minor(d.minutes::bigint * 60, r.minor) else 0 end), 0)::bigint
            as after_minor
        from jsonb_to_recordset(v_rates) as r (id uuid, minor bigint)
        join public.draft_line_items d on d.id = r.id
        group by d.currency
        having count(*) filter (where d.hourly_rate_minor is distinct from r.minor) > 0
      ) t));
  if p_apply then
    perform set_config('billhook.action', 'apply_rates', true);
    update public.draft_line_items d set hourly_rate_minor = r.minor, rate_source = r.source
    from jsonb_to_recordset(v_rates) as r (id uuid, minor bigint, source text)
    where d.id = r.id;
    update public.time_entries e set hourly_rate_minor = r.minor
    from jsonb_to_recordset(v_rates) as r (id uuid, minor bigint)
    where e.draft_line_item_id = r.id and e.superseded_at is null and e.invoice_id is null
      and e.hourly_rate_minor is distinct from r.minor;
  end if;
  return v_answer;
end
$$;
comment on function public.reprice_work(uuid, date, jsonb, boolean) is
  'What the rates of now would make of unbilled work since a day, of all or of {client_id | project_id | person_id}, and, where '
  'p_apply says so, makes it so: {kept, amounts: [{currency, lines, before_minor, after_minor}]}. Rates that a person wrote are '
  'kept. Each line changed is in the audit as apply_rates. security definer: drafts and entries are not writable directly.';

grant execute on function public.set_rate(uuid, jsonb), public.remove_rate(uuid), public.project_rates(uuid, date),
  public.reprice_work(uuid, date, jsonb, boolean) to authenticated;
