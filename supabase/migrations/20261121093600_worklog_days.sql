-- Ticket systems that keep a day and no hour get the day as it was where the work was done.

create or replace function public.take_worklogs(p_limit integer default 50, p_seconds integer default 120)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_taken jsonb;
begin
  with due as materialized (
    select w.id from public.worklogs w
    join public.tickets t on t.id = w.ticket_id and t.state in ('found', 'gone')
    join public.tracker_connections c on c.id = t.connection_id and c.disconnected_at is null
    join public.host_grants g on g.id = c.grant_id and g.revoked_at is null and (g.waits_until is null or g.waits_until <= clock_timestamp())
    where w.status in ('queued', 'withdrawing') and w.next_attempt_at <= clock_timestamp()
      and (w.claimed_until is null or w.claimed_until < clock_timestamp())
    order by w.id limit p_limit for update of w skip locked
  ), taken as (
    update public.worklogs w set claimed_until = clock_timestamp() + make_interval(secs => p_seconds), attempts = w.attempts + 1
    where w.id in (select id from due)
    returning w.*
  )
  select coalesce(jsonb_agg(private.tracker_of(c) || jsonb_build_object('timezone', s.timezone, 'worklogs', k.worklogs)), '[]')
  into v_taken
  from (
    select t.connection_id, jsonb_agg(jsonb_build_object('id', w.id, 'key', coalesce(t.current_key, t.key), 'is_withdrawn', w.is_withdrawn,
      'seconds', w.seconds, 'started_at', w.started_at, 'comment', w.comment, 'external_id', w.external_id, 'attempts', w.attempts,
      'ticket_state', t.state) order by w.created_at, w.id) as worklogs
    from taken w join public.tickets t on t.id = w.ticket_id
    group by t.connection_id
  ) k
  join public.tracker_connections c on c.id = k.connection_id
  join public.workspaces s on s.id = c.workspace_id;
  return v_taken;
end
$$;
comment on function public.take_worklogs(integer, integer) is
  'Takes what is to be written to tickets or taken back there, by connection, with the workspace''s time zone, for a while: a worker '
  'that dies lets go by itself, and the next one finds the marker of what was written.';
