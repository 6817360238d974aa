import {
  type InboxView,
  chooseInboxView,
  deleteInboxView,
  readInboxViews,
  saveInboxView,
} from "@billhook/database/inbox-views";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Star, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useApp, useSession } from "../../data/app.tsx";
import { keys, unwrap } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Checkbox, TextInput } from "../../ui/field.tsx";
import { Popover } from "../../ui/popover.tsx";
import { notifyError } from "../../ui/toast.tsx";
import { type InboxSearch, readInboxSearch } from "./inbox-search.ts";

const searchOf = (view: InboxView): InboxSearch =>
  readInboxSearch(
    typeof view.search === "object" && view.search !== null && !Array.isArray(view.search) ? view.search : {},
  );

const same = (a: InboxSearch, b: InboxSearch): boolean =>
  JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());

/** Named views: chosen from a list, kept under a name, one of them what the inbox opens with. */
export function InboxViews(props: { search: InboxSearch; canShare: boolean; onApply: (search: InboxSearch) => void }) {
  const { search } = props;
  const { db } = useApp();
  const userId = useSession()?.user.id;
  const { workspace, canManage } = useWorkspace();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const queryKey = [...keys.inbox(workspace.id), "views"];
  const query = useQuery({ queryKey, staleTime: 60_000, queryFn: () => unwrap(readInboxViews(db, workspace.id)) });
  const views = query.data?.views ?? [];
  const chosen = query.data?.chosen ?? null;
  const current = views.find((view) => same(searchOf(view), search));

  // Once, where the address says nothing: the view the person wants to begin with.
  const began = useRef(Object.keys(search).length > 0);
  const { onApply } = props;
  useEffect(() => {
    if (began.current || query.data === undefined) return;
    began.current = true;
    const first = query.data.views.find((view) => view.id === query.data.chosen);
    if (first !== undefined) onApply(searchOf(first));
  }, [query.data, onApply]);

  const change = async (ask: Promise<{ ok: true } | { ok: false; error: { message: string } }>): Promise<boolean> => {
    const result = await ask;
    if (!result.ok) void notifyError(result.error.message);
    await queryClient.invalidateQueries({ queryKey });
    return result.ok;
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Views"
      align="end"
      trigger={
        <Button size="md" aria-label={current === undefined ? "Views" : `View: ${current.name}`}>
          <Bookmark size={14} aria-hidden />
          <span className="max-w-28 truncate">{current?.name ?? "Views"}</span>
        </Button>
      }
    >
      <div className="w-72 p-1">
        {views.length === 0 && <p className="px-2 py-1 text-muted">Keep what you look at often under a name.</p>}
        <ul>
          {views.map((view) => (
            <li key={view.id} className="flex items-center rounded hover:bg-hover">
              <button
                type="button"
                className={classNames(
                  "flex h-8 min-w-0 flex-1 items-center gap-2 px-2 text-left",
                  view === current && "font-semibold",
                )}
                onClick={() => {
                  props.onApply(searchOf(view));
                  setOpen(false);
                }}
              >
                <span className="truncate">{view.name}</span>
                {view.shared && <span className="shrink-0 text-sm font-normal text-faint">shared</span>}
              </button>
              <IconButton
                label={view.id === chosen ? `Open the inbox without ${view.name}` : `Open the inbox with ${view.name}`}
                aria-pressed={view.id === chosen}
                onClick={() => void change(chooseInboxView(db, workspace.id, view.id === chosen ? null : view.id))}
              >
                <Star size={14} aria-hidden {...(view.id === chosen ? { fill: "currentColor" } : {})} />
              </IconButton>
              {(view.created_by === userId || (canManage && view.shared)) && (
                <IconButton label={`Delete ${view.name}`} onClick={() => void change(deleteInboxView(db, view.id))}>
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
        <NewView
          canShare={props.canShare}
          onSave={(name, shared) =>
            change(saveInboxView(db, workspace.id, { id: crypto.randomUUID(), name, shared, search: { ...search } }))
          }
        />
      </div>
    </Popover>
  );
}

function NewView(props: { canShare: boolean; onSave: (name: string, shared: boolean) => Promise<boolean> }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  return (
    <form
      className="mt-1 border-t border-line p-2"
      onSubmit={(event) => {
        event.preventDefault();
        void props.onSave(name.trim(), shared).then((saved) => {
          if (saved) setName("");
        });
      }}
    >
      <div className="flex gap-2">
        <TextInput
          required
          maxLength={80}
          aria-label="Name of the view"
          placeholder="Name this view"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit">Save</Button>
      </div>
      {props.canShare && (
        <label className="mt-2 flex items-center gap-1.5 text-sm">
          <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)} />
          Everybody in the workspace sees it
        </label>
      )}
    </form>
  );
}
