import type { DraftPart, MergedFields } from "@billhook/database/drafts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { whenIdle } from "../../lib/lazy-part.tsx";
import type * as draftEdit from "./draft-edit.ts";
import type { DraftEdit, EditField, ReadEdit } from "./draft-edit.ts";
import type { RowHandlers } from "./draft-row.tsx";
import type { DraftGroup } from "./group-drafts.ts";
import type { InboxAction } from "./inbox-actions.ts";
import { planInvoices } from "./invoice-batches.ts";
import { type ProjectChoice, shownOf } from "./project-choices.ts";
import { useKeptEdit } from "./use-kept-edit.ts";
import type { InboxRow, InboxTab } from "./inbox-row.ts";
import type { InboxSnapshot, InboxStore } from "./inbox-store.ts";
import { type Focus, type FocusAction, changeFocus, followList, noFocus } from "./selection.ts";
import type { InboxView } from "./use-inbox-view.ts";

/** What is asked about in a popover at the line. */
interface Asking {
  ids: string[];
  anchor: Element;
}

/** Lines that a dialog is about. */
type Dialogue = { type: "invoice" | "merge"; rows: readonly InboxRow[] } | { type: "split"; row: InboxRow };

const nothingRead: ReadEdit = { errors: {}, changes: {} };

