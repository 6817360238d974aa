import { useState } from "react";
import type { MergedFields } from "@billhook/database/drafts";
import type { Formatters } from "../../data/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextArea } from "../../ui/field.tsx";
import { type InboxRow, totalOf } from "./inbox-row.ts";
import { MoneyTotals } from "./money-totals.tsx";
import { sumRows } from "./totals.ts";

const LONGEST = 2000;

const distinct = <Value,>(values: readonly Value[]): Value[] => [...new Set(values)];

/** Merges lines of one client into one: their minutes, their commits, and words for the client. */
export function MergeDialog(props: {
  rows: readonly InboxRow[];
  format: Formatters;
  onMerge: (fields: MergedFields) => void;
  onClose: () => void;
}) {
  const { rows, format } = props;
  const [first] = rows;
  const rates = distinct(rows.filter((row) => row.billable).map((row) => row.hourly_rate_minor));
  const projects = new Map(rows.map((row) => [row.project_id, row.project_name]));
  const ways = distinct(rows.map((row) => row.billable));
  const [description, setDescription] = useState(() =>
    distinct(rows.map((row) => row.description))
      .join("; ")
      .slice(0, LONGEST),
  );
  const [rate, setRate] = useState(rates[0] ?? null);
  const [project, setProject] = useState(first?.project_id ?? "");
  const [billable, setBillable] = useState(true);
  const totals = sumRows(rows);
  if (first === undefined) return null;
  const sameParty = rows.every((row) => row.client_id === first.client_id && row.currency === first.currency);
  const merged = totalOf({
    minutes: totals.minutes,
    hourly_rate_minor: rates.length > 1 ? rate : (rates[0] ?? first.hourly_rate_minor),
    billable: ways.length > 1 ? billable : first.billable,
  });
  const before = totals.money.get(first.currency) ?? 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      title={`Merge ${rows.length} lines`}
      description="The merged line has all their time and commits. Undo takes it apart again."
    >
      {!sameParty ? (
        <>
          <p role="alert" className="text-danger">
            Only lines of one client and currency can be merged. Select those of one client.
          </p>
          <DialogActions>
            <Button autoFocus onClick={props.onClose}>
              Close
            </Button>
          </DialogActions>
        </>
      ) : (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            const words = description.trim();
            if (words === "") return;
            props.onMerge({
              description: words,
              ...(projects.size > 1 ? { project_id: project } : {}),
              ...(rates.length > 1 ? { hourly_rate_minor: rate } : {}),
              ...(ways.length > 1 ? { billable } : {}),
            });
          }}
        >
          <Field
            label="What the client reads"
            error={description.trim() === "" ? "Write what was done: the client reads it." : undefined}
          >
            <TextArea
              rows={3}
              autoFocus
              maxLength={LONGEST}
              value={description}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setDescription(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          </Field>
          {projects.size > 1 && (
            <Field label="Project">
              <Select value={project} onChange={(event) => setProject(event.target.value)}>
                {[...projects].map(([id, name]) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          {rates.length > 1 && (
            <Field label="Rate per hour" hint="These lines have different rates; the merged line has one.">
              <Select
                value={rate === null ? "" : String(rate)}
                onChange={(event) => setRate(event.target.value === "" ? null : Number(event.target.value))}
              >
                {rates.map((each) => (
                  <option key={each} value={each === null ? "" : String(each)}>
                    {each === null ? "None yet" : format.money(each, first.currency, first.client_id)}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          {ways.length > 1 && (
            <Field label="Billable" hint="Some of these lines are billed and some are not.">
              <Select value={billable ? "yes" : "no"} onChange={(event) => setBillable(event.target.value === "yes")}>
                <option value="yes">Bill all of it</option>
                <option value="no">Bill none of it</option>
              </Select>
            </Field>
          )}
          <p className="text-muted">
            {format.hours(totals.minutes)}, <MoneyTotals totals={totals} format={format} />
            {merged !== null && merged !== before && (
              <span className="font-medium text-warn">
                {` → ${format.money(merged, first.currency, first.client_id)} as one line`}
              </span>
            )}
          </p>
          <DialogActions>
            <Button onClick={props.onClose}>Cancel</Button>
            <Button type="submit" variant="primary">
              Merge
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  );
}
