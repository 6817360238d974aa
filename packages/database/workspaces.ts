import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";

export interface NewWorkspace {
  name: string;
  /** ISO 4217. */
  currency: string;
  /** IANA name, such as Europe/Berlin. */
  timezone: string;
  displayName: string | null;
}

/** Makes a workspace with the person asking as its owner; answers its id. */
export const createWorkspace = (db: BillhookClient, workspace: NewWorkspace) =>
  settle(
    db.rpc("create_workspace", {
      p_name: workspace.name,
      p_currency: workspace.currency,
      p_timezone: workspace.timezone,
      p_display_name: workspace.displayName,
    }),
  );

/** Not found where the person does not belong to it. */
export const readWorkspace = (db: BillhookClient, workspaceId: string) =>
  settle(db.from("workspaces").select("*").eq("id", workspaceId).single());

/** A client with its first project, both or none of them; answers their ids. */
export async function createClientWithProject(
  db: BillhookClient,
  workspaceId: string,
  client: { name: string; currency: string; locale: string; hourly_rate_minor: number | null },
  project: { name: string },
): Promise<DatabaseResult<{ client_id: string; project_id: string }>> {
  const result = await settle(
    db.rpc("create_client_with_project", { p_workspace_id: workspaceId, p_client: client, p_project: project }),
  );
  return result.ok ? { ok: true, value: result.value as { client_id: string; project_id: string } } : result;
}
