import { useNavigate, useSearch } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { NotificationsBell } from "../../app/notifications-bell.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { lazyPart, whenIdle } from "../../lib/lazy-part.tsx";
import { usePhone } from "../../lib/use-media.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { PHONE_ROW_HEIGHT, ROW_HEIGHT } from "./draft-columns.ts";
import { DraftGrid } from "./draft-grid.tsx";
import { DraftRow } from "./draft-row.tsx";
import { GroupHeading } from "./group-heading.tsx";
import { type InboxSearch, filterKeys } from "./inbox-search.ts";
import { InboxToolbar, withoutFilters } from "./inbox-toolbar.tsx";
import { MoneyTotals } from "./money-totals.tsx";
import { useProjectChoices } from "./project-choices.ts";
import { replaceInTotals, sumRows } from "./totals.ts";
import { useInboxControl } from "./use-inbox-control.ts";
import { useInboxReports } from "./use-inbox-reports.ts";
import { useInboxStore } from "./use-inbox-store.ts";
import { useInboxView } from "./use-inbox-view.ts";
import { useToday } from "./use-today.ts";

const InboxCommands = lazyPart(async () => (await import("./inbox-commands.ts")).InboxCommands);
// At once, so that the keys are there with the list.
InboxCommands.preload();
const EvidencePane = lazyPart(async () => (await import("./evidence-pane.tsx")).EvidencePane);
const DraftRowEditor = lazyPart(async () => (await import("./draft-row-editor.tsx")).DraftRowEditor);
const SelectionBar = lazyPart(async () => (await import("./selection-bar.tsx")).SelectionBar);
const InboxEmpty = lazyPart(async () => (await import("./inbox-empty.tsx")).InboxEmpty);
const DeferPopover = lazyPart(async () => (await import("./defer-popover.tsx")).DeferPopover);
const InvoiceDialog = lazyPart(async () => (await import("./invoice-dialog.tsx")).InvoiceDialog);
const ActionProgress = lazyPart(async () => (await import("./action-progress.tsx")).ActionProgress);
const IgnorePopover = lazyPart(async () => (await import("./ignore-popover.tsx")).IgnorePopover);
const SplitDialog = lazyPart(async () => (await import("./split-dialog.tsx")).SplitDialog);
const WorkTogether = lazyPart(async () => (await import("../words/work-together.tsx")).WorkTogether);
const MergeDialog = lazyPart(async () => (await import("./merge-dialog.tsx")).MergeDialog);

type SearchChange = { [Key in keyof InboxSearch]?: InboxSearch[Key] | undefined };

