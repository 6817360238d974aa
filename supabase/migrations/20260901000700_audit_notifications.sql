-- Who changed what, and what deserves attention.

create table public.audit_events (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  actor_id uuid,
  entity_type text not null,
  entity_id uuid not null,
  action text not null,
  before jsonb,
  after jsonb,
  created_at timestamptz not null default clock_timestamp()
);
comment on table public.audit_events is
  'Every transition: who (null: Billhook itself), when, and the changed columns before and after. Written by triggers only.';
create index audit_events_entity on public.audit_events (workspace_id, entity_type, entity_id, id);

alter table public.audit_events enable row level security;
create policy audit_events_read on public.audit_events for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.audit_events from anon, authenticated, service_role;
grant select on public.audit_events to authenticated;
grant select on public.audit_events to service_role;

create function private.audit_update()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before, after)
  select (n.doc ->> case when tg_table_name = 'workspaces' then 'id' else 'workspace_id' end)::uuid, auth.uid(), tg_table_name,
    (n.doc ->> tg_argv[0])::uuid,
    coalesce(nullif(current_setting('billhook.action', true), ''), 'update'), d.before, d.after
  from (select to_jsonb(x) as doc from new_rows x) n
  join (select to_jsonb(x) as doc from old_rows x) o on o.doc ->> tg_argv[0] = n.doc ->> tg_argv[0]
  cross join lateral (
    select jsonb_object_agg(k, o.doc -> k) as before, jsonb_object_agg(k, n.doc -> k) as after
    from jsonb_object_keys(n.doc) k
    where o.doc -> k is distinct from n.doc -> k and k not in ('updated_at', 'version', 'last_delivery_at', 'reconciled_at')
  ) d
  where d.after is not null;
  return null;
end
$$;
comment on function private.audit_update() is
  'One insert per changed statement, however many rows. The argument names the key column; billhook.action names the act. '
  'security definer because nobody may write the audit directly.';

create function private.audit_insert()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, after)
  select x.workspace_id, auth.uid(), tg_table_name, x.id,
    coalesce(nullif(current_setting('billhook.action', true), ''), 'create'), to_jsonb(x)
  from new_rows x;
  return null;
end
$$;
comment on function private.audit_insert() is
  'As audit_update, for rows whose making is itself an act of a person. security definer for the same reason.';

create function private.audit_delete()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  insert into public.audit_events (workspace_id, actor_id, entity_type, entity_id, action, before)
  select x.workspace_id, auth.uid(), tg_table_name, x.id,
    coalesce(nullif(current_setting('billhook.action', true), ''), 'delete'), to_jsonb(x)
  from old_rows x
  where exists (select 1 from public.workspaces w where w.id = x.workspace_id);
  return null;
end
$$;
comment on function private.audit_delete() is
  'As audit_update, for deleted rows; a workspace deleted as a whole leaves nothing behind. security definer for the same reason.';

do $$
declare
  t text;
begin
  foreach t in array array['workspaces', 'members', 'people', 'clients', 'projects', 'project_git_configs', 'repositories', 'commits',
    'draft_line_items', 'time_entries', 'invoices', 'invoice_lines'] loop
    execute format('create trigger audit_update after update on public.%I referencing old table as old_rows
      new table as new_rows for each statement execute function private.audit_update(%L)',
      t, case when t = 'project_git_configs' then 'project_id' else 'id' end);
  end loop;
  foreach t in array array['members', 'clients', 'projects', 'repositories', 'time_entries', 'invoices'] loop
    execute format('create trigger audit_insert after insert on public.%I referencing new table as new_rows
      for each statement execute function private.audit_insert()', t);
  end loop;
  foreach t in array array['members', 'people', 'draft_line_items', 'time_entries', 'invoices', 'invoice_lines'] loop
    execute format('create trigger audit_delete after delete on public.%I referencing old table as old_rows
      for each statement execute function private.audit_delete()', t);
  end loop;
end
$$;

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  kind text not null check (kind in ('drafts_waiting', 'delivery_failed', 'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed')),
  subject_id uuid,
  body text not null default '' check (length(body) <= 1000),
  occurrences integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (workspace_id, kind, subject_id)
);
comment on table public.notifications is
  'One row per matter, counted up instead of repeated: drafts waiting (per repository), a delivery that failed, an invoice paid.';
create index notifications_recent on public.notifications (workspace_id, updated_at desc);

create table public.notification_reads (
  notification_id uuid not null references public.notifications (id) on delete cascade,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  read_at timestamptz not null default now(),
  primary key (notification_id, user_id)
);
comment on table public.notification_reads is 'Up to when a person has read a matter; a later occurrence makes it unread again.';

alter table public.notifications enable row level security;
create policy notifications_read on public.notifications for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.notifications from anon, authenticated;
grant select on public.notifications to authenticated;
grant all on public.notifications to service_role;

alter table public.notification_reads enable row level security;
create policy notification_reads_own on public.notification_reads for select to authenticated
  using (user_id = (select auth.uid()) and workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.notification_reads from anon, authenticated;
grant select on public.notification_reads to authenticated;
grant all on public.notification_reads to service_role;

create function public.mark_notifications_read(p_workspace_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
begin
  perform private.require_role(p_workspace_id, array['owner', 'admin', 'member', 'viewer']);
  insert into public.notification_reads (notification_id, workspace_id, user_id, read_at)
  select id, workspace_id, auth.uid(), clock_timestamp() from public.notifications where workspace_id = p_workspace_id
  on conflict (notification_id, user_id) do update set read_at = excluded.read_at;
end
$$;
comment on function public.mark_notifications_read(uuid) is
  'Marks what a workspace has to tell as read by the person asking. security definer: reads are not writable directly.';
grant execute on function public.mark_notifications_read(uuid) to authenticated;

create function private.notify(p_workspace_id uuid, p_kind text, p_subject_id uuid, p_body text, p_occurrences integer default 1)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into public.notifications (workspace_id, kind, subject_id, body, occurrences)
  values (p_workspace_id, p_kind, p_subject_id, left(p_body, 1000), p_occurrences)
  on conflict (workspace_id, kind, subject_id) do update set
    body = excluded.body, occurrences = public.notifications.occurrences + excluded.occurrences, updated_at = clock_timestamp()
$$;
comment on function private.notify(uuid, text, uuid, text, integer) is 'Raises a matter or counts it up.';
grant execute on function private.notify(uuid, text, uuid, text, integer) to service_role;
