-- The client's page: an address that shows one finalised invoice to whoever has it, without signing in.

create table public.invoice_links (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  invoice_id uuid not null,
  show_evidence boolean not null default false,
  link_sources boolean not null default false,
  expires_on date,
  opened_count integer not null default 0 check (opened_count >= 0),
  first_opened_at timestamptz,
  last_opened_at timestamptz,
  revoked_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, invoice_id) references public.invoices (workspace_id, id) on delete cascade,
  check ((opened_count = 0) = (first_opened_at is null)),
  check ((first_opened_at is null) = (last_opened_at is null))
);
comment on table public.invoice_links is
  'Addresses at which clients see an invoice, one live at a time. show_evidence: with the entries, tickets and commits of each line; '
  'link_sources: these lead to their hosts. expires_on is the last day it opens, in the client''s zone. What opened it counts once '
  'in ten minutes, and not where a program looked that only shows a preview of links.';
create unique index invoice_links_live on public.invoice_links (invoice_id) where revoked_at is null;
create index invoice_links_invoice on public.invoice_links (invoice_id);

create table public.invoice_link_secrets (
  link_id uuid primary key,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  ciphertext text not null,
  foreign key (workspace_id, link_id) references public.invoice_links (workspace_id, id) on delete cascade
);
comment on table public.invoice_link_secrets is
  'The token in a live link''s address: its SHA-256 to find it by, and encrypted, so that it can be copied again. Neither opens '
  'anything for whoever has a copy of the database. Gone once the link is revoked. The service role''s alone.';

alter table public.invoice_links enable row level security;
create policy invoice_links_read on public.invoice_links for select to authenticated
  using (workspace_id = any ((select private.workspace_ids())::uuid[]));
revoke all on public.invoice_links from anon, authenticated;
grant select on public.invoice_links to authenticated;
grant all on public.invoice_links to service_role;
alter table public.invoice_link_secrets enable row level security;
revoke all on public.invoice_link_secrets from anon, authenticated;
grant all on public.invoice_link_secrets to service_role;
create trigger touch before update on public.invoice_links for each row execute function private.touch();
create trigger audit_insert after insert on public.invoice_links referencing new table as new_rows
  for each statement execute function private.audit_insert();
create trigger audit_update after update on public.invoice_links referencing old table as old_rows new table as new_rows
  for each statement execute function private.audit_update('id');

create function private.expiry_of(p_changes jsonb)
returns date
language plpgsql
stable
set search_path = ''
as $$
begin
  return case when p_changes ->> 'expires_on' is not null then private.date_of(p_changes, 'expires_on') end;
end
$$;
comment on function private.expiry_of(jsonb) is 'The last day of a link as a person chose it; null: it does not expire.';

create function public.create_invoice_link(p_invoice_id uuid, p_id uuid, p_token_hash text, p_ciphertext text,
  p_options jsonb default '{}')
returns uuid
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_invoice public.invoices;
  v_last public.invoice_links;
  v_id uuid;
begin
  v_invoice := private.lock_invoice(p_invoice_id, null);
  if v_invoice.status = 'draft' then
    perform private.fail('BH005', 'a draft has no page for the client; finalise it first', v_invoice.status);
  end if;
  select id into v_id from public.invoice_links where invoice_id = p_invoice_id and revoked_at is null;
  if v_id is not null then
    return v_id;
  end if;
  -- As the client's last one was.
  select l.* into v_last from public.invoice_links l join public.invoices i on i.id = l.invoice_id
  where l.workspace_id = v_invoice.workspace_id and i.client_id = v_invoice.client_id order by l.created_at desc limit 1;
  insert into public.invoice_links (id, workspace_id, invoice_id, show_evidence, link_sources, expires_on, created_by)
  values (p_id, v_invoice.workspace_id, p_invoice_id,
    coalesce((p_options ->> 'show_evidence')::boolean, v_last.show_evidence, false),
    coalesce((p_options ->> 'link_sources')::boolean, v_last.link_sources, false),
    private.expiry_of(p_options), auth.uid());
  insert into public.invoice_link_secrets (link_id, workspace_id, token_hash, ciphertext)
  values (p_id, v_invoice.workspace_id, p_token_hash, p_ciphertext);
  return p_id;
end
$$;
comment on function public.create_invoice_link(uuid, uuid, text, text, jsonb) is
  'Makes the address of a finalised invoice: {show_evidence, link_sources, expires_on}, the first two as the client''s last one had '
  'them unless said. Where there is a live one, answers its id. security definer: links are not writable directly; the role is checked.';

create function private.lock_invoice_link(p_link_id uuid)
returns public.invoice_links
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_link public.invoice_links;
begin
  select * into v_link from public.invoice_links where id = p_link_id for update;
  perform private.require_role(v_link.workspace_id, private.managers());
  return v_link;
end
$$;
comment on function private.lock_invoice_link(uuid) is 'Locks a link for a manager of its workspace.';

create function public.change_invoice_link(p_link_id uuid, p_changes jsonb)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_link public.invoice_links;
begin
  v_link := private.lock_invoice_link(p_link_id);
  if v_link.revoked_at is not null then
    perform private.fail('BH005', 'the address was revoked; make a new one', 'revoked_at');
  end if;
  update public.invoice_links set
    show_evidence = coalesce((p_changes ->> 'show_evidence')::boolean, show_evidence),
    link_sources = coalesce((p_changes ->> 'link_sources')::boolean, link_sources),
    expires_on = case when p_changes ? 'expires_on' then private.expiry_of(p_changes) else expires_on end
  where id = p_link_id;
