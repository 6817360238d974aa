-- What every later migration stands on: a schema for internals, closed default privileges, errors with names, and the
-- one definition of money arithmetic.

create schema if not exists private;
comment on schema private is 'Internals of Billhook. Not exposed through the API; holds helpers for policies and procedures.';
grant usage on schema private to authenticated, service_role;

-- Nothing is callable or readable until a migration grants it by name.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated;

-- Business errors have SQLSTATEs of class BH; packages/database/errors.ts maps each to what a person reads.
create function private.fail(p_code text, p_message text, p_detail text default null)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception using errcode = p_code, message = p_message, detail = coalesce(p_detail, '');
end
$$;
comment on function private.fail(text, text, text) is
  'Raises a business error (SQLSTATE class BH). The detail names the field or row concerned, for the interface.';

grant execute on function private.fail(text, text, text) to authenticated, service_role;

create function private.date_of(p_changes jsonb, p_field text)
returns date
language plpgsql
stable
set search_path = ''
as $$
declare
  v_date date;
begin
  if p_changes ->> p_field ~ '^\d{4}-\d{2}-\d{2}$' then
    begin
      v_date := (p_changes ->> p_field)::date;
    exception when datetime_field_overflow then
      v_date := null;
    end;
  end if;
  if v_date is null or v_date not between '1970-01-01' and '2199-12-31' then
    perform private.fail('BH003', 'this is not a date, such as 2026-03-31', p_field);
  end if;
  return v_date;
end
$$;
comment on function private.date_of(jsonb, text) is
  'Reads a date that a person entered. "infinity" and years no calendar shows are refused with the name of the field.';

create function private.check_text(p_changes jsonb, p_field text, p_max integer)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if length(p_changes ->> p_field) > p_max then
    perform private.fail('BH003', format('this is longer than %s characters', p_max), p_field);
  end if;
end
$$;
comment on function private.check_text(jsonb, text, integer) is
  'Refuses a text that its column cannot hold with the name of the field, which a check constraint could not tell.';

create function public.currency_exponent(p_currency text)
returns integer
language sql
immutable parallel safe
set search_path = ''
as $$
  select case
    when p_currency in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF') then 0
    when p_currency in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 3
    else 2
  end
$$;
comment on function public.currency_exponent(text) is
  'Decimals of a currency by ISO 4217: 0, 2 or 3. The TypeScript twin is packages/domain/money.ts; a test compares them.';

create function public.line_total_minor(p_seconds bigint, p_hourly_rate_minor bigint)
returns bigint
language sql
immutable parallel safe
set search_path = ''
as $$
  select round(p_seconds::numeric * p_hourly_rate_minor / 3600)::bigint
$$;
comment on function public.line_total_minor(bigint, bigint) is
  'The one computation of a line: seconds times hourly rate in minor units, rounded half away from zero to a minor unit.';
grant execute on function public.currency_exponent(text), public.line_total_minor(bigint, bigint)
  to anon, authenticated, service_role;

create function private.touch()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function private.touch() is 'Keeps updated_at. The clock, not the transaction start: open pages poll for rows changed since.';

create function private.touch_versioned()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  new.version := old.version + 1;
  return new;
end
$$;
comment on function private.touch_versioned() is
  'Keeps updated_at and counts versions, so that a second person changing the same row is told instead of overwriting it.';
