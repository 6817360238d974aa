import { settle } from "@billhook/database/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { notify, notifyError } from "../../ui/toast.tsx";

type Archivable = "clients" | "projects" | "repositories";

const words: Readonly<Record<Archivable, { archived: string; restored: string; meaning: string }>> = {
  clients: {
    archived: "Client archived",
    restored: "Client restored",
    meaning: "It is left out of lists; its projects, work and invoices stay.",
  },
  projects: {
    archived: "Project archived",
    restored: "Project restored",
    meaning: "No repository can be connected to it; its work stays.",
  },
  repositories: {
    archived: "Repository archived",
    restored: "Repository restored",
    meaning: "Its pushes are refused from now on; what it brought stays.",
  },
};

/** Archives and restores; both are undone from the toast. */
export function useArchiving(
  table: Archivable,
  row: { id: string; workspace_id: string; archived_at: string | null },
): { toggle: () => Promise<void>; busy: boolean } {
  const db = useDb();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);

  const set = async (archived: boolean): Promise<boolean> => {
    setBusy(true);
    const saved = await settle(
      db
        // The three tables share these columns; the client's types ask for one table at a time.
        .from(table as "clients")
        .update({ archived_at: archived ? new Date().toISOString() : null })
        .eq("workspace_id", row.workspace_id)
        .eq("id", row.id)
        .select("id")
        .single(),
    );
    await queryClient.invalidateQueries({ queryKey: keys[table](row.workspace_id) });
    setBusy(false);
    if (!saved.ok) void notifyError(saved.error.message);
    return saved.ok;
  };

  const toggle = async (): Promise<void> => {
    const archive = row.archived_at === null;
    if (!(await set(archive))) return;
    const { archived, restored, meaning } = words[table];
    void notify(
      archive ? archived : restored,
      { label: "Undo", run: () => void set(!archive) },
      archive ? meaning : undefined,
    );
  };
  return { toggle, busy };
}