end
$$;
comment on function public.change_invoice_link(uuid, jsonb) is
  'What a live address shows and until when: {show_evidence, link_sources, expires_on}; what is absent stays. '
  'security definer: links are not writable directly; the role is checked.';

create function public.revoke_invoice_link(p_link_id uuid)
returns void
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_link public.invoice_links;
begin
  v_link := private.lock_invoice_link(p_link_id);
  if v_link.revoked_at is not null then
    return;
  end if;
  perform set_config('billhook.action', 'revoke', true);
  delete from public.invoice_link_secrets where link_id = p_link_id;
  update public.invoice_links set revoked_at = clock_timestamp() where id = p_link_id;
end
$$;
comment on function public.revoke_invoice_link(uuid) is
  'From now on the address shows nothing. Its token is forgotten, so this is not taken back; the next address is another one. '
  'security definer: links are not writable directly; the role is checked.';
grant execute on function public.create_invoice_link(uuid, uuid, text, text, jsonb), public.change_invoice_link(uuid, jsonb),
  public.revoke_invoice_link(uuid) to authenticated;

create function public.invoice_link_secret(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('link_id', l.id, 'ciphertext', s.ciphertext)
  from public.invoice_links l join public.invoice_link_secrets s on s.link_id = l.id
  where l.invoice_id = p_invoice_id and l.revoked_at is null
$$;
comment on function public.invoice_link_secret(uuid) is
  'The encrypted token of an invoice''s live address, for the Worker, which has asked whether the person is a manager.';
grant execute on function public.invoice_link_secret(uuid) to service_role;

create function public.invoice_evidence(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(e.invoice_line_id, e.entries), '{}')
  from (
    select x.invoice_line_id, jsonb_agg(jsonb_build_object('date', t.entry_date, 'seconds', t.billed_seconds,
      'description', t.description, 'ticket', d.ticket_key, 'ticket_url', d.ticket_url, 'commits', coalesce(k.commits, '[]'))
      order by t.entry_date, t.id) as entries
    from public.invoice_lines l
    join public.invoice_line_entries x on x.invoice_line_id = l.id
    join public.time_entries t on t.id = x.time_entry_id
    left join public.draft_line_items d on d.id = t.draft_line_item_id
    left join lateral (
      select jsonb_agg(jsonb_build_object('hash', c.short_hash, 'subject', left(split_part(c.message, E'\n', 1), 300), 'url', c.url)
        order by c.committed_at, c.id) as commits
      from public.commit_draft_items i join public.commits c on c.id = i.commit_id
      where i.draft_line_item_id = d.id
    ) k on true
    where l.invoice_id = p_invoice_id
    group by x.invoice_line_id
  ) e
$$;
comment on function public.invoice_evidence(uuid) is
  'What each line of an invoice stands on, by its id: entries with their tickets and commits. Under the caller''s row level security.';
grant execute on function public.invoice_evidence(uuid) to service_role;
grant execute on function public.invoice_document(uuid) to service_role;

create function public.open_invoice_link(p_token_hash text, p_whole boolean default true, p_counts boolean default false)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_link public.invoice_links;
  v_invoice public.invoices;
  v_today date;
begin
  select l.* into v_link
  from public.invoice_link_secrets s join public.invoice_links l on l.id = s.link_id
  where s.token_hash = p_token_hash and l.revoked_at is null;
  select * into v_invoice from public.invoices where id = v_link.invoice_id and status <> 'draft';
  select (now() at time zone coalesce(c.timezone, w.timezone))::date into v_today
  from public.clients c join public.workspaces w on w.id = c.workspace_id where c.id = v_invoice.client_id;
  if v_today is null or v_link.expires_on < v_today then
    return null;
  end if;
  if p_counts then
    perform set_config('billhook.action', 'open', true);
    update public.invoice_links set opened_count = opened_count + 1, first_opened_at = coalesce(first_opened_at, now()),
      last_opened_at = now()
    where id = v_link.id and (last_opened_at is null or last_opened_at < now() - interval '10 minutes');
  end if;
  return jsonb_build_object('document', public.invoice_document(v_invoice.id), 'link_sources', v_link.link_sources) || case
    when p_whole then jsonb_build_object(
      'overdue', v_invoice.status = 'open' and v_invoice.due_date < v_today,
      'payments', (select coalesce(jsonb_agg(jsonb_build_object('amount_minor', p.amount_minor, 'paid_on', p.paid_on)
        order by p.paid_on, p.created_at), '[]') from public.invoice_payments p where p.invoice_id = v_invoice.id),
      'credit_notes', (select coalesce(jsonb_agg(jsonb_build_object('number', n.number, 'issue_date', n.issue_date,
        'total_minor', n.total_minor) order by n.issue_date, n.number), '[]')
        from public.invoices n where n.corrects_id = v_invoice.id and n.status not in ('draft', 'void')),
      'evidence', case when v_link.show_evidence then public.invoice_evidence(v_invoice.id) end)
    else '{}' end;
end
$$;
comment on function public.open_invoice_link(text, boolean, boolean) is
  'What the address with this token shows, or null: unknown, revoked and expired are one. p_whole: with payments, credit notes and, '
  'where the workspace shows it, the evidence. p_counts: somebody looked.';
grant execute on function public.open_invoice_link(text, boolean, boolean) to service_role;

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
  union all
  select 'link', s.link_id, s.link_id, 'token', s.ciphertext from public.invoice_link_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
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
  ), of_links as (
    update public.invoice_link_secrets s set ciphertext = l.after from listed l
    where l.kind = 'link' and s.link_id = l.id and s.ciphertext = l.before
    returning 1
  )
  select ((select count(*) from of_repositories) + (select count(*) from of_grants) + (select count(*) from of_words)
    + (select count(*) from of_links))::integer
$$;
