import type { PlannedLine } from "@billhook/database/billing";
import { lineTotalMinor } from "@billhook/domain/money";
import { useFormat } from "../../data/format.ts";
import type { Client } from "../../data/workspace.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";

/** The lines as the invoice would have them; what is unticked stays unbilled. */
export function PlannedLines(props: {
  lines: readonly PlannedLine[];
  client: Client;
  currency: string;
  /** First entries of the lines that are left out. */
  unchosen: ReadonlySet<string>;
  onChange: (unchosen: ReadonlySet<string>) => void;
}) {
  const { lines, unchosen, onChange } = props;
  const format = useFormat();
  const money = (minor: number): string => format.money(minor, props.currency, props.client.id);
  const keyOf = (line: PlannedLine): string => line.entry_ids[0] ?? "";
  const chosen = lines.filter((line) => !unchosen.has(keyOf(line))).length;
  const hours = (seconds: number): string => format.hours(Math.round(seconds / 60));
  const datesOf = (line: PlannedLine): string =>
    line.start_date === line.end_date
      ? format.day(line.start_date)
      : `${format.day(line.start_date)} – ${format.day(line.end_date)}`;
  const toggle = (line: PlannedLine): void => {
    const next = new Set(unchosen);
    if (!next.delete(keyOf(line))) next.add(keyOf(line));
    onChange(next);
  };
  return (
    <Table>
      <thead>
        <tr>
          <HeadCell className="w-10">
            <Checkbox
              aria-label="Bill all lines"
              checked={chosen === lines.length}
              indeterminate={chosen > 0 && chosen < lines.length}
              onChange={({ target }) => onChange(target.checked ? new Set() : new Set(lines.map(keyOf)))}
            />
          </HeadCell>
          <HeadCell className="pl-0">Description</HeadCell>
          <HeadCell className="max-md:hidden">Date</HeadCell>
          <HeadCell numeric className="max-md:hidden">
            Entries
          </HeadCell>
          <HeadCell numeric>Time</HeadCell>
          <HeadCell numeric className="max-md:hidden">
            Rate
          </HeadCell>
          <HeadCell numeric>Amount</HeadCell>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Row key={keyOf(line)} className={unchosen.has(keyOf(line)) ? "text-faint" : ""}>
            <Cell className="py-2 align-top">
              <Checkbox
                aria-label={`Bill ${line.description}`}
                checked={!unchosen.has(keyOf(line))}
                onChange={() => toggle(line)}
              />
            </Cell>
            <Cell className="w-full py-1.5 pl-0 align-top">
              <span className="break-words">{line.description}</span>
              {line.detail !== null && (
                <span className="mt-0.5 line-clamp-4 text-sm whitespace-pre-line text-muted">{line.detail}</span>
              )}
            </Cell>
            <Cell className="py-1.5 align-top whitespace-nowrap text-muted max-md:hidden">{datesOf(line)}</Cell>
            <Cell numeric className="py-1.5 align-top text-muted max-md:hidden">
              {line.entries}
            </Cell>
            <Cell numeric className="py-1.5 align-top">
              {hours(line.seconds)}
              {line.seconds !== line.entry_seconds && (
                <span className="block text-sm text-muted">rounded from {hours(line.entry_seconds)}</span>
              )}
            </Cell>
            <Cell numeric className="py-1.5 align-top text-muted max-md:hidden">
              {money(line.hourly_rate_minor)}
            </Cell>
            <Cell numeric className="py-1.5 align-top font-medium">
              {money(lineTotalMinor(line.seconds, line.hourly_rate_minor))}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