export function InboxPage() {
  const search = useSearch({ from: "/workspace/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const { canWork, canManage } = useWorkspace();
  const format = useFormat();
  const today = useToday(format.timeZone);
  const phone = usePhone();
  const { store, snapshot } = useInboxStore();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [scrolled, setScrolled] = useState(false);
  const [hold, setHold] = useState(false);
  const filterField = useRef<HTMLInputElement>(null);
  const tab = search.tab ?? "open";
  const sort = search.sort ?? "desc";
  const view = useInboxView(snapshot, search, today, collapsed, hold || scrolled);
  const projects = useProjectChoices();
  const control = useInboxControl({ store, snapshot, view, tab, format, canWork, projects });
  const { focus, edit, pane, reset } = control;
  useInboxReports(store, format);

  const editing = edit !== null;
  const selecting = focus.selected.size > 0;
  useEffect(() => setHold(editing || selecting), [editing, selecting]);
  useEffect(() => {
    document.title = `Inbox${view.counts.open === null ? "" : ` (${view.counts.open})`} · Billhook`;
  }, [view.counts.open]);
  useEffect(
    () =>
      whenIdle(() => {
        for (const part of [DraftRowEditor, SelectionBar, EvidencePane, DeferPopover, InvoiceDialog]) part.preload();
        for (const part of [SplitDialog, MergeDialog, IgnorePopover, ActionProgress]) part.preload();
      }),
    [],
  );
  useEffect(() => {
    if (tab === "ignored") void store.loadIgnored();
  }, [tab, store]);

  const change = useCallback(
    (part: SearchChange): void => {
      if ("tab" in part) reset();
      void navigate({
        // A key set to undefined leaves the address.
        search: (before) =>
          Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined)),
        replace: !("tab" in part),
      });
    },
    [navigate, reset],
  );

  const apply = useCallback(
    (whole: InboxSearch): void => {
      reset();
      void navigate({ search: whole, replace: true });
    },
    [navigate, reset],
  );

  const selectedTotals = useMemo(() => {
    const rows = [...focus.selected].flatMap((id) => snapshot.rows.get(id) ?? []);
    return sumRows(rows.map((row) => (row.id === control.typed?.id ? control.typed : row)));
  }, [focus.selected, snapshot.rows, control.typed]);
  const editedRow = edit === null ? undefined : snapshot.rows.get(edit.id);
  const totals =
    editedRow !== undefined && control.typed !== null
      ? replaceInTotals(view.totals, editedRow, control.typed)
      : view.totals;

  const toggleCollapsed = useCallback((key: string) => {
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);

  const loading =
    snapshot.phase === "loading" ||
    (tab === "ignored" && ["absent", "loading"].includes(snapshot.ignored.phase) && view.order.length === 0);
  const failed = snapshot.phase === "failed" || (tab === "ignored" && snapshot.ignored.phase === "failed");
  const filtered = filterKeys.some((key) => search[key] !== undefined);
  const activeRow = focus.active === null ? undefined : snapshot.rows.get(focus.active);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <InboxCommands
        tab={tab}
        canWork={canWork}
        canManage={canManage}
        hasTarget={focus.active !== null || selecting}
        hasSelection={selecting}
        editing={editing && !phone}
        paneOpen={pane}
        filterField={filterField}
        focus={control.changeFocus}
        change={change}
        {...control.commands}
      />
      <header className="flex min-h-12 shrink-0 items-center gap-3 border-b border-line px-4 py-1.5 max-md:px-3">
        <h1 className="text-lg font-semibold">Inbox</h1>
        <p className="min-w-0 truncate text-muted" aria-live="off">
          {snapshot.phase === "partial" ? (
            `Loading ${snapshot.rows.size} of ${snapshot.expected}…`
          ) : view.totals.count > 0 ? (
            <>
              {format.hours(totals.minutes)} · <MoneyTotals totals={totals} format={format} />
            </>
          ) : null}
        </p>
        <div className="ml-auto flex items-center gap-2">
          {phone && <NotificationsBell />}
          {snapshot.undoable && (
            <IconButton label="Undo the last action" shortcut="u" onClick={() => void store.undo()}>
              <Undo2 size={15} aria-hidden />
            </IconButton>
          )}
          {tab === "approved" && canManage && view.order.length > 0 && (
            <Button variant="primary" onClick={control.commands.invoice}>
              {selecting
                ? "Invoice…"
                : view.order.length === 1
                  ? "Invoice 1 line…"
                  : `Invoice ${view.order.length} lines…`}
            </Button>
          )}
        </div>
      </header>
      <InboxToolbar
        search={search}
        rows={snapshot.rows}
        canShare={canWork}
        onApply={apply}
        counts={view.counts}
        filterField={filterField}
        onChange={change}
        onLeaveFilter={() => document.querySelector<HTMLElement>("[role=grid]")?.focus()}
      />
      <div className="flex min-h-0 flex-1">
        <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
          {view.waiting > 0 && (
            <div className="absolute inset-x-0 top-9 z-20 flex justify-center">
              <Button
                variant="primary"
                size="sm"
                className="animate-appear shadow-pop"
                onClick={() => {
                  view.admit();
                  control.admitted();
                }}
              >
                {view.waiting} new
              </Button>
            </div>
          )}
          {canWork && tab !== "ignored" && (
            <WorkTogether
              groups={view.groups}
              rows={snapshot.rows}
              focus={focus}
              quiet={editing || selecting || tab !== "open" || snapshot.phase !== "ready"}
              format={format}
              onMerge={control.merge}
              onFocus={control.changeFocus}
            />
          )}
          {failed ? (
            <ErrorState
              message={snapshot.problem}
              onRetry={() => void (snapshot.phase === "failed" ? store.retry() : store.loadIgnored())}
            />
          ) : loading ? (
            <ListSkeleton rows={14} rowHeight={phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT} />
          ) : view.items.length === 0 ? (
            <InboxEmpty
              tab={tab}
              filtered={filtered}
              approved={view.counts.approved ?? 0}
              onShowAll={() => change(withoutFilters)}
              onShowApproved={() => change({ tab: "approved" })}
              onShowOpen={() => change({ tab: undefined })}
            />
          ) : (
            <DraftGrid
              items={view.items}
              active={focus.active}
              editing={edit?.id ?? null}
              phone={phone}
              sort={sort}
              label={`${tab} lines`}
              onSort={() => change({ sort: sort === "desc" ? "asc" : undefined })}
              onScrolled={setScrolled}
              renderItem={(item, index) => {
                if (item.type === "group") {
                  const { group } = item;
                  const inGroup = editedRow !== undefined && group.rows.includes(editedRow);
                  return (
                    <GroupHeading
                      group={group}
                      totals={
                        inGroup && control.typed !== null
                          ? replaceInTotals(group.totals, editedRow, control.typed)
                          : group.totals
                      }
                      index={index}
                      collapsed={collapsed.has(group.key)}
                      selectedCount={
                        focus.selected.size === 0 ? 0 : group.rows.filter((row) => focus.selected.has(row.id)).length
                      }
                      format={format}
                      onCollapse={toggleCollapsed}
                      onSelect={control.selectGroup}
                    />
                  );
                }
                if (edit?.id === item.row.id && !phone && control.typed !== null) {
                  return (
                    <DraftRowEditor
                      row={item.row}
                      typed={control.typed}
                      edit={edit}
                      read={control.read}
                      index={index}
                      format={format}
                      projects={projects}
                      handlers={control.editHandlers}
                    />
                  );
                }
                return (
                  <DraftRow
                    row={item.row}
                    tab={tab}
                    index={index}
                    active={focus.active === item.row.id}
                    selected={focus.selected.has(item.row.id)}
                    canWork={canWork}
                    phone={phone}
                    format={format}
                    handlers={control.handlers}
                  />
                );
              }}
            />
          )}
          {snapshot.progress !== null && <ActionProgress {...snapshot.progress} />}
          {selecting && (
            <SelectionBar
              tab={tab}
              totals={selectedTotals}
              format={format}
              canWork={canWork}
              canManage={canManage}
              onApprove={control.commands.approve}
              onIgnore={control.commands.ignore}
              onDefer={control.deferSelection}
              onMerge={control.commands.merge}
              onBringBack={control.commands.bringBack}
              onInvoice={control.commands.invoice}
              onClear={() => control.changeFocus({ type: "clear" })}
            />
          )}
        </div>
        {pane && activeRow !== undefined && (
          <EvidencePane
            row={activeRow}
            store={store}
            format={format}
            canWork={canWork}
            phone={phone}
            handlers={control.handlers}
            onClose={control.closePane}
          />
        )}
      </div>
      {control.deferring !== null && (
        <DeferPopover
          anchor={control.deferring.anchor}
          count={control.deferring.ids.length}
          format={format}
          hasTickets={control.deferring.ids.some((id) => (snapshot.rows.get(id)?.ticket_id ?? null) !== null)}
          onDefer={control.deferUntil}
          onDeferForTicket={() => control.deferUntil(null)}
          onClose={control.closeDefer}
        />
      )}
      {control.ignoring !== null && (
        <IgnorePopover
          anchor={control.ignoring.anchor}
          count={control.ignoring.ids.length}
          onIgnore={control.ignoreFor}
          onClose={control.closeIgnore}
        />
      )}
      {control.dialogue?.type === "invoice" && (
        <InvoiceDialog rows={control.dialogue.rows} store={store} format={format} onClose={control.closeDialogue} />
      )}
      {control.dialogue?.type === "split" && (
        <SplitDialog
          row={control.dialogue.row}
          format={format}
          canInvoice={canManage}
          onSplit={(parts) => control.dialogue?.type === "split" && control.split(control.dialogue.row, parts)}
          onClose={control.closeDialogue}
        />
      )}
      {control.dialogue?.type === "merge" && (
        <MergeDialog
          rows={control.dialogue.rows}
          format={format}
          onMerge={(fields) => control.dialogue?.type === "merge" && control.merge(control.dialogue.rows, fields)}
          onClose={control.closeDialogue}
        />
      )}
    </div>
  );
}
