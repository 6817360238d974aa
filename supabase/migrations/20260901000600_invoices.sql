-- What is billed. An invoice gets its number when it is finalised and does not change after that.

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  client_id uuid not null,
  status text not null default 'draft' check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  number text check (length(number) between 1 and 60),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  issue_date date,
  due_date date,
  payment_terms_days integer not null default 14 check (payment_terms_days between 0 and 365),
  notes text check (length(notes) <= 4000),
  subtotal_minor bigint not null default 0,
  tax_minor bigint not null default 0,
  total_minor bigint not null default 0,
  amount_paid_minor bigint not null default 0,
  biller jsonb,
  recipient jsonb,
  finalised_at timestamptz,
  sent_at timestamptz,
  paid_at timestamptz,
  voided_at timestamptz,
  pdf_key text,
  stripe_invoice_id text unique,
  stripe_customer_id text,
  stripe_status text,
  stripe_hosted_url text,
  stripe_event_at timestamptz,
  stripe_error text,
  created_by uuid,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, number),
  foreign key (workspace_id, client_id) references public.clients (workspace_id, id) on delete restrict,
  check ((status = 'draft') = (number is null)),
  check ((status = 'draft') = (finalised_at is null)),
  check (total_minor = subtotal_minor + tax_minor)
);
comment on table public.invoices is
  'Amounts are minor units of currency. biller and recipient are copied at finalisation, so that a later change of address '
  'does not rewrite history. stripe_event_at guards against events that arrive out of order. Overdue is derived from due_date.';
create index invoices_list on public.invoices (workspace_id, created_at desc);
create index invoices_changed on public.invoices (workspace_id, updated_at);

create table public.invoice_lines (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  invoice_id uuid not null,
  position integer not null check (position >= 1),
  description text not null check (length(description) between 1 and 2000),
  project_id uuid,
  draft_line_item_id uuid,
  ticket_key text,
  start_date date,
  end_date date,
  seconds bigint not null check (seconds >= 0),
  hourly_rate_minor bigint not null check (hourly_rate_minor >= 0),
  total_minor bigint not null generated always as (public.line_total_minor(seconds, hourly_rate_minor)) stored,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (invoice_id, position) deferrable initially deferred,
  foreign key (workspace_id, invoice_id) references public.invoices (workspace_id, id) on delete cascade,
  foreign key (workspace_id, project_id) references public.projects (workspace_id, id) on delete restrict,
  foreign key (workspace_id, draft_line_item_id) references public.draft_line_items (workspace_id, id) on delete restrict
);
comment on table public.invoice_lines is
  'One line of an invoice. Its total is computed here and nowhere else; screen, PDF and Stripe show it.';
create index invoice_lines_draft on public.invoice_lines (draft_line_item_id);

create table public.invoice_line_entries (
  invoice_line_id uuid not null,
  time_entry_id uuid not null,
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  live boolean not null default true,
  primary key (invoice_line_id, time_entry_id),
  foreign key (workspace_id, invoice_line_id) references public.invoice_lines (workspace_id, id) on delete cascade,
  foreign key (workspace_id, time_entry_id) references public.time_entries (workspace_id, id) on delete restrict
);
comment on table public.invoice_line_entries is
  'Which time a line bills. live is false once the invoice is void; an entry is on one live invoice only, by constraint.';
create unique index invoice_line_entries_once on public.invoice_line_entries (time_entry_id) where live;

create table public.invoice_counters (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  series text not null default 'invoice',
  period integer not null default 0,
  last_number integer not null default 0 check (last_number >= 0),
  primary key (workspace_id, series, period)
);
comment on table public.invoice_counters is
  'Gapless numbering: the row is locked while an invoice is finalised, so numbers follow each other and none is skipped. '
  'period is the year where the pattern names it, else 0.';

alter table public.draft_line_items add foreign key (workspace_id, invoice_id)
  references public.invoices (workspace_id, id) on delete restrict;
alter table public.time_entries add foreign key (workspace_id, invoice_id)
  references public.invoices (workspace_id, id) on delete restrict;

