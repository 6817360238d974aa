import { useEffect, useRef } from "react";
import type { DraftEdit } from "./draft-edit.ts";
import type { InboxSnapshot, InboxStore } from "./inbox-store.ts";

const readKept = (key: string): DraftEdit | null => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof kept === "object" && kept !== null && "texts" in kept && "began" in kept ? (kept as DraftEdit) : null;
  } catch {
    return null;
  }
};

/** What is being typed into a line is kept in the browser until it is saved or left, and is there again after a reload. */
export function useKeptEdit(
  store: InboxStore,
  snapshot: InboxSnapshot,
  edit: DraftEdit | null,
  setEdit: (edit: DraftEdit) => void,
): void {
  const key = `billhook.edit.${store.workspaceId}`;
  const began = useRef(false);
  useEffect(() => {
    if (began.current || snapshot.phase !== "ready") return;
    began.current = true;
    const kept = readKept(key);
    const row = kept === null ? undefined : snapshot.rows.get(kept.id);
    if (kept !== null && row?.status === "draft" && row.replaced_by === null) setEdit(kept);
  }, [key, snapshot, setEdit]);
  useEffect(() => {
    if (!began.current) return;
    try {
      if (edit === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(edit));
    } catch {
      // A browser that keeps nothing still has it until the page is left.
    }
  }, [key, edit]);
}
