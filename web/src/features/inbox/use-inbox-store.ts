import { useEffect, useState, useSyncExternalStore } from "react";
import { useApp } from "../../data/app.tsx";
import { usePolling } from "../../data/live.ts";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { type InboxSnapshot, InboxStore } from "./inbox-store.ts";

/** The workspace's drafts: loaded once, kept while the tab visits other pages, and polled while they are shown. */
export function useInboxStore(): { store: InboxStore; snapshot: InboxSnapshot } {
  const { db, queryClient } = useApp();
  const { id } = useWorkspace().workspace;
  const [store] = useState(() => {
    const kept = queryClient.getQueryData<InboxStore>(keys.inbox(id));
    const opened = kept ?? new InboxStore(db, id);
    // Before what the rest of the page asks for, which can wait.
    if (kept === undefined) void opened.start();
    queryClient.setQueryDefaults(keys.inbox(id), { gcTime: 30 * 60_000 });
    queryClient.setQueryData(keys.inbox(id), opened);
    return opened;
  });
  useEffect(() => {
    void store.start();
  }, [store]);
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  usePolling(() => store.poll(), snapshot.phase === "ready");
  return { store, snapshot };
}
