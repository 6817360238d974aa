import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Ticket } from "lucide-react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { useLiveTable } from "../../data/live.ts";
import { keys, messageOf } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { SettingsNavigation } from "../settings/settings-navigation.tsx";
import { ConnectTrackerDialog } from "./connect-tracker-dialog.tsx";
import { refusalWords, systemName } from "./systems.ts";
import { TrackerBadge } from "./tracker-badge.tsx";
import { TrackerDialog } from "./tracker-dialog.tsx";
import { type TrackerRow, useTrackers } from "./tracker-data.ts";

/** The ticket systems whose tickets commits name. */
export function TicketsPage() {
  const { workspace, canManage } = useWorkspace();
  const search = useSearch({ from: "/workspace/settings/tickets" });
  const navigate = useNavigate();
  const trackers = useTrackers();
  useLiveTable("tracker_connections", workspace.id, keys.trackers(workspace.id));
  const show = (shown: { connect?: string; tracker?: string }): void =>
    void navigate({ to: "/settings/tickets", search: shown });
  useCommands([
    {
      id: "tracker-connect",
      label: "Connect a ticket system",
      group: "Ticket systems",
      keys: ["n"],
      enabled: canManage,
      run: () => show({ connect: "new" }),
    },
  ]);
  const rows = trackers.data ?? [];
  const chosen = rows.find(({ id }) => id === search.tracker);
  const again = rows.find(({ id }) => id === search.connect);
  return (
    <Page
      title="Ticket systems"
      aside={<SettingsNavigation />}
      actions={
        canManage && (
          <Button variant="primary" onClick={() => show({ connect: "new" })}>
            <Plus size={14} aria-hidden /> Connect a ticket system
          </Button>
        )
      }
    >
      {search.refusal !== undefined && (
        <p role="alert" className="mx-4 mt-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          {refusalWords(search.kind ?? "", search.refusal)}
        </p>
      )}
      {trackers.isPending ? (
        <ListSkeleton rowHeight={56} />
      ) : trackers.isError && trackers.data === undefined ? (
        <ErrorState message={messageOf(trackers.error)} onRetry={() => void trackers.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<Ticket size={26} aria-hidden />}
          title="No ticket system is connected"
          action={
            canManage && (
              <Button variant="primary" onClick={() => show({ connect: "new" })}>
                Connect the first one
              </Button>
            )
          }
        >
          Connect Jira, Linear or another, and each line shows the ticket its commits name: its title, its state, its
          epic and the time logged on it.
          {!canManage && " Ask an owner or admin to connect one."}
        </EmptyState>
      ) : (
        <ul>
          {rows.map((tracker) => (
            <TrackerItem key={tracker.id} tracker={tracker} onOpen={() => show({ tracker: tracker.id })} />
          ))}
        </ul>
      )}
      {search.connect !== undefined && canManage && (
        <ConnectTrackerDialog
          key={search.connect}
          tracker={again ?? null}
          onClose={(connected) => show(connected === null ? {} : { tracker: connected })}
        />
      )}
      {chosen !== undefined && (
        <TrackerDialog
          key={chosen.id}
          tracker={chosen}
          onConnectAgain={() => show({ connect: chosen.id })}
          onClose={() => show({})}
        />
      )}
    </Page>
  );
}

function TrackerItem({ tracker, onOpen }: { tracker: TrackerRow; onOpen: () => void }) {
  const format = useFormat();
  const { prefixes } = tracker;
  return (
    <li className="relative border-b border-line px-4 py-2.5 hover:bg-hover">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <button type="button" onClick={onOpen} className="text-left font-medium after:absolute after:inset-0">
          {tracker.name}
        </button>
        <TrackerBadge tracker={tracker} />
        <span className="flex-1" />
        {tracker.answered_at !== null && (
          <span className="text-sm text-faint">answered {format.instant(tracker.answered_at)}</span>
        )}
      </div>
      <p className="text-sm text-muted">
        {[
          systemName(tracker.kind),
          tracker.account_name === null ? null : `as ${tracker.account_name}`,
          prefixes.length === 0
            ? "all projects"
            : `${prefixes.slice(0, 6).join(", ")}${prefixes.length > 6 ? ` and ${prefixes.length - 6} more` : ""}`,
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
      {tracker.problem !== null && <p className="mt-1 text-sm text-danger">{tracker.problem}</p>}
    </li>
  );
}
