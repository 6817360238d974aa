-- A line whose ticket is named anew stands under that one, whoever names it.

create function private.follow_ticket_key()
returns trigger
language plpgsql
volatile security definer
set search_path = ''
as $$
declare
  v_connection_id uuid;
  t public.tickets;
begin
  new.ticket_id := null;
  if new.ticket_key is not null then
    -- As its own commits named it, or by the key of a ticket that is known.
    select k.* into t
    from public.tickets k
    left join public.commit_tickets n on n.ticket_id = k.id and n.key = new.ticket_key
      and n.commit_id in (select i.commit_id from public.commit_draft_items i where i.draft_line_item_id = new.id)
    where k.workspace_id = new.workspace_id and (n.ticket_id is not null or new.ticket_key in (k.key, k.current_key))
    order by n.ticket_id is null, k.state = 'gone', k.id limit 1;
    if t.id is null and new.ticket_key ~ '^[A-Z][A-Z0-9_]{1,19}-[0-9]{1,7}$' then
      select c.id into v_connection_id from public.tracker_connections c
      where c.workspace_id = new.workspace_id and c.disconnected_at is null
        and split_part(new.ticket_key, '-', 1) = any (c.prefixes)
      order by c.created_at limit 1;
      if v_connection_id is not null then
        insert into public.tickets (workspace_id, connection_id, key, state, next_fetch_at)
        values (new.workspace_id, v_connection_id, new.ticket_key, 'waiting', clock_timestamp())
        on conflict (connection_id, key) do update set next_fetch_at = clock_timestamp()
        returning * into t;
      end if;
    end if;
    new.ticket_id := t.id;
    if t.next_fetch_at is null and t.id is not null then
      update public.tickets set next_fetch_at = clock_timestamp() where id = t.id and next_fetch_at is null;
    end if;
  end if;
  if new.ticket_url is not distinct from old.ticket_url then
    new.ticket_url := t.url;
  end if;
  return new;
end
$$;
comment on function private.follow_ticket_key() is
  'A line stands under the ticket its key names, so that neither its facts nor its time go to the one it named before. A key of a '
  'connected project that nobody has asked for is asked for next. security definer: tickets are not writable by who edits a line.';
create trigger follow_ticket_key before update on public.draft_line_items for each row
  when (new.ticket_key is distinct from old.ticket_key and new.ticket_id is not distinct from old.ticket_id)
  execute function private.follow_ticket_key();
