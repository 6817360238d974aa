-- What clients and projects have been worked for, as sums: a browser has no use for each of twenty thousand lines.

create view public.unbilled_work with (security_invoker = true) as
select d.workspace_id, d.client_id, d.project_id, d.status, d.currency, count(*)::integer as lines,
  sum(d.minutes)::bigint as minutes, coalesce(sum(d.total_minor), 0)::bigint as total_minor
from public.draft_line_items d
where d.billable and d.status in ('draft', 'approved') and d.invoice_id is null
group by d.workspace_id, d.client_id, d.project_id, d.status, d.currency;
comment on view public.unbilled_work is
  'Open and approved work that is on no invoice, by project, status and currency; lines without a rate count as nothing. Under row '
  'level security of the one who asks.';
revoke all on public.unbilled_work from anon, authenticated;
grant select on public.unbilled_work to authenticated, service_role;
