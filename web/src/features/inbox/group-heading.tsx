import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import type { Formatters } from "../../data/format.ts";
import { classNames } from "../../lib/class-names.ts";
import { Checkbox } from "../../ui/field.tsx";
import { cell } from "./draft-columns.ts";
import type { DraftGroup } from "./group-drafts.ts";
import type { Grouping } from "./inbox-search.ts";
import { MoneyTotals } from "./money-totals.tsx";
import type { Totals } from "./totals.ts";

const withoutGroup: Record<Grouping, string> = {
  ticket: "No ticket",
  epic: "No epic",
  date: "No date",
  week: "No week",
  person: "Nobody",
  category: "No category",
  repository: "No repository",
  project: "No project",
};

const groupName = ({ label, grouping }: DraftGroup, format: Formatters): string => {
  if (label === null) return withoutGroup[grouping];
  if (grouping === "week") return `Week of ${format.day(label)}`;
  return grouping === "date" ? format.day(label) : label;
};

/** The heading of a group, with its totals as they stand while somebody types. */
export const GroupHeading = memo(function GroupHeading(props: {
  group: DraftGroup;
  totals: Totals;
  index: number;
  collapsed: boolean;
  selectedCount: number;
  format: Formatters;
  onCollapse: (key: string) => void;
  onSelect: (group: DraftGroup, selected: boolean) => void;
}) {
  const { group, totals, collapsed, selectedCount, format } = props;
  const name = groupName(group, format);
  const Chevron = collapsed ? ChevronRight : ChevronDown;
  return (
    <div
      role="row"
      aria-rowindex={props.index}
      className="flex h-full items-center border-b border-l-2 border-line border-l-transparent bg-canvas"
    >
      <div role="gridcell" className={cell.check}>
        <Checkbox
          tabIndex={-1}
          aria-label={`Select all of ${name}`}
          className="max-md:size-5"
          checked={selectedCount > 0 && selectedCount === group.rows.length}
          indeterminate={selectedCount > 0 && selectedCount < group.rows.length}
          onMouseDown={(event) => event.preventDefault()}
          onChange={() => props.onSelect(group, selectedCount < group.rows.length)}
        />
      </div>
      <div role="gridcell" className={classNames("flex min-w-0 flex-1 items-center", group.level === 1 && "pl-5")}>
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={!collapsed}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onCollapse(group.key)}
          className={classNames(
            "flex min-w-0 items-center gap-1 rounded py-1 pr-1",
            group.level === 0 ? "font-semibold" : "font-medium",
          )}
        >
          <Chevron size={14} aria-hidden className="-ml-0.5 shrink-0 text-faint" />
          <span className="truncate">{name}</span>
          <span className="ml-1 font-normal text-faint">{group.rows.length}</span>
        </button>
      </div>
      <div role="gridcell" className={classNames(cell.hours, "pl-2 font-medium")}>
        {format.hours(totals.minutes)}
      </div>
      {/* As wide as rate and amount together: two currencies leave the hours where they are. */}
      <div role="gridcell" className={classNames(cell.amount, "w-auto min-w-25 font-semibold @min-[900px]:min-w-46")}>
        <MoneyTotals totals={totals} format={format} />
      </div>
    </div>
  );
});
