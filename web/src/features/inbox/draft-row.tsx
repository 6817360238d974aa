import { Check, Clock, PanelRight, Pencil, RotateCcw, EyeOff, Scissors } from "lucide-react";
import { type MouseEvent, memo, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { IconButton } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { cell } from "./draft-columns.ts";
import type { EditField } from "./draft-edit.ts";
import { Author, Flags, Hashes, State, Ticket } from "./draft-marks.tsx";
import { HoursSource, rangeOf } from "./hours-source.tsx";
import { type InboxRow, type InboxTab, totalOf } from "./inbox-row.ts";

/** What a row can ask for. Stable across renders, so that only rows that changed are drawn again. */
export interface RowHandlers {
  activate: (id: string) => void;
  toggle: (id: string, range: boolean) => void;
  edit: (id: string, field: EditField) => void;
  open: (id: string) => void;
  approve: (id: string) => void;
  ignore: (id: string) => void;
  defer: (id: string, anchor: Element) => void;
  split: (id: string) => void;
  /** Puts the lines back that a split or merge had replaced by this one. */
  join: (id: string) => void;
  accept: (id: string, code: string) => void;
  bringBack: (id: string) => void;
}

export interface DraftRowProps {
  row: InboxRow;
  tab: InboxTab;
  index: number;
  active: boolean;
  selected: boolean;
  canWork: boolean;
  phone: boolean;
  format: Formatters;
  handlers: RowHandlers;
}

/** Pressing a row's button leaves the keyboard with the list. */
const keepFocus = (event: MouseEvent): void => event.preventDefault();

export const rowClass = (active: boolean, selected: boolean): string =>
  classNames(
    "group/row flex items-center border-b border-line border-l-2",
    selected ? "bg-accent-soft" : active ? "bg-hover" : "bg-surface hover:bg-hover",
    active ? "border-l-accent" : "border-l-transparent",
  );

export const DraftRow = memo(function DraftRow(props: DraftRowProps) {
  const { row, active, selected, handlers } = props;
  const [hovered, setHovered] = useState(false);
  return (
    <div
      role="row"
      id={`draft-${row.id}`}
      aria-rowindex={props.index}
      aria-selected={selected}
      data-draft={row.id}
      className={classNames(rowClass(active, selected), "h-full")}
      onMouseDown={(event) => {
        if (event.shiftKey) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.shiftKey) handlers.toggle(row.id, true);
        else if (props.phone) handlers.open(row.id);
        else handlers.activate(row.id);
      }}
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse") setHovered(true);
      }}
      onPointerLeave={() => setHovered(false)}
      onDoubleClick={() => handlers.open(row.id)}
    >
      <div role="gridcell" className={cell.check}>
        <Checkbox
          tabIndex={-1}
          checked={selected}
          aria-label={`Select ${row.description}`}
          className="max-md:size-5"
          onMouseDown={keepFocus}
          onClick={(event) => {
            event.stopPropagation();
            handlers.toggle(row.id, event.shiftKey);
          }}
          onChange={() => undefined}
        />
      </div>
      {props.phone ? <PhoneCells {...props} /> : <DesktopCells {...props} hovered={hovered} />}
    </div>
  );
});

function DesktopCells(props: DraftRowProps & { hovered: boolean }) {
  const { row, format, handlers } = props;
  const editable = props.canWork && row.status === "draft";
  const total = totalOf(row);
  const edit = (field: EditField) =>
    editable
      ? {
          onMouseDown: keepFocus,
          onClick: (event: MouseEvent) => {
            if (event.shiftKey) return;
            event.stopPropagation();
            handlers.edit(row.id, field);
          },
        }
      : {};
  const editStyle = editable ? "rounded px-1 -mx-1 hover:ring-1 hover:ring-line-strong cursor-text" : "";
  return (
    <>
      <div role="gridcell" className={cell.description}>
        {/* First, where it stays while the buttons come and go: its reason is read by pointing at it. */}
        <Flags row={row} />
        <span className={classNames("truncate", editStyle)} {...edit("description")}>
          {row.description}
        </span>
        <State row={row} format={format} />
        {(props.hovered || props.active) && <RowActions {...props} />}
      </div>
      <div role="gridcell" className={classNames(cell.ticket, "text-muted")}>
        <Ticket row={row} />
      </div>
      <div role="gridcell" className={classNames(cell.commits, "font-mono text-xs text-muted")}>
        <Hashes row={row} />
        <span className="hidden truncate text-faint @min-[1160px]:inline">{row.commits[0]?.branch}</span>
      </div>
      <div role="gridcell" className={cell.author}>
        <Author name={row.author_name} />
      </div>
      <div role="gridcell" className={classNames(cell.date, "text-muted")}>
        <span className={editStyle} {...edit("date")}>
          {format.day(row.start_date)}
        </span>
      </div>
      <div role="gridcell" className={cell.hours}>
        <span className="hidden text-xs text-faint @min-[560px]:inline">{rangeOf(row)}</span>
        <HoursSource row={row} hours={format.hours} />
        <span className={classNames("min-w-14 text-right", editStyle)} {...edit("hours")}>
          {format.hours(row.minutes)}
        </span>
      </div>
      <div role="gridcell" className={classNames(cell.rate, "text-muted")}>
        <span className={editStyle} {...edit("rate")}>
          {row.hourly_rate_minor === null ? (
            <span className="text-warn">No rate</span>
          ) : (
            format.money(row.hourly_rate_minor, row.currency, row.client_id)
          )}
        </span>
      </div>
      <div role="gridcell" className={cell.amount}>
        {row.billable ? (
          total === null ? (
            "–"
          ) : (
            format.money(total, row.currency, row.client_id)
          )
        ) : (
          <span className="font-normal text-faint">Not billed</span>
        )}
      </div>
    </>
  );
}

