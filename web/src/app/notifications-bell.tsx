import { settle } from "@billhook/database/client";
import { markNotificationsRead } from "@billhook/database/workspaces";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bell } from "lucide-react";
import { useMemo, useState } from "react";
import { useApp } from "../data/app.tsx";
import { useFormat } from "../data/format.ts";
import { useLiveTable } from "../data/live.ts";
import { keys, unwrap } from "../data/query.ts";
import { useRepositories, useWorkspace } from "../data/workspace.tsx";
import { classNames } from "../lib/class-names.ts";
import { IconButton } from "../ui/button.tsx";
import { Popover } from "../ui/popover.tsx";
import { type Matter, readMatters } from "./notifications.ts";

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
        unwrap(settle(db.from("notification_reads").select("notification_id, read_at").eq("workspace_id", id))),
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
  const repositories = useRepositories().data;
  const { data } = useMatters();
  const matters = useMemo(() => {
    const names = new Map(repositories?.map((repository) => [repository.id, repository.name]));
    return readMatters(data?.notifications ?? [], data?.reads ?? [], (id) => names.get(id) ?? null);
  }, [data, repositories]);
  const [open, setOpen] = useState(false);
  const unread = matters.filter((matter) => matter.unread).length;
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
      <div className="max-h-[60vh] w-80 max-w-full overflow-y-auto p-1">
        <h2 className="px-2 py-1 text-xs font-medium text-faint">Notifications</h2>
        {matters.length === 0 && (
          <p className="px-2 py-4 text-muted">
            Nothing yet. New drafts, failed deliveries and paid invoices are told here.
          </p>
        )}
        <ul>
          {matters.map((matter) => (
            <li key={matter.id}>
              <MatterButton matter={matter} onOpen={() => void change(false)} />
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  );
}

function MatterButton({ matter, onOpen }: { matter: Matter; onOpen: () => void }) {
  const navigate = useNavigate();
  const format = useFormat();
  return (
    <button
      type="button"
      className="flex w-full items-start gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover"
      onClick={() => {
        onOpen();
        void navigate({ href: matter.to });
      }}
    >
      <span
        aria-hidden
        className={classNames("mt-1.5 size-1.5 shrink-0 rounded-full", matter.unread ? "bg-accent" : "bg-transparent")}
      />
      <span className="min-w-0 flex-1">
        <span className={classNames("block", matter.unread && "font-medium")}>
          {matter.title}
          {matter.unread && <span className="sr-only"> (new)</span>}
        </span>
        {matter.body !== "" && <span className="block truncate text-sm text-muted">{matter.body}</span>}
        <span className="block text-xs text-faint">{format.instant(matter.at)}</span>
      </span>
    </button>
  );
}
