import { useMemo, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { Button } from "../../ui/button.tsx";
import { Field, TextArea, TextInput } from "../../ui/field.tsx";
import { type DraftEdit, type EditField, beginEdit, readEdit } from "./draft-edit.ts";
import { editKeys } from "./draft-row-editor.tsx";
import { type InboxRow, totalOf } from "./inbox-row.ts";
import type { InboxStore } from "./inbox-store.ts";

/** The line's fields in the evidence pane: the way to edit on a phone. */
export function DraftForm({ row, store, format }: { row: InboxRow; store: InboxStore; format: Formatters }) {
  const locale = format.localeOf(row.client_id);
  const [edit, setEdit] = useState<DraftEdit | null>(null);
  const shown = edit ?? beginEdit(row, "description", locale);
  const read = useMemo(() => readEdit(edit ?? beginEdit(row, "description", locale), row, locale), [edit, row, locale]);
  const total = totalOf({ ...row, ...read.changes });
  const change = (field: EditField, text: string): void =>
    setEdit({ ...shown, texts: { ...shown.texts, [field]: text } });
  const save = (): void => {
    if (edit === null || Object.keys(read.errors).length > 0) return;
    if (Object.keys(read.changes).length > 0) {
      store.act({ type: "edit", changes: read.changes }, [row.id], new Map([[row.id, edit.version]]));
    }
    setEdit(null);
  };
  const cancel = (): void => setEdit(null);
  return (
    <form
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
        <Field label={`Rate, ${row.currency}`} error={read.errors.rate}>
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
            {total === null ? "–" : format.money(total, row.currency, row.client_id)}
          </output>
        </div>
      </div>
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
