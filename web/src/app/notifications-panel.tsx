import { type Matter, markMatters } from "@billhook/database/notifications";
import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BellOff, CheckCheck, Circle, CircleCheck } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useApp } from "../data/app.tsx";
import { useFormat } from "../data/format.ts";
import { keys, messageOf } from "../data/query.ts";
import { useWorkspace } from "../data/workspace.tsx";
import { classNames } from "../lib/class-names.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { EmptyState, ErrorState, ListSkeleton } from "../ui/states.tsx";
import { notifyError } from "../ui/toast.tsx";
import { chordOf } from "./keys.ts";
import { describeMatter } from "./notifications.ts";

/** What the bell opens: the matters, newest first, each leading to where it is seen to. */
export function NotificationsPanel(props: {
  matters: Pick<UseQueryResult<Matter[]>, "data" | "error" | "refetch">;
  onClose: () => void;
}) {
  const { data, error, refetch } = props.matters;
  const { db } = useApp();
  const { id } = useWorkspace().workspace;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const list = useRef<HTMLUListElement>(null);
  const unread = data?.some((matter) => matter.is_unread) === true;

  const listed = data !== undefined && data.length > 0;
  useEffect(() => {
    // The panel is there before what it lists; the keys are for the list.
    if (listed) list.current?.querySelector<HTMLElement>("[data-matter]")?.focus();
  }, [listed]);

  const mark = async (of: readonly Matter[], isRead: boolean): Promise<void> => {
    const ids = new Set(of.filter((matter) => matter.is_unread === isRead).map((matter) => matter.id));
    if (ids.size === 0) return;
    await queryClient.cancelQueries({ queryKey: keys.notifications(id) });
    queryClient.setQueryData<Matter[]>(keys.notifications(id), (shown) =>
      shown?.map((matter) => (ids.has(matter.id) ? { ...matter, is_unread: !isRead } : matter)),
    );
    const marked = await markMatters(db, id, [...ids], isRead);
    if (!marked.ok) void notifyError(marked.error.message);
    await queryClient.invalidateQueries({ queryKey: keys.notifications(id) });
  };
  const open = (matter: Matter): void => {
    void mark([matter], true);
    props.onClose();
    void navigate({ href: describeMatter(matter).to });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const chord = chordOf(event);
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-matter]") ?? [])];
    const at = rows.findIndex((row) => row.parentElement?.contains(document.activeElement) === true);
    const matter = data?.[at];
    if (chord === "j" || chord === "arrowdown") rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (chord === "k" || chord === "arrowup") rows[Math.max(at - 1, 0)]?.focus();
    else if (chord === "r" && matter !== undefined) void mark([matter], matter.is_unread);
    else if (chord === "shift+r") void mark(data ?? [], true);
    else return;
    event.preventDefault();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys of the list within it
    <div className="flex max-h-[60vh] w-88 max-w-full flex-col" onKeyDown={onKeyDown}>
      <h2 className="shrink-0 px-3 pt-2 pb-1 text-xs font-medium text-faint">Notifications</h2>
      <div className="min-h-0 flex-1 overflow-y-auto p-1 pt-0">
        {data === undefined && error === null && <ListSkeleton rows={4} rowHeight={44} />}
        {data === undefined && error !== null && (
          <ErrorState message={messageOf(error)} onRetry={() => void refetch()} />
        )}
        {data?.length === 0 && (
          <EmptyState icon={<BellOff size={20} aria-hidden />} title="Nothing to tell">
            New drafts, failed deliveries, lost access, used budgets and paid invoices are told here.
          </EmptyState>
        )}
        <ul ref={list}>
          {data?.map((matter) => (
            <MatterItem
              key={matter.id}
              matter={matter}
              onOpen={() => open(matter)}
              onMark={() => void mark([matter], matter.is_unread)}
            />
          ))}
        </ul>
      </div>
      {listed && (
        <footer className="flex shrink-0 items-center gap-3 border-t border-line px-2 py-1.5">
          <Button size="sm" variant="ghost" disabled={!unread} onClick={() => void mark(data, true)}>
            <CheckCheck size={13} aria-hidden /> Mark all as read
            <span className="max-md:hidden">
              <Kbd keys="shift+r" />
            </span>
          </Button>
          <span className="ml-auto flex items-center gap-1 text-xs text-faint max-md:hidden">
            <Kbd keys="j" /> <Kbd keys="k" /> move
          </span>
        </footer>
      )}
    </div>
  );
}

function MatterItem({ matter, onOpen, onMark }: { matter: Matter; onOpen: () => void; onMark: () => void }) {
  const format = useFormat();
  const { title, body } = describeMatter(matter);
  return (
    <li className="group flex items-start rounded-md focus-within:bg-hover hover:bg-hover">
      <button
        type="button"
        data-matter
        className="flex min-w-0 flex-1 items-start gap-2 rounded-md px-2 py-1.5 text-left"
        onClick={onOpen}
      >
        <span
          aria-hidden
          className={classNames(
            "mt-1.5 size-1.5 shrink-0 rounded-full",
            matter.is_unread ? "bg-accent" : "bg-transparent",
          )}
        />
        <span className="min-w-0 flex-1">
          <span className={classNames("block break-words", matter.is_unread && "font-medium")}>
            {title}
            {matter.is_unread && <span className="sr-only"> (new)</span>}
          </span>
          {body !== "" && <span className="line-clamp-2 text-sm break-words text-muted">{body}</span>}
          <span className="block text-xs text-faint">{format.instant(matter.updated_at)}</span>
        </span>
      </button>
      <IconButton
        label={matter.is_unread ? "Mark as read" : "Mark as unread"}
        shortcut="r"
        tabIndex={-1}
        className="mt-1 mr-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 max-md:opacity-100"
        onClick={onMark}
      >
        {matter.is_unread ? <CircleCheck size={14} aria-hidden /> : <Circle size={14} aria-hidden />}
      </IconButton>
    </li>
  );
}
