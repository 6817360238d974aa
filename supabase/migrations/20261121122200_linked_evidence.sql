-- The client's page and the PDF stand on one reading of the evidence.

create or replace function private.evidence_of(p_invoice_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with entries as materialized (
    select l.id as line_id, l.position, e.id, e.entry_date, e.created_at, e.draft_line_item_id, left(e.description, 500) as description,
      e.billed_seconds, d.ticket_key, d.ticket_url, left(t.title, 200) as ticket_title,
      row_number() over (order by l.position, e.entry_date, e.created_at, e.id) as nth
    from public.invoice_lines l
    join public.invoice_line_entries x on x.invoice_line_id = l.id
    join public.time_entries e on e.id = x.time_entry_id
    left join public.draft_line_items d on d.id = e.draft_line_item_id
    left join public.tickets t on t.id = d.ticket_id
    where l.invoice_id = p_invoice_id
  ), behind as (
    select e.id as entry_id, c.short_hash, left(split_part(c.message, E'\n', 1), 200) as subject, c.url, r.name as repository,
      row_number() over (order by e.nth, c.committed_at, c.id) as nth, row_number() over (partition by e.id order by c.committed_at, c.id) as own_nth
    from entries e
    join public.commit_draft_items i on i.draft_line_item_id = e.draft_line_item_id
    join public.commits c on c.id = i.commit_id
    join public.repositories r on r.id = c.repository_id
  ), commits as (
    select entry_id, count(*) as commits,
      jsonb_agg(jsonb_build_object('hash', short_hash, 'subject', subject, 'repository', repository, 'url', url) order by own_nth)
        filter (where nth <= 1000) as shown
    from behind group by entry_id
  )
  select jsonb_build_object('entries', (select count(*) from entries), 'lines', coalesce((
    select jsonb_agg(jsonb_build_object('line_id', s.line_id, 'entries', s.entries) order by s.position)
    from (
      select e.line_id, e.position, jsonb_agg(jsonb_build_object('date', e.entry_date, 'description', e.description,
        'seconds', e.billed_seconds, 'ticket_key', e.ticket_key, 'ticket_title', e.ticket_title, 'ticket_url', e.ticket_url,
        'commits', coalesce(c.shown, '[]'), 'commits_left_out', coalesce(c.commits - jsonb_array_length(coalesce(c.shown, '[]')), 0))
        order by e.nth) as entries
      from entries e left join commits c on c.entry_id = e.id
      where e.nth <= 1000 group by e.line_id, e.position
    ) s), '[]'))
$$;
comment on function private.evidence_of(uuid) is
  'What was done for each line of an invoice: {entries (how many), lines: [{line_id, entries: [{date, description, seconds, ticket_…, '
  'commits: [{hash, subject, repository, url}], commits_left_out}]}]}. A thousand entries and a thousand commits at most; void invoices '
  'keep theirs.';

create or replace function public.open_invoice_link(p_token_hash text, p_whole boolean default true, p_counts boolean default false)
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
      'credit_notes', (select coalesce(jsonb_agg(jsonb_build_object('number', n.number, 'issue_date', n.issue_date,
        'total_minor', n.total_minor) order by n.issue_date, n.number), '[]')
        from public.invoices n where n.corrects_id = v_invoice.id and n.status not in ('draft', 'void')),
      'evidence', case when v_link.show_evidence then private.evidence_of(v_invoice.id) end)
    else '{}' end;
end
$$;
comment on function public.open_invoice_link(text, boolean, boolean) is
  'What the address with this token shows, or null: unknown, revoked and expired are one. p_whole: with credit notes and, where the '
  'workspace shows it, the evidence. p_counts: somebody looked.';
drop function public.invoice_evidence(uuid);

-- Of every kind of secret: those of Stripe's accounts and of links each came without the other.
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
  select 'stripe', s.id, s.account_id, s.purpose, s.ciphertext from public.stripe_secrets s
  where not starts_with(s.ciphertext, p_version || '.')
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
  ), of_stripe as (
    update public.stripe_secrets s set ciphertext = l.after from listed l
    where l.kind = 'stripe' and s.id = l.id and s.ciphertext = l.before
    returning 1
  ), of_links as (
    update public.invoice_link_secrets s set ciphertext = l.after from listed l
    where l.kind = 'link' and s.link_id = l.id and s.ciphertext = l.before
    returning 1
  )
  select ((select count(*) from of_repositories) + (select count(*) from of_grants) + (select count(*) from of_words)
    + (select count(*) from of_stripe) + (select count(*) from of_links))::integer
$$;