create table public.stripe_events (
  event_id text primary key check (length(event_id) between 1 and 255),
  workspace_id uuid references public.workspaces (id) on delete cascade,
  invoice_id uuid,
  event_type text not null,
  event_at timestamptz not null,
  outcome text not null check (outcome in ('applied', 'older', 'unrelated', 'mismatch')),
  received_at timestamptz not null default now(),
  foreign key (workspace_id, invoice_id) references public.invoices (workspace_id, id) on delete cascade
);
comment on table public.stripe_events is 'Events of the payment provider, each handled once. They arrive twice and out of order.';
create index stripe_events_invoice on public.stripe_events (invoice_id);

create function private.guard_invoice()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    if old.status <> 'draft' then
      perform private.fail('BH005', 'a finalised invoice cannot be deleted; void it');
    end if;
    return old;
  end if;
  if old.status <> 'draft' then
    if (old.number, old.client_id, old.currency, old.issue_date, old.due_date, old.notes, old.subtotal_minor, old.tax_minor,
        old.total_minor, old.biller, old.recipient, old.finalised_at)
      is distinct from
       (new.number, new.client_id, new.currency, new.issue_date, new.due_date, new.notes, new.subtotal_minor, new.tax_minor,
        new.total_minor, new.biller, new.recipient, new.finalised_at) then
      perform private.fail('BH005', 'a finalised invoice cannot be changed');
    end if;
    if new.status <> old.status and not (old.status, new.status) in (
        ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid'), ('uncollectible', 'void')) then
      perform private.fail('BH005', format('an invoice cannot go from %s to %s', old.status, new.status));
    end if;
  elsif new.status not in ('draft', 'open') then
    perform private.fail('BH005', format('an invoice cannot go from draft to %s', new.status));
  end if;
  return new;
end
$$;
comment on function private.guard_invoice() is 'A finalised invoice is immutable for every writer, the service role included.';
create trigger guard before update or delete on public.invoices for each row execute function private.guard_invoice();

create function private.guard_invoice_line()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_status text;
begin
  -- Waits for whoever is finalising the invoice at this moment, and then sees what became of it.
  select status into v_status from public.invoices
  where id = case when tg_op = 'DELETE' then old.invoice_id else new.invoice_id end for key share;
  if v_status is not null and v_status <> 'draft' then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  if tg_op = 'UPDATE' and new.invoice_id <> old.invoice_id then
    perform private.fail('BH005', 'a line stays on its invoice');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function private.guard_invoice_line() is 'Lines are immutable with their invoice, for every writer.';
create trigger guard before insert or update or delete on public.invoice_lines
  for each row execute function private.guard_invoice_line();

create function private.guard_invoice_line_entry()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_status text;
begin
  if tg_op = 'UPDATE' then
    if (old.invoice_line_id, old.time_entry_id, old.workspace_id) is distinct from
        (new.invoice_line_id, new.time_entry_id, new.workspace_id) or (new.live and not old.live) then
      perform private.fail('BH005', 'what a line bills cannot be changed');
    end if;
    return new;
  end if;
  select i.status into v_status
  from public.invoice_lines l join public.invoices i on i.id = l.invoice_id
  where l.id = case when tg_op = 'DELETE' then old.invoice_line_id else new.invoice_line_id end for key share of i;
  if v_status is not null and v_status <> 'draft' then
    perform private.fail('BH005', 'the lines of a finalised invoice cannot be changed');
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function private.guard_invoice_line_entry() is
  'What a finalised line bills stays as evidence, for every writer; only live may go from true to false, when it is voided.';
create trigger guard before insert or update or delete on public.invoice_line_entries
  for each row execute function private.guard_invoice_line_entry();

do $$
declare
  t text;
begin
  foreach t in array array['invoices', 'invoice_lines', 'invoice_line_entries', 'invoice_counters', 'stripe_events'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('create policy %I on public.%I for select to authenticated
      using (workspace_id = any ((select private.workspace_ids())::uuid[]))', t || '_read', t);
    execute format('revoke all on public.%I from anon, authenticated', t);
    execute format('grant select on public.%I to authenticated', t);
    execute format('grant all on public.%I to service_role', t);
    -- The guards look at rows; truncate would pass them by.
    execute format('revoke truncate on public.%I from service_role', t);
  end loop;
end
$$;

create trigger touch before update on public.invoices for each row execute function private.touch_versioned();
