-- Who took the address of a client's page back.

alter table public.invoice_links add column revoked_by uuid;

create or replace function public.revoke_invoice_link(p_link_id uuid)
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
  update public.invoice_links set revoked_at = clock_timestamp(), revoked_by = auth.uid() where id = p_link_id;
end
$$;
