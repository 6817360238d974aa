import { ArrowDown, ArrowUp, ChevronRight, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useCommands } from "../../app/commands.tsx";
import { useFormat } from "../../data/format.ts";
import { taxLabel } from "../../data/tax-rates.ts";
import { classNames } from "../../lib/class-names.ts";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { useListKeys } from "../../lib/use-list-keys.ts";
import { IconButton } from "../../ui/button.tsx";
import { TextArea } from "../../ui/field.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import type { InvoiceLine } from "./invoice-data.ts";
import type { InvoiceRow } from "./invoice-state.ts";
import { LineEvidence } from "./line-evidence.tsx";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

const LineDialog = lazyPart(async () => (await import("./line-dialog.tsx")).LineDialog);

/** The lines of an invoice; where `draft` is given they can be reworded, edited, moved and taken off. */
export function InvoiceLines(props: {
  invoice: InvoiceRow;
  lines: readonly InvoiceLine[];
  draft: InvoiceDraft | null;
}) {
  const { invoice, lines, draft } = props;
  const format = useFormat();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [editing, setEditing] = useState<string | null>(null);
  const [changing, setChanging] = useState<string | null>(null);
  const toggle = (id: string): void =>
    setOpened((shown) =>
      shown.has(id) ? new Set([...shown].filter((other) => other !== id)) : new Set([...shown, id]),
    );
  const { current, setCurrent } = useListKeys({
    group: "Invoice",
    count: lines.length,
    open: (index) => {
      const line = lines[index];
      if (line !== undefined) toggle(line.id);
    },
  });
  const line = lines[current];
  useCommands([
    {
      id: "line-edit",
      label: "Edit the line's description",
      group: "Invoice",
      keys: ["e"],
      enabled: line !== undefined && draft !== null,
      run: () => setEditing(line?.id ?? null),
    },
    {
      id: "line-remove",
      label: "Take the line off the invoice",
      group: "Invoice",
      keys: ["backspace"],
      enabled: line !== undefined && draft !== null,
      run: () => {
        if (line !== undefined) void draft?.remove(line);
      },
    },
  ]);
  const move = (row: InvoiceLine | undefined, step: -1 | 1): void => {
    const target = current + step;
    if (row === undefined || target < 0 || target >= lines.length) return;
    draft?.move(row, step);
    setCurrent(target);
  };
  useCommands([
    {
      id: "line-change",
      label: "Change the line's price, discount or tax",
      group: "Invoice",
      keys: ["shift+e"],
      enabled: line !== undefined && draft !== null,
      run: () => setChanging(line?.id ?? null),
    },
    {
      id: "line-up",
      label: "Move the line up",
      group: "Invoice",
      keys: ["shift+k"],
      enabled: line !== undefined && draft !== null,
      run: () => move(line, -1),
    },
    {
      id: "line-down",
      label: "Move the line down",
      group: "Invoice",
      keys: ["shift+j"],
      enabled: line !== undefined && draft !== null,
      run: () => move(line, 1),
    },
  ]);
  const money = (minor: number): string => format.money(minor, invoice.currency, invoice.client_id);
  const quantityOf = (row: InvoiceLine): string =>
    row.seconds === null ? `${(row.quantity_thousandths ?? 0) / 1000}` : format.hours(Math.round(row.seconds / 60));
  const taxed = new Set(lines.map((row) => row.tax_rate_id)).size > 1;
  const minutes = lines.reduce((sum, { seconds }) => sum + Math.round((seconds ?? 0) / 60), 0);
  const changed = lines.find((row) => row.id === changing);

  return (
    <>
      <Table>
        <thead>
          <tr>
            <HeadCell className="w-8">
              <span className="sr-only">Evidence</span>
            </HeadCell>
            <HeadCell className="pl-0">Description</HeadCell>
            <HeadCell className="max-md:hidden">Date</HeadCell>
            <HeadCell numeric className="max-md:hidden">
              Time
            </HeadCell>
            <HeadCell numeric className="max-md:hidden">
              Rate
            </HeadCell>
            <HeadCell numeric>Total</HeadCell>
            {draft !== null && (
              <HeadCell className="w-10">
                <span className="sr-only">Take off</span>
              </HeadCell>
            )}
          </tr>
        </thead>
        {lines.map((row, index) => (
          <tbody key={row.id}>
            <Row
              aria-current={index === current || undefined}
              onClick={() => setCurrent(index)}
              className={index === current ? "bg-accent-soft! shadow-[inset_2px_0_0_var(--accent)]" : ""}
            >
              <Cell className="pr-0 align-top max-md:pl-1!">
                <button
                  type="button"
                  aria-expanded={opened.has(row.id)}
                  aria-label={`What line ${index + 1} stands on`}
                  onClick={() => toggle(row.id)}
                  className="my-1 flex size-6 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink max-md:size-9"
                >
                  <ChevronRight
                    size={14}
                    aria-hidden
                    className={classNames("transition-transform", opened.has(row.id) && "rotate-90")}
                  />
                </button>
              </Cell>
              <Cell className="w-full py-1.5 pl-0 align-top">
                <Description
                  line={row}
                  editable={draft !== null}
                  editing={editing === row.id}
                  onEdit={() => {
                    setCurrent(index);
                    setEditing(row.id);
                  }}
                  onDone={(description) => {
                    setEditing(null);
                    if (description !== null && description !== row.description) void draft?.reword(row, description);
                  }}
                />
                <p className="mt-0.5 text-sm text-muted">
                  {row.detail !== null && <span className="line-clamp-4 whitespace-pre-line">{row.detail}</span>}
                  {[
                    row.kind === "expense" ? "Expense" : null,
                    row.project?.name,
                    row.ticket_key,
                    taxed ? (row.tax === null ? "no tax" : taxLabel(row.tax)) : null,
                    row.amount_minor === row.total_minor
                      ? null
                      : `${money(row.amount_minor)} less ${row.discount_percent === null ? money(row.amount_minor - row.total_minor) : `${row.discount_percent}%`}`,
                  ]
                    .filter((part) => part != null)
                    .join(" · ")}
                  <span className="md:hidden">
                    {" · "}
                    {datesOf(row, format.day)}
                    <br />
                    {quantityOf(row)} × {money(row.hourly_rate_minor ?? row.unit_price_minor ?? 0)}
                  </span>
                </p>
              </Cell>
              <Cell className="py-1.5 align-top whitespace-nowrap text-muted max-md:hidden">
                {datesOf(row, format.day)}
              </Cell>
              <Cell numeric className="py-1.5 align-top max-md:hidden">
                {quantityOf(row)}
              </Cell>
              <Cell numeric className="py-1.5 align-top text-muted max-md:hidden">
                {money(row.hourly_rate_minor ?? row.unit_price_minor ?? 0)}
              </Cell>
              <Cell numeric className="py-1.5 align-top font-medium">
                {money(row.total_minor)}
              </Cell>
              {draft !== null && (
                <Cell className="py-0.5 pl-0 align-top">
                  <div className="flex">
                    <Menu
                      align="end"
                      trigger={
                        <IconButton label={`More for line ${index + 1}`}>
                          <MoreHorizontal size={14} aria-hidden />
                        </IconButton>
                      }
                      entries={[
                        {
                          type: "item",
                          label: row.kind === "time" ? "Discount and tax…" : "Edit…",
                          icon: <Pencil size={14} aria-hidden />,
                          run: () => setChanging(row.id),
                        },
                        {
                          type: "item",
                          label: "Move up",
                          icon: <ArrowUp size={14} aria-hidden />,
                          disabled: index === 0,
                          run: () => draft.move(row, -1),
                        },
                        {
                          type: "item",
                          label: "Move down",
                          icon: <ArrowDown size={14} aria-hidden />,
                          disabled: index === lines.length - 1,
                          run: () => draft.move(row, 1),
                        },
                      ]}
                    />
                    <IconButton label={`Take line ${index + 1} off the invoice`} onClick={() => void draft.remove(row)}>
                      <Trash2 size={14} aria-hidden />
                    </IconButton>
                  </div>
                </Cell>
              )}
            </Row>
            {opened.has(row.id) && (
              <tr className="bg-sunken">
                <td colSpan={7} className="border-b border-line px-4 py-3 md:pl-12">
                  <LineEvidence line={row} />
                </td>
              </tr>
            )}
          </tbody>
        ))}
        <tfoot>
          <tr>
            <td colSpan={2} className="px-4 py-3 text-muted">
              {lines.length === 1 ? "1 line" : `${lines.length} lines`}
            </td>
            <td className="max-md:hidden" />
            <td className="px-3 py-3 text-right whitespace-nowrap text-muted max-md:hidden">{format.hours(minutes)}</td>
            <td className="px-3 py-3 text-right font-medium text-muted max-md:hidden">
              {invoice.total_minor === invoice.lines_minor ? "Total" : "Sum"}
            </td>
            <td className="px-3 py-3 text-right text-lg font-semibold whitespace-nowrap last:pr-4 max-md:pr-4">
              {money(invoice.lines_minor)}
            </td>
            {draft !== null && <td />}
          </tr>
        </tfoot>
      </Table>
      {draft !== null && changed !== undefined && (
        <LineDialog invoice={invoice} draft={draft} line={changed} onClose={() => setChanging(null)} />
      )}
    </>
  );
}

