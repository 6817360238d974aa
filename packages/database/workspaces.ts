import { type BillhookClient, settle, settleVoid } from "./client.ts";

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

export const markNotificationsRead = (db: BillhookClient, workspaceId: string) =>
  settleVoid(db.rpc("mark_notifications_read", { p_workspace_id: workspaceId }));
