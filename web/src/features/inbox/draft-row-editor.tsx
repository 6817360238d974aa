import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { Button } from "../../ui/button.tsx";
import { cell } from "./draft-columns.ts";
import type { DraftEdit, EditField, ReadEdit } from "./draft-edit.ts";
import { rowClass } from "./draft-row.tsx";
import { type InboxRow, totalOf } from "./inbox-row.ts";

export interface EditHandlers {
  change: (field: EditField, text: string) => void;
  save: () => void;
  cancel: () => void;
}

const names: Record<EditField, string> = { description: "Description", hours: "Hours", rate: "Rate per hour" };

/** Enter saves, Esc cancels, wherever in the row. */
export function editKeys(handlers: EditHandlers) {
  return (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      handlers.save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      handlers.cancel();
    }
  };
}

/** A row whose description, hours and rate are fields. The amount follows what is typed. */
export function DraftRowEditor(props: {
  row: InboxRow;
  typed: InboxRow;
  edit: DraftEdit;
  read: ReadEdit;
  index: number;
  format: Formatters;
  handlers: EditHandlers;
}) {
  const { row, typed, edit, read, format, handlers } = props;
  const element = useRef<HTMLDivElement>(null);
  const { field } = edit;
  useEffect(() => {
    const input = element.current?.querySelector<HTMLInputElement>(`[name="${field}"]`);
    input?.focus();
    input?.select();
  }, [field, edit.id]);
  const total = totalOf(typed);
  const input = (name: EditField, className: string) => (
    <span className={classNames("relative", className)}>
      <input
        name={name}
        value={edit.texts[name]}
        autoComplete="off"
        spellCheck={name === "description"}
        aria-label={names[name]}
        aria-invalid={read.errors[name] !== undefined || undefined}
        aria-describedby={read.errors[name] === undefined ? undefined : `edit-${name}-error`}
        onChange={(event) => handlers.change(name, event.target.value)}
        className={classNames(
          "h-7 w-full rounded border border-line-strong bg-surface px-1.5 text-base aria-invalid:border-danger",
          name !== "description" && "text-right",
        )}
      />
      {read.errors[name] !== undefined && (
        <span
          id={`edit-${name}-error`}
          role="alert"
          className={classNames(
            "absolute top-full z-20 mt-1 w-max max-w-72 rounded-md border border-danger bg-raised px-2 py-1 text-left text-sm font-normal whitespace-normal text-danger shadow-pop",
            name === "description" ? "left-0" : "right-0",
          )}
        >
          {read.errors[name]}
        </span>
      )}
    </span>
  );
  return (
    <div
      ref={element}
      role="row"
      id={`draft-${row.id}`}
      aria-rowindex={props.index}
      data-draft={row.id}
      className={classNames(rowClass(true, false), "h-full")}
      onKeyDown={editKeys(handlers)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget) && document.hasFocus()) handlers.save();
      }}
    >
      <div role="gridcell" className={cell.check} />
      <div role="gridcell" className={classNames(cell.description, "order-1")}>
        {input("description", "min-w-0 flex-1")}
      </div>
      <div role="gridcell" className={classNames(cell.hours, "order-3 pl-2")}>
        {input("hours", "w-24")}
      </div>
      <div role="gridcell" className="order-4 flex w-26 shrink-0 items-center justify-end pr-3">
        {input("rate", "w-22")}
      </div>
      <div role="gridcell" className={classNames(cell.amount, "order-5")}>
        {total === null ? "–" : format.money(total, row.currency, row.client_id)}
      </div>
      {/* Last for the keyboard, so that Tab goes from field to field. */}
      <div role="gridcell" className="order-2 flex shrink-0 items-center gap-1.5">
        <Button size="sm" variant="primary" onMouseDown={(event) => event.preventDefault()} onClick={handlers.save}>
          Save
        </Button>
        <Button size="sm" variant="ghost" onMouseDown={(event) => event.preventDefault()} onClick={handlers.cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
