-- A client and its first project are made together or not at all.

create function public.create_client_with_project(p_workspace_id uuid, p_client jsonb, p_project jsonb)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_client_id uuid;
  v_project_id uuid;
begin
  insert into public.clients (workspace_id, name, currency, locale, hourly_rate_minor)
  values (p_workspace_id, p_client ->> 'name', p_client ->> 'currency', p_client ->> 'locale',
    (p_client ->> 'hourly_rate_minor')::bigint)
  returning id into v_client_id;
  insert into public.projects (workspace_id, client_id, name)
  values (p_workspace_id, v_client_id, p_project ->> 'name')
  returning id into v_project_id;
  return jsonb_build_object('client_id', v_client_id, 'project_id', v_project_id);
end
$$;
comment on function public.create_client_with_project(uuid, jsonb, jsonb) is
  'A client with its first project, in one transaction: {client_id, project_id}. Under row level security and column grants.';
grant execute on function public.create_client_with_project(uuid, jsonb, jsonb) to authenticated;
