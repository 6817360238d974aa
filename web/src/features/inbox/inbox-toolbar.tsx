import { ListFilter, Search, X } from "lucide-react";
import { type RefObject, useState } from "react";
import { lazyPart } from "../../lib/lazy-part.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import type { InboxRow } from "./inbox-row.ts";
import { type InboxSearch, filterKeys, groupings, inboxTabs } from "./inbox-search.ts";
import type { InboxView } from "./use-inbox-view.ts";

const tabNames = { open: "Open", deferred: "Deferred", approved: "Approved", ignored: "Ignored" } as const;

const InboxFilters = lazyPart(async () => (await import("./inbox-filters.tsx")).InboxFilters);
const InboxViews = lazyPart(async () => (await import("./inbox-views.tsx")).InboxViews);

/** Takes everything that narrows the list down out of the address. */
export const withoutFilters = Object.fromEntries(filterKeys.map((key) => [key, undefined]));

export function InboxToolbar(props: {
  search: InboxSearch;
  rows: ReadonlyMap<string, InboxRow>;
  canShare: boolean;
  /** Puts another view in the place of this one. */
  onApply: (search: InboxSearch) => void;
  counts: InboxView["counts"];
  filterField: RefObject<HTMLInputElement | null>;
  /** `undefined` takes a value out of the address. */
  onChange: (change: { [Key in keyof InboxSearch]?: InboxSearch[Key] | undefined }) => void;
  onLeaveFilter: () => void;
}) {
  const { search, counts } = props;
  const filtered = filterKeys.filter((key) => key !== "q" && search[key] !== undefined).length;
  const [wide, setWide] = useState(filtered > 0);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5 max-md:px-2">
        <div className="-mx-1 max-w-full overflow-x-auto px-1">
          <Tabs
            label="Status"
            value={search.tab ?? "open"}
            items={inboxTabs.map((value) => ({
              value,
              label: tabNames[value],
              ...(counts[value] === null ? {} : { count: counts[value] }),
            }))}
            onChange={(tab) => props.onChange({ tab: tab === "open" ? undefined : tab })}
          />
        </div>
        <div className="ml-auto flex min-w-0 flex-wrap items-center gap-2 max-md:ml-0 max-md:w-full">
          <Select
            aria-label="Group by"
            className="!w-auto"
            value={search.group ?? "project"}
            onChange={(event) => {
              const group = groupings.find((value) => value === event.target.value);
              props.onChange({ group: group === "project" ? undefined : group });
            }}
          >
            {groupings.map((value) => (
              <option key={value} value={value}>
                By {value}
              </option>
            ))}
          </Select>
          <Button
            aria-label={filtered === 0 ? "Filters" : `Filters, ${filtered} set`}
            aria-expanded={wide}
            className={filtered > 0 ? "text-accent-strong" : ""}
            onClick={() => setWide(!wide)}
          >
            <ListFilter size={14} aria-hidden /> Filters
            {filtered > 0 && <span className="font-semibold">{filtered}</span>}
          </Button>
          <InboxViews search={search} canShare={props.canShare} onApply={props.onApply} />
          <label className="relative flex min-w-32 flex-1 items-center md:w-44 md:flex-none">
            <Search size={13} aria-hidden className="absolute left-2 text-faint" />
            <input
              ref={props.filterField}
              type="search"
              value={search.q ?? ""}
              placeholder="Filter"
              aria-label="Filter by words"
              onChange={(event) => props.onChange({ q: event.target.value === "" ? undefined : event.target.value })}
              onKeyDown={(event) => {
                if (event.key !== "Escape" && event.key !== "Enter") return;
                event.preventDefault();
                if (event.key === "Escape") props.onChange({ q: undefined });
                event.currentTarget.blur();
                props.onLeaveFilter();
              }}
              className="h-8 w-full rounded-md border border-line-strong bg-surface pr-6 pl-7 text-base placeholder:text-faint max-md:h-10 max-md:text-[16px] [&::-webkit-search-cancel-button]:hidden"
            />
            <kbd
              aria-hidden
              className="pointer-events-none absolute right-2 rounded border border-line-strong bg-sunken px-1 font-sans text-[10.5px] text-muted max-md:hidden"
            >
              /
            </kbd>
          </label>
          {(filtered > 0 || search.q !== undefined) && (
            <IconButton label="Show all" onClick={() => props.onChange(withoutFilters)}>
              <X size={15} aria-hidden />
            </IconButton>
          )}
        </div>
      </div>
      {wide && <InboxFilters search={search} rows={props.rows} onChange={props.onChange} />}
    </>
  );
}
