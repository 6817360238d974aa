import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { type DraftEdit, type EditField, type ReadEdit, beginEdit, readEdit } from "./draft-edit.ts";
import type { RowHandlers } from "./draft-row.tsx";
import type { DraftGroup } from "./group-drafts.ts";
import type { InboxAction } from "./inbox-actions.ts";
import type { InboxRow, InboxTab } from "./inbox-row.ts";
import type { InboxSnapshot, InboxStore } from "./inbox-store.ts";
import { type Focus, type FocusAction, changeFocus, followList, noFocus } from "./selection.ts";
import type { InboxView } from "./use-inbox-view.ts";

interface Deferring {
  ids: string[];
  anchor: Element;
}

const nothingRead: ReadEdit = { errors: {}, changes: {} };

/** Where the person is in the list, and what their keys and buttons do. */
export function useInboxControl(context: {
  store: InboxStore;
  snapshot: InboxSnapshot;
  view: InboxView;
  tab: InboxTab;
  format: Formatters;
  canWork: boolean;
}) {
  const { store, snapshot, view, format } = context;
  const [focus, setFocus] = useState<Focus>(noFocus);
  const [edit, setEdit] = useState<DraftEdit | null>(null);
  const [pane, setPane] = useState(false);
  const [deferring, setDeferring] = useState<Deferring | null>(null);
  const [invoicing, setInvoicing] = useState<readonly InboxRow[] | null>(null);
  // Handlers are made once and read the present through this, so that rows need not be drawn again.
  const now = useRef({ ...context, focus, edit });
  now.current = { ...context, focus, edit };

  const lastOrder = useRef(view.order);
  useEffect(() => {
    const before = lastOrder.current;
    lastOrder.current = view.order;
    if (before !== view.order) setFocus((present) => followList(present, before, view.order));
  }, [view.order]);

  const move = useCallback((action: FocusAction): void => {
    setFocus((present) => changeFocus(present, action, now.current.view.order));
  }, []);

  const editedRow = edit === null ? undefined : snapshot.rows.get(edit.id);
  const read = useMemo(
    () =>
      edit === null || editedRow === undefined
        ? nothingRead
        : readEdit(edit, editedRow, format.localeOf(editedRow.client_id)),
    [edit, editedRow, format],
  );
  const typed = useMemo(() => (editedRow === undefined ? null : { ...editedRow, ...read.changes }), [editedRow, read]);

  /** The list has the keyboard again. */
  const returnToList = (): void => {
    requestAnimationFrame(() => {
      if (document.activeElement === null || document.activeElement === document.body) {
        document.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
      }
    });
  };

  const stable = useMemo(() => {
    const act = (action: InboxAction, ids: readonly string[]): void => {
      if (ids.length === 0 || !now.current.canWork) return;
      now.current.store.act(action, ids);
    };
    const targets = (): string[] => {
      const { focus: present, view: list } = now.current;
      if (present.selected.size > 0) return list.order.filter((id) => present.selected.has(id));
      return present.active === null ? [] : [present.active];
    };
    const bringBack = (ids: readonly string[]): void => {
      const { tab } = now.current;
      if (tab === "approved") act({ type: "unapprove" }, ids);
      else if (tab === "ignored") act({ type: "restore" }, ids);
      else if (tab === "deferred") act({ type: "defer", until: null }, ids);
    };
    const startEdit = (id: string, field: EditField): void => {
      const row = now.current.snapshot.rows.get(id);
      if (row === undefined || row.status !== "draft" || !now.current.canWork) return;
      setFocus((present) => ({ ...present, active: id, anchor: id }));
      setEdit(beginEdit(row, field, now.current.format.localeOf(row.client_id)));
    };
    const handlers: RowHandlers = {
      activate: (id) => move({ type: "activate", id }),
      toggle: (id, range) => move({ type: range ? "range" : "toggle", id }),
      edit: startEdit,
      open: (id) => {
        move({ type: "activate", id });
        setPane(true);
      },
      approve: (id) => act({ type: "approve" }, [id]),
      ignore: (id) => act({ type: "ignore", reason: null }, [id]),
      defer: (id, anchor) => setDeferring({ ids: [id], anchor }),
      bringBack: (id) => bringBack([id]),
    };
    return { act, targets, bringBack, startEdit, handlers };
  }, [move]);

  const rowElement = (id: string | undefined): Element | null => document.getElementById(`draft-${id ?? ""}`);

  const commands = {
    toggleActive: () => {
      if (focus.active !== null) move({ type: "toggle", id: focus.active });
    },
    approve: () => stable.act({ type: "approve" }, stable.targets()),
    edit: () => {
      const id = focus.active ?? stable.targets()[0];
      if (id !== undefined) stable.startEdit(id, "description");
    },
    ignore: () => stable.act({ type: "ignore", reason: null }, stable.targets()),
    defer: () => {
      const ids = stable.targets();
      const anchor = rowElement(focus.active ?? ids[0]) ?? document.querySelector("[role=toolbar]");
      if (ids.length > 0 && anchor !== null) setDeferring({ ids, anchor });
    },
    bringBack: () => stable.bringBack(stable.targets()),
    invoice: () => {
      const ids = focus.selected.size > 0 ? stable.targets() : view.order;
      setInvoicing(ids.flatMap((id) => snapshot.rows.get(id) ?? []));
    },
    undo: () => store.undo(),
    togglePane: () => setPane((open) => !open),
    escape: () => {
      if (pane) setPane(false);
      else move({ type: "clear" });
    },
  };

  const editHandlers = {
    change: (field: EditField, text: string): void =>
      setEdit((present) => (present === null ? null : { ...present, texts: { ...present.texts, [field]: text } })),
    save: (): void => {
      if (edit === null || Object.keys(read.errors).length > 0) return;
      if (Object.keys(read.changes).length > 0) {
        store.act({ type: "edit", changes: read.changes }, [edit.id], new Map([[edit.id, edit.version]]));
      }
      setEdit(null);
      returnToList();
    },
    cancel: (): void => {
      setEdit(null);
      returnToList();
    },
  };

  return {
    focus,
    changeFocus: move,
    edit,
    read,
    typed,
    editHandlers,
    pane,
    closePane: () => setPane(false),
    handlers: stable.handlers,
    commands,
    selectGroup: useCallback(
      (group: DraftGroup, selected: boolean) => move({ type: "set", ids: group.rows.map((row) => row.id), selected }),
      [move],
    ),
    deferring,
    deferSelection: (anchor: Element) => setDeferring({ ids: stable.targets(), anchor }),
    deferUntil: (until: string) => {
      if (deferring !== null) stable.act({ type: "defer", until }, deferring.ids);
      setDeferring(null);
      returnToList();
    },
    closeDefer: () => {
      setDeferring(null);
      returnToList();
    },
    invoicing,
    closeInvoice: () => setInvoicing(null),
    /** Another list: nothing is active, selected or edited. */
    reset: useCallback(() => {
      setFocus(noFocus);
      setEdit(null);
    }, []),
    /** New rows were let in: draws the list again. */
    admitted: () => setFocus((present) => ({ ...present })),
  };
}
