-- Every kind of notice: two migrations that were written side by side had each left out the other's.
alter table public.notifications drop constraint notifications_kind_check;
alter table public.notifications add constraint notifications_kind_check check (kind in ('drafts_waiting', 'delivery_failed',
  'grant_revoked', 'import_done', 'import_failed', 'invoice_paid', 'invoice_failed', 'tracker_refused', 'worklog_failed', 'budget_used',
  'words_budget', 'stripe_refused', 'stripe_differs'));