/** Where the person is in the list, and what their keys and buttons do. */
export function useInboxControl(context: {
  store: InboxStore;
  snapshot: InboxSnapshot;
  view: InboxView;
  tab: InboxTab;
  format: Formatters;
  canWork: boolean;
  projects: readonly ProjectChoice[];
}) {
  const { store, snapshot, view, format, projects } = context;
  const [focus, setFocus] = useState<Focus>(noFocus);
  const [edit, setEdit] = useState<DraftEdit | null>(null);
  const [pane, setPane] = useState(false);
  const [deferring, setDeferring] = useState<Asking | null>(null);
  const [ignoring, setIgnoring] = useState<Asking | null>(null);
  const [dialogue, setDialogue] = useState<Dialogue | null>(null);

  // What reads times and amounts comes when the page has nothing better to do, or with the first edit.
  const [reader, setReader] = useState<Pick<typeof draftEdit, "beginEdit" | "readEdit"> | null>(null);
  const loadReader = useCallback(async () => {
    const loaded = await import("./draft-edit.ts");
    setReader(loaded);
    return loaded;
  }, []);
  useEffect(() => whenIdle(() => void loadReader().catch(() => undefined)), [loadReader]);
  // Handlers are made once and read the present through this, so that rows need not be drawn again.
  const now = useRef({ ...context, focus, edit, reader });
  now.current = { ...context, focus, edit, reader };

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
      edit === null || editedRow === undefined || reader === null
        ? nothingRead
        : reader.readEdit(edit, editedRow, format.localeOf(editedRow.client_id)),
    [edit, editedRow, format, reader],
  );
  const follows = useMemo(() => shownOf(read.changes, projects), [read, projects]);
  const typed = useMemo(
    () => (editedRow === undefined ? null : { ...editedRow, ...follows, ...read.changes }),
    [editedRow, read, follows],
  );
  useKeptEdit(store, snapshot, edit, setEdit);
  const overtaken =
    edit !== null && snapshot.phase === "ready" && (editedRow?.status !== "draft" || editedRow.replaced_by !== null);
  useEffect(() => {
    if (!overtaken || edit === null) return;
    // Somebody decided about the line meanwhile: the server says who, and what was typed can still be saved.
    if (Object.keys(read.changes).length > 0) {
      void store.act(
        { type: "edit", changes: read.changes, shown: follows },
        [edit.id],
        new Map([[edit.id, edit.version]]),
      );
    }
    setEdit(null);
  }, [overtaken, edit, read, follows, store]);

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
      void now.current.store.act(action, ids);
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
      const locale = now.current.format.localeOf(row.client_id);
      if (now.current.reader === null) {
        void loadReader().then(
          ({ beginEdit }) => setEdit(beginEdit(row, field, locale)),
          () => undefined,
        );
      } else setEdit(now.current.reader.beginEdit(row, field, locale));
    };
    const rowsOf = (ids: readonly string[]): InboxRow[] =>
      ids.flatMap((id) => now.current.snapshot.rows.get(id) ?? []).filter((row) => row.status === "draft");
    const startSplit = (id: string): void => {
      const [row] = rowsOf([id]);
      if (row !== undefined && row.minutes > 1 && now.current.canWork) setDialogue({ type: "split", row });
    };
    const startMerge = (ids: readonly string[]): void => {
      const rows = rowsOf(ids);
      if (rows.length > 1 && now.current.canWork) setDialogue({ type: "merge", rows });
    };
    /** Puts back what splits and merges had taken away. */
    const join = (ids: readonly string[]): void => {
      for (const id of new Set(rowsOf(ids).flatMap((row) => row.made_by ?? []))) {
        const made = [...now.current.snapshot.rows.values()].filter(
          (row) => row.made_by === id && row.replaced_by === null,
        );
        act(
          { type: "join", id },
          made.map((row) => row.id),
        );
      }
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
      split: (id) => startSplit(id),
      join: (id) => join([id]),
      accept: (id, code) => act({ type: "accept", code }, [id]),
      bringBack: (id) => bringBack([id]),
    };
    return { act, targets, bringBack, startEdit, startSplit, startMerge, join, handlers };
  }, [move, loadReader]);

  const rowElement = (id: string | undefined): Element | null => document.getElementById(`draft-${id ?? ""}`);

  const anchorOf = (ids: readonly string[]): Element | null =>
    rowElement(focus.active ?? ids[0]) ?? document.querySelector("[role=toolbar]");

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
      const anchor = anchorOf(ids);
      if (ids.length > 0 && anchor !== null) setDeferring({ ids, anchor });
    },
    ignoreWithReason: () => {
      const ids = stable.targets();
      const anchor = anchorOf(ids);
      if (ids.length > 0 && anchor !== null) setIgnoring({ ids, anchor });
    },
    approveToInvoice: () => {
      const rows = stable.targets().flatMap((id) => snapshot.rows.get(id) ?? []);
      for (const batch of planInvoices(rows).batches) {
        stable.act(
          { type: "invoice", invoiceId: null },
          batch.rows.map((row) => row.id),
        );
      }
    },
    split: () => {
      const id = focus.active ?? stable.targets()[0];
      if (id !== undefined) stable.startSplit(id);
    },
    merge: () => stable.startMerge(stable.targets()),
    join: () => stable.join(stable.targets()),
    acceptFlag: () => {
      for (const [code, rows] of Map.groupBy(
        stable.targets().flatMap((id) => snapshot.rows.get(id) ?? []),
        (row) => row.flags.find((flag) => flag.accepted_at === undefined)?.code,
      )) {
        const ids = rows.map((row) => row.id);
        if (code !== undefined) stable.act({ type: "accept", code }, ids);
      }
    },
    bringBack: () => stable.bringBack(stable.targets()),
    invoice: () => {
      const all = context.tab === "approved" && focus.selected.size === 0;
      const ids = all ? view.order : stable.targets();
      if (ids.length > 0) {
        setDialogue({ type: "invoice", rows: ids.flatMap((id) => snapshot.rows.get(id) ?? []) });
      }
    },
    undo: () => void store.undo(),
    togglePane: () => setPane((open) => !open),
    escape: () => {
      if (pane) setPane(false);
      else move({ type: "clear" });
    },
  };

  /** Splits or merges, and goes on with what came of it. */
  const replace = (action: Extract<InboxAction, { type: "split" | "merge" }>, ids: readonly string[]): void => {
    setDialogue(null);
    move({ type: "clear" });
    returnToList();
    void store.act(action, ids).then((outcome) => {
      const made = outcome?.changed.findLast((row) => row.made_by === action.id);
      if (made !== undefined) move({ type: "activate", id: made.id });
    });
  };

  const editHandlers = {
    change: (field: EditField, text: string): void =>
      setEdit((present) => (present === null ? null : { ...present, texts: { ...present.texts, [field]: text } })),
    save: (): void => {
      if (edit === null || Object.keys(read.errors).length > 0) return;
      if (Object.keys(read.changes).length > 0) {
        const action = { type: "edit", changes: read.changes, shown: follows } as const;
        void store.act(action, [edit.id], new Map([[edit.id, edit.version]]));
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
    deferUntil: (until: string | null) => {
      const action: InboxAction = until === null ? { type: "defer", until, forTicket: true } : { type: "defer", until };
      if (deferring !== null) stable.act(action, deferring.ids);
      setDeferring(null);
      returnToList();
    },
    closeDefer: () => {
      setDeferring(null);
      returnToList();
    },
    ignoring,
    ignoreFor: (reason: string | null) => {
      if (ignoring !== null) stable.act({ type: "ignore", reason }, ignoring.ids);
      setIgnoring(null);
      returnToList();
    },
    closeIgnore: () => {
      setIgnoring(null);
      returnToList();
    },
    dialogue,
    split: (row: InboxRow, parts: DraftPart[]) => {
      replace({ type: "split", id: crypto.randomUUID(), parts }, [row.id]);
    },
    merge: (rows: readonly InboxRow[], fields: MergedFields) => {
      replace(
        { type: "merge", id: crypto.randomUUID(), fields },
        rows.map((row) => row.id),
      );
    },
    closeDialogue: () => {
      setDialogue(null);
      returnToList();
    },
    /** Another list: nothing is active, selected or edited. */
    reset: useCallback(() => {
      setFocus(noFocus);
      setEdit(null);
    }, []),
    /** New rows were let in: draws the list again. */
    admitted: () => setFocus((present) => ({ ...present })),
  };
}
