import { useNavigate } from "@tanstack/react-router";
import { useFormat } from "../data/format.ts";
import { useRepositories } from "../data/workspace.tsx";
import { classNames } from "../lib/class-names.ts";
import { type Matter, type Notification, type Read, readMatters } from "./notifications.ts";

/** What the bell opens: the matters, newest first, each leading to where it is seen to. */
export function NotificationsPanel(props: {
  told: { notifications: readonly Notification[]; reads: readonly Read[] } | undefined;
  onOpen: () => void;
}) {
  const repositories = useRepositories().data;
  const names = new Map(repositories?.map((repository) => [repository.id, repository.name]));
  const matters = readMatters(props.told?.notifications ?? [], props.told?.reads ?? [], (id) => names.get(id) ?? null);
  return (
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
            <MatterButton matter={matter} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
    </div>
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