/** Two lines: the words, then hours, amount, ticket and day. The buttons are in the evidence, one tap away. */
function PhoneCells({ row, tab, canWork, format, handlers }: DraftRowProps) {
  const total = totalOf(row);
  return (
    <>
      <div role="gridcell" className="min-w-0 flex-1 py-2">
        <div className="flex items-center gap-1.5">
          <span className="truncate text-[14px]">{row.description}</span>
          <Flags row={row} />
        </div>
        <div className="mt-0.5 flex items-center gap-2 text-sm text-muted">
          <HoursSource row={row} hours={format.hours} />
          <span className="whitespace-nowrap">{format.hours(row.minutes)}</span>
          <span className="font-medium whitespace-nowrap text-ink">
            {total === null ? (
              <span className="text-warn">No rate</span>
            ) : (
              format.money(total, row.currency, row.client_id)
            )}
          </span>
          <span className="truncate">
            {row.ticket_key ?? row.commits[0]?.short_hash} · {format.day(row.start_date)}
          </span>
        </div>
      </div>
      {canWork && (
        <div role="gridcell" className="flex items-center px-2">
          {tab === "open" || tab === "deferred" ? (
            <IconButton
              label="Approve"
              className="!size-11 border border-line-strong text-accent-strong"
              onClick={(event) => {
                event.stopPropagation();
                handlers.approve(row.id);
              }}
            >
              <Check size={18} aria-hidden />
            </IconButton>
          ) : (
            <IconButton
              label="Bring back"
              className="!size-11"
              onClick={(event) => {
                event.stopPropagation();
                handlers.bringBack(row.id);
              }}
            >
              <RotateCcw size={17} aria-hidden />
            </IconButton>
          )}
        </div>
      )}
    </>
  );
}

/** The row's buttons, shown under the pointer and on the active row. */
function RowActions({ row, tab, active, canWork, handlers }: DraftRowProps) {
  const act = (run: (event: MouseEvent<HTMLButtonElement>) => void) => ({
    tabIndex: -1,
    className: "!size-6.5",
    onMouseDown: keepFocus,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      event.stopPropagation();
      run(event);
    },
  });
  const triage = canWork && (tab === "open" || tab === "deferred");
  return (
    <span
      className={classNames(
        "ml-auto shrink-0 items-center pl-1 group-hover/row:flex! @max-[559px]:hidden!",
        // The pointer's row comes before the keyboard's.
        active ? "flex group-hover/grid:hidden" : "hidden",
      )}
    >
      {triage && (
        <>
          <IconButton label="Approve" shortcut="a" {...act(() => handlers.approve(row.id))}>
            <Check size={15} aria-hidden />
          </IconButton>
          <IconButton label="Edit" shortcut="e" {...act(() => handlers.edit(row.id, "description"))}>
            <Pencil size={13} aria-hidden />
          </IconButton>
          <IconButton label="Defer" shortcut="d" {...act((event) => handlers.defer(row.id, event.currentTarget))}>
            <Clock size={14} aria-hidden />
          </IconButton>
          <IconButton label="Split" shortcut="s" {...act(() => handlers.split(row.id))}>
            <Scissors size={13} aria-hidden />
          </IconButton>
          <IconButton label="Ignore" shortcut="i" {...act(() => handlers.ignore(row.id))}>
            <EyeOff size={14} aria-hidden />
          </IconButton>
        </>
      )}
      {canWork && tab !== "open" && (
        <IconButton label="Bring back" shortcut="r" {...act(() => handlers.bringBack(row.id))}>
          <RotateCcw size={14} aria-hidden />
        </IconButton>
      )}
      <IconButton label="Evidence" shortcut="space" {...act(() => handlers.open(row.id))}>
        <PanelRight size={14} aria-hidden />
      </IconButton>
    </span>
  );
}
