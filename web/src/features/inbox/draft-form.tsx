import { useEffect, useMemo, useRef, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { type DraftEdit, type EditField, beginEdit, readEdit } from "./draft-edit.ts";
import { editKeys } from "./draft-row-editor.tsx";
import { type InboxRow, totalOf } from "./inbox-row.ts";
import type { InboxStore } from "./inbox-store.ts";
import { shownOf, useProjectChoices } from "./project-choices.ts";

/** The line's fields in the evidence pane: the way to edit on a phone. */
export function DraftForm({ row, store, format }: { row: InboxRow; store: InboxStore; format: Formatters }) {
  const locale = format.localeOf(row.client_id);
  const [edit, setEdit] = useState<DraftEdit | null>(null);
  const shown = edit ?? beginEdit(row, "description", locale);
  const read = useMemo(() => readEdit(edit ?? beginEdit(row, "description", locale), row, locale), [edit, row, locale]);
  const projects = useProjectChoices();
  const follows = shownOf(read.changes, projects);
  const typed = { ...row, ...follows, ...read.changes };
  const total = totalOf(typed);
  const change = (field: EditField, text: string): void =>
    setEdit({ ...shown, texts: { ...shown.texts, [field]: text } });
  const save = (): void => {
    if (edit === null || Object.keys(read.errors).length > 0) return;
    if (Object.keys(read.changes).length > 0) {
      const action = { type: "edit", changes: read.changes, shown: follows } as const;
      void store.act(action, [row.id], new Map([[row.id, edit.version]]));
    }
    setEdit(null);
  };
  const cancel = (): void => setEdit(null);
  // What is typed is saved when the form is left, whether by the person or because the line went away beneath it.
  const leave = useRef(save);
  leave.current = save;
  useEffect(() => () => leave.current(), []);
  return (
    <form
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget) && document.hasFocus()) save();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={editKeys({ change, save, cancel })}
    >
      <Field label="Description" error={read.errors.description}>
        <TextArea
          rows={2}
          value={shown.texts.description}
          onChange={(event) => change("description", event.target.value)}
        />
      </Field>
      <div className="mt-2 grid grid-cols-3 gap-2">
        <Field label="Hours" error={read.errors.hours}>
          <TextInput value={shown.texts.hours} onChange={(event) => change("hours", event.target.value)} />
        </Field>
        <Field label={`Rate, ${typed.currency}`} error={read.errors.rate}>
          <TextInput
            value={shown.texts.rate}
            inputMode="decimal"
            placeholder="None"
            onChange={(event) => change("rate", event.target.value)}
          />
        </Field>
        <div className="flex flex-col gap-1">
          <span className="text-sm font-medium">Amount</span>
          <output className="flex h-8 items-center font-semibold max-md:h-10">
            {total === null ? "–" : format.money(total, typed.currency, typed.client_id)}
          </output>
        </div>
      </div>
      <div className="mt-2 grid grid-cols-[1fr_8.5rem] gap-2">
        <Field label="Project">
          <Select value={shown.texts.project} onChange={(event) => change("project", event.target.value)}>
            {projects.every((project) => project.id !== row.project_id) && (
              <option value={row.project_id}>{row.project_name}</option>
            )}
            {projects.map((project) => (
              <option key={project.id} value={project.id}>
                {`${project.clientName} / ${project.name}`}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Date" error={read.errors.date}>
          <TextInput type="date" value={shown.texts.date} onChange={(event) => change("date", event.target.value)} />
        </Field>
      </div>
      <label className="mt-2 flex w-fit items-center gap-2 py-1">
        <Checkbox
          checked={shown.texts.billable === "yes"}
          onChange={(event) => change("billable", event.target.checked ? "yes" : "no")}
        />
        Billable
      </label>
      {edit !== null && (
        <div className="mt-2 flex gap-2">
          <Button type="submit" size="sm" variant="primary">
            Save
          </Button>
          <Button size="sm" variant="ghost" onClick={cancel}>
            Cancel
          </Button>
        </div>
      )}
    </form>
  );
}
