import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { cell } from "./draft-columns.ts";
import type { DraftEdit, EditField, ReadEdit } from "./draft-edit.ts";
import { rowClass } from "./draft-row.tsx";
import { type InboxRow, totalOf } from "./inbox-row.ts";
import type { ProjectChoice } from "./project-choices.ts";

export interface EditHandlers {
  change: (field: EditField, text: string) => void;
  save: () => void;
  cancel: () => void;
}

const names: Record<EditField, string> = {
  description: "Description",
  project: "Project",
  date: "Date",
  billable: "Billable",
  hours: "Hours",
  rate: "Rate per hour",
};

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

/** A row of fields: Tab goes from one to the next. The amount follows what is typed. */
export function DraftRowEditor(props: {
  row: InboxRow;
  typed: InboxRow;
  edit: DraftEdit;
  read: ReadEdit;
  index: number;
  format: Formatters;
  projects: readonly ProjectChoice[];
  handlers: EditHandlers;
}) {
  const { row, typed, edit, read, format, handlers } = props;
  const element = useRef<HTMLDivElement>(null);
  const { field } = edit;
  useEffect(() => {
    const input = element.current?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${field}"]`);
    input?.focus();
    if (input instanceof HTMLInputElement) input.select();
  }, [field, edit.id]);
  const total = totalOf(typed);
  const input = (name: EditField, className: string) => (
    <span className={classNames("relative", className)}>
      <input
        name={name}
        type={name === "date" ? "date" : "text"}
        value={edit.texts[name]}
        autoComplete="off"
        spellCheck={name === "description"}
        aria-label={names[name]}
        aria-invalid={read.errors[name] !== undefined || undefined}
        aria-describedby={read.errors[name] === undefined ? undefined : `edit-${name}-error`}
        onChange={(event) => handlers.change(name, event.target.value)}
        className={classNames(
          "h-7 w-full rounded border border-line-strong bg-surface px-1.5 text-base aria-invalid:border-danger",
          (name === "hours" || name === "rate") && "text-right",
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
      <div role="gridcell" className="order-3 hidden shrink-0 items-center gap-2 pl-2 @min-[900px]:flex">
        <select
          name="project"
          aria-label={names.project}
          value={edit.texts.project}
          onChange={(event) => handlers.change("project", event.target.value)}
          className="h-7 w-40 rounded border border-line-strong bg-surface px-1 text-base"
        >
          {props.projects.every((project) => project.id !== row.project_id) && (
            <option value={row.project_id}>{row.project_name}</option>
          )}
          {props.projects.map((project) => (
            <option key={project.id} value={project.id}>
              {`${project.clientName} / ${project.name}`}
            </option>
          ))}
        </select>
        {input("date", "w-32")}
        <label className="flex items-center gap-1.5 text-sm whitespace-nowrap text-muted">
          <Checkbox
            name="billable"
            checked={edit.texts.billable === "yes"}
            onChange={(event) => handlers.change("billable", event.target.checked ? "yes" : "no")}
          />
          {names.billable}
        </label>
      </div>
      <div role="gridcell" className={classNames(cell.hours, "order-3 !w-auto pl-2")}>
        {input("hours", "w-24")}
      </div>
      <div role="gridcell" className="order-4 flex w-26 shrink-0 items-center justify-end pr-3">
        {input("rate", "w-22")}
      </div>
      <div role="gridcell" className={classNames(cell.amount, "order-5")}>
        {total === null ? "–" : format.money(total, typed.currency, typed.client_id)}
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
