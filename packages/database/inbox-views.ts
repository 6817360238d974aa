import { type BillhookClient, settle } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { Json } from "./types.generated.ts";

/** A named view: what the inbox has in its address. */
export interface InboxView {
  id: string;
  name: string;
  search: Json;
  /** Everybody of the workspace sees it; its maker and managers may delete it. */
  shared: boolean;
  created_by: string | null;
}

/** The views the person sees, by name, and the one their inbox opens with. */
export async function readInboxViews(
  db: BillhookClient,
  workspaceId: string,
): Promise<DatabaseResult<{ views: InboxView[]; chosen: string | null }>> {
  const [views, choice] = await Promise.all([
    settle(
      db
        .from("inbox_views")
        .select("id, name, search, shared, created_by")
        .eq("workspace_id", workspaceId)
        .order("name"),
    ),
    settle(db.from("inbox_view_choices").select("view_id").eq("workspace_id", workspaceId)),
  ]);
  if (!views.ok) return views;
  if (!choice.ok) return choice;
  return { ok: true, value: { views: views.value, chosen: choice.value[0]?.view_id ?? null } };
}

/** `id` is a new UUID, or that of one's own view that is to change. */
export const saveInboxView = (
  db: BillhookClient,
  workspaceId: string,
  view: Pick<InboxView, "id" | "name" | "search" | "shared">,
) =>
  settle(
    db.rpc("save_inbox_view", {
      p_id: view.id,
      p_workspace_id: workspaceId,
      p_name: view.name,
      p_search: view.search,
      p_shared: view.shared,
    }),
  );

export const deleteInboxView = (db: BillhookClient, id: string) => settle(db.rpc("delete_inbox_view", { p_id: id }));

/** The view the person's inbox opens with; null: with everything that is open. */
export const chooseInboxView = (db: BillhookClient, workspaceId: string, id: string | null) =>
  settle(db.rpc("choose_inbox_view", { p_workspace_id: workspaceId, p_view_id: id as string }));
