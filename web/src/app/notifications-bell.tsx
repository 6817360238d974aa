import { settle } from "@billhook/database/client";
import { markNotificationsRead } from "@billhook/database/workspaces";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useState } from "react";
import { useApp } from "../data/app.tsx";
import { useLiveTable } from "../data/live.ts";
import { keys, unwrap } from "../data/query.ts";
import { useWorkspace } from "../data/workspace.tsx";
import { lazyPart } from "../lib/lazy-part.tsx";
import { IconButton } from "../ui/button.tsx";
import { Popover } from "../ui/popover.tsx";
import { countUnread } from "./unread.ts";

const NotificationsPanel = lazyPart(async () => (await import("./notifications-panel.tsx")).NotificationsPanel);

function useMatters() {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  useLiveTable("notifications", id, keys.notifications(id));
  return useQuery({
    queryKey: keys.notifications(id),
    queryFn: async () => {
      const [notifications, reads] = await Promise.all([
        unwrap(
          settle(
            db
              .from("notifications")
              .select("*")
              .eq("workspace_id", id)
              .order("updated_at", { ascending: false })
              .limit(30),
          ),
        ),
        unwrap(settle(db.from("notification_reads").select("*").eq("workspace_id", id))),
      ]);
      return { notifications, reads };
    },
  });
}

/** What happened while the person was away. Opening it marks all as read. */
export function NotificationsBell() {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const queryClient = useQueryClient();
  const { data } = useMatters();
  const [open, setOpen] = useState(false);
  const unread = countUnread(data);
  const change = async (next: boolean): Promise<void> => {
    setOpen(next);
    if (next || unread === 0) return;
    await markNotificationsRead(db, id);
    await queryClient.invalidateQueries({ queryKey: keys.notifications(id) });
  };
  return (
    <Popover
      label="Notifications"
      open={open}
      onOpenChange={(next) => void change(next)}
      trigger={
        <IconButton label={unread === 0 ? "Notifications" : `Notifications, ${unread} new`}>
          <span className="relative">
            <Bell size={15} aria-hidden />
            {unread > 0 && <span aria-hidden className="absolute -top-1 -right-1 size-2 rounded-full bg-accent" />}
          </span>
        </IconButton>
      }
    >
      <NotificationsPanel told={data} onOpen={() => void change(false)} />
    </Popover>
  );
}
