import { readMatters } from "@billhook/database/notifications";
import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useState } from "react";
import { useApp } from "../data/app.tsx";
import { useLiveTable } from "../data/live.ts";
import { keys, unwrap } from "../data/query.ts";
import { useWorkspace } from "../data/workspace.tsx";
import { lazyPart } from "../lib/lazy-part.tsx";
import { IconButton } from "../ui/button.tsx";
import { Popover } from "../ui/popover.tsx";
import { useCommands } from "./commands.tsx";

const NotificationsPanel = lazyPart(async () => (await import("./notifications-panel.tsx")).NotificationsPanel);

/** Rows whose times say whether anything was told, or settled. */
const LOOKED_AT = 20;

/** What is to be told, with how many of it are new. */
export function NotificationsBell() {
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const [open, setOpen] = useState(false);
  useLiveTable("notifications", id, keys.notifications(id), LOOKED_AT);
  const matters = useQuery({
    queryKey: keys.notifications(id),
    queryFn: () => unwrap(readMatters(db, id)),
    // How many drafts wait changes with what is decided about them, which is told nowhere else.
    refetchInterval: open ? 2000 : 20_000,
  });
  const unread = matters.data?.filter((matter) => matter.is_unread).length ?? 0;
  useCommands(
    [{ id: "notifications", label: "Show notifications", group: "Anywhere", keys: ["g n"], run: () => setOpen(true) }],
    { shell: true },
  );
  return (
    <Popover
      label="Notifications"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton label={unread === 0 ? "Notifications" : `Notifications, ${unread} new`} shortcut="g n">
          <span className="relative">
            <Bell size={15} aria-hidden />
            {unread > 0 && <span aria-hidden className="absolute -top-1 -right-1 size-2 rounded-full bg-accent" />}
          </span>
        </IconButton>
      }
    >
      <NotificationsPanel matters={matters} onClose={() => setOpen(false)} />
    </Popover>
  );
}