const datesOf = (line: InvoiceLine, day: (day: string) => string): string => {
  if (line.start_date === null) return "";
  const start = day(line.start_date);
  return line.end_date === null || line.end_date === line.start_date ? start : `${start} – ${day(line.end_date)}`;
};

/** Text until it is clicked; then a field that Enter keeps and Escape leaves. */
function Description(props: {
  line: InvoiceLine;
  editable: boolean;
  editing: boolean;
  onEdit: () => void;
  /** Null: nothing is to change. */
  onDone: (description: string | null) => void;
}) {
  const { line } = props;
  if (!props.editable) return <span className="break-words">{line.description}</span>;
  if (!props.editing) {
    return (
      <button
        type="button"
        aria-label={`Edit the description: ${line.description}`}
        onClick={props.onEdit}
        className="-mx-1.5 rounded px-1.5 text-left break-words hover:bg-sunken"
      >
        {line.description}
      </button>
    );
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === "Escape") props.onDone(null);
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      props.onDone(event.currentTarget.value.trim() || null);
    } else return;
    event.stopPropagation();
  };
  return (
    <TextArea
      autoFocus
      rows={1}
      maxLength={2000}
      aria-label="Description"
      defaultValue={line.description}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={(event) => props.onDone(event.currentTarget.value.trim() || null)}
      className="-mx-1.5 block field-sizing-content px-1.5! py-0!"
    />
  );
}
