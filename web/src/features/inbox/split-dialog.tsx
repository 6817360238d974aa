import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { DraftPart } from "@billhook/database/drafts";
import type { Formatters } from "../../data/format.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Select, TextInput } from "../../ui/field.tsx";
import type { InboxRow } from "./inbox-row.ts";
import { type InvoiceDraft, describeInvoiceDraft, draftsFor, useInvoiceDrafts } from "./invoice-drafts.ts";
import { useProjectChoices } from "./project-choices.ts";
import { type PartTexts, readParts, toParts } from "./split-parts.ts";

const MOST_PARTS = 50;

/** Splits a line into parts that come to the whole: by hours or per cent, over words, projects, days and invoices. */
export function SplitDialog(props: {
  row: InboxRow;
  format: Formatters;
  /** Parts can go to invoice drafts. */
  canInvoice: boolean;
  onSplit: (parts: DraftPart[]) => void;
  onClose: () => void;
}) {
  const { row, format } = props;
  const projects = useProjectChoices();
  const invoices = useInvoiceDrafts(props.canInvoice).data;
  const partOf = (size: string): PartTexts => ({
    key: crypto.randomUUID(),
    size,
    description: row.description,
    project: row.project_id,
    date: row.start_date,
    invoice: "",
  });
  const [parts, setParts] = useState<readonly PartTexts[]>(() => [partOf("50 %"), partOf("")]);
  const [tried, setTried] = useState(false);
  const read = readParts(parts, row.minutes);
  /** What the part of a project is billed to; null where it is not billed. */
  const partyOf = (projectId: string): { clientId: string; currency: string } | null => {
    if (projectId === row.project_id) return row.billable ? { clientId: row.client_id, currency: row.currency } : null;
    const project = projects.find(({ id }) => id === projectId);
    return project?.billable === true ? project : null;
  };
  const change = (key: string, part: Partial<PartTexts>): void =>
    setParts(parts.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const move = (part: PartTexts, project: string): void => {
    const [from, to] = [partyOf(part.project), partyOf(project)];
    const stays = from !== null && from.clientId === to?.clientId && from.currency === to.currency;
    change(part.key, { project, ...(stays ? {} : { invoice: "" }) });
  };
  const ready = read.missing === 0 && read.errors.every((error) => error === undefined);
  const evenly = (): void => {
    const share = `${Math.floor(10_000 / parts.length) / 100} %`;
    setParts(parts.map((part, at) => ({ ...part, size: at === parts.length - 1 ? "" : share })));
  };
  // Before the last one, which usually takes what the others leave.
  const addPart = (): void => setParts([...parts.slice(0, -1), partOf("10 %"), ...parts.slice(-1)]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      size="lg"
      title="Split the line"
      description={`${format.hours(row.minutes)} of “${row.description}”. Sizes are hours (1:30, 90m) or per cent; one may be empty: it takes what the others leave.`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (ready) props.onSplit(toParts(parts, read.minutes, row));
        }}
      >
        <ol className="flex flex-col">
          {parts.map((part, at) => (
            <li key={part.key} className="border-b border-line py-2.5 last:border-b-0">
              <div className="flex flex-wrap items-center gap-2">
                <TextInput
                  aria-label={`Size of part ${at + 1}`}
                  aria-invalid={tried && read.errors[at] !== undefined ? true : undefined}
                  className="!w-24 text-right"
                  autoFocus={at === 0}
                  placeholder="The rest"
                  value={part.size}
                  onFocus={(event) => event.target.select()}
                  onChange={(event) => change(part.key, { size: event.target.value })}
                />
                <output className="w-18 shrink-0 text-right text-muted">
                  {read.minutes[at] === null || read.minutes[at] === undefined
                    ? "–"
                    : format.hours(Math.max(0, read.minutes[at] ?? 0))}
                </output>
                <TextInput
                  aria-label={`Description of part ${at + 1}`}
                  className="min-w-48 !w-auto flex-1"
                  value={part.description}
                  onChange={(event) => change(part.key, { description: event.target.value })}
                />
                <IconButton
                  label={`Leave part ${at + 1} out`}
                  disabled={parts.length === 2}
                  onClick={() => setParts(parts.filter((each) => each.key !== part.key))}
                >
                  <Trash2 size={14} aria-hidden />
                </IconButton>
                <div className="flex w-full flex-wrap gap-2 md:pl-46">
                  <Select
                    aria-label={`Project of part ${at + 1}`}
                    className="min-w-40 !w-auto flex-1"
                    value={part.project}
                    onChange={(event) => move(part, event.target.value)}
                  >
                    {projects.every((project) => project.id !== row.project_id) && (
                      <option value={row.project_id}>{row.project_name}</option>
                    )}
                    {projects.map((project) => (
                      <option key={project.id} value={project.id}>
                        {`${project.clientName} / ${project.name}`}
                      </option>
                    ))}
                  </Select>
                  <TextInput
                    aria-label={`Date of part ${at + 1}`}
                    type="date"
                    className="!w-36"
                    value={part.date}
                    onChange={(event) => change(part.key, { date: event.target.value })}
                  />
                  {props.canInvoice && (
                    <InvoiceChoice
                      label={`Invoice of part ${at + 1}`}
                      value={part.invoice}
                      party={partyOf(part.project)}
                      invoices={invoices}
                      taken={parts.map(({ invoice }) => invoice)}
                      format={format}
                      onChange={(invoice) => change(part.key, { invoice })}
                    />
                  )}
                </div>
              </div>
              {read.errors[at] !== undefined && (tried || part.size !== "") && (
                <p role="alert" className="mt-1 text-sm text-danger">
                  {read.errors[at]}
                </p>
              )}
            </li>
          ))}
        </ol>
        <div className="mt-2 flex flex-wrap items-center gap-2">
          <Button size="sm" variant="ghost" disabled={parts.length === MOST_PARTS} onClick={addPart}>
            <Plus size={13} aria-hidden /> Add a part
          </Button>
          <Button size="sm" variant="ghost" onClick={evenly}>
            Split evenly
          </Button>
          <p role="status" className="ml-auto text-sm">
            {read.missing === 0 ? (
              <span className="text-muted">{`Together ${format.hours(row.minutes)}, as before`}</span>
            ) : (
              <span className="text-danger">
                {read.missing > 0
                  ? `${format.hours(read.missing)} are missing`
                  : `${format.hours(-read.missing)} too much`}
              </span>
            )}
          </p>
        </div>
        <DialogActions>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            {`Split into ${parts.length}`}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Where a part goes: it stays open, or is approved onto an invoice draft of its client. */
function InvoiceChoice(props: {
  label: string;
  value: string;
  party: { clientId: string; currency: string } | null;
  invoices: readonly InvoiceDraft[] | undefined;
  /** What the parts have chosen. */
  taken: readonly string[];
  format: Formatters;
  onChange: (invoice: string) => void;
}) {
  const { party, taken } = props;
  // Another new one is offered once the one before is chosen.
  const fresh = ["new", "new 2", "new 3"].filter(
    (each, at, all) => at === 0 || taken.includes(each) || taken.includes(all[at - 1] ?? ""),
  );
  return (
    <Select
      aria-label={props.label}
      className="min-w-44 !w-auto flex-1"
      disabled={party === null}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="">{party === null ? "Not billed" : "Stays in the inbox"}</option>
      {party !== null && (
        <>
          {fresh.map((each, at) => (
            <option key={each} value={each}>
              {at === 0 ? "A new invoice draft" : `New invoice draft ${at + 1}`}
            </option>
          ))}
          {draftsFor(props.invoices, party.clientId, party.currency).map((draft) => (
            <option key={draft.id} value={draft.id ?? ""}>
              {describeInvoiceDraft(draft, props.format)}
            </option>
          ))}
        </>
      )}
    </Select>
  );
}
