import { ArrowDown, ArrowUp } from "lucide-react";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";
import { classNames } from "../../lib/class-names.ts";
import { GROUP_HEIGHT, HEAD_HEIGHT, PHONE_ROW_HEIGHT, ROW_HEIGHT, cell } from "./draft-columns.ts";
import type { ListItem } from "./group-drafts.ts";

export interface DraftGridProps {
  items: readonly ListItem[];
  active: string | null;
  editing: string | null;
  phone: boolean;
  sort: "asc" | "desc";
  label: string;
  onSort: () => void;
  onScrolled: (scrolled: boolean) => void;
  renderItem: (item: ListItem, index: number) => ReactNode;
}

/** The list of drafts: only what is in view is in the page. The active row is named to screen readers. */
export function DraftGrid(props: DraftGridProps) {
  const { items, active, editing, phone } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const head = phone ? 0 : HEAD_HEIGHT;
  const indexOf = (id: string | null): number =>
    id === null ? -1 : items.findIndex((item) => item.type === "row" && item.row.id === id);
  const editingIndex = indexOf(editing);
  // The heading of the rows in view stays at the top while they pass.
  const headings = useMemo(
    () => items.flatMap((item, at) => (item.type === "group" && item.group.level === 0 ? [at] : [])),
    [items],
  );
  const stuck = useRef(-1);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(
      (index: number) => (items[index]?.type === "group" ? GROUP_HEIGHT : rowHeight),
      [items, rowHeight],
    ),
    // Another function would have thousands of rows measured anew in every frame.
    getItemKey: useCallback(
      (index: number) => {
        const item = items[index];
        return item === undefined ? index : item.type === "group" ? `group ${item.group.key}` : item.row.id;
      },
      [items],
    ),
    overscan: 12,
    paddingStart: head,
    paddingEnd: 72,
    scrollPaddingStart: head + GROUP_HEIGHT,
    scrollPaddingEnd: 72,
    // A row that is being edited keeps its fields when it is scrolled out of view.
    rangeExtractor: (range) => {
      stuck.current = headings.findLast((at) => at <= range.startIndex) ?? -1;
      const kept = [stuck.current, editingIndex].filter((at) => at >= 0);
      return [...new Set([...kept, ...defaultRangeExtractor(range)])].toSorted((a, b) => a - b);
    },
  });

  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const activeIndex = indexOf(active);
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: "auto" });
    // Only a move of the focus scrolls; a list that changes around it does not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);

  const Arrow = props.sort === "asc" ? ArrowUp : ArrowDown;
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={items.length}
      aria-multiselectable
      aria-activedescendant={active === null || activeIndex < 0 ? undefined : `draft-${active}`}
      onScroll={(event) => props.onScrolled(event.currentTarget.scrollTop > 4)}
      className="group/grid @container h-full min-w-0 flex-1 overflow-y-auto outline-none focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]"
    >
      <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
        {!phone && (
          <div
            role="row"
            aria-rowindex={1}
            className="sticky top-0 z-10 flex items-center border-b border-l-2 border-line border-l-transparent bg-surface text-xs text-faint"
            style={{ height: HEAD_HEIGHT }}
          >
            <div role="columnheader" aria-label="Selected" className={cell.check} />
            <Head className={cell.description}>Description</Head>
            <Head className={cell.ticket}>Ticket</Head>
            <Head className={cell.commits}>Commits</Head>
            <div role="columnheader" aria-label="Author" className={cell.author} />
            <div
              role="columnheader"
              aria-sort={props.sort === "asc" ? "ascending" : "descending"}
              className={cell.date}
            >
              <button
                type="button"
                onClick={props.onSort}
                aria-label={
                  props.sort === "asc"
                    ? "Date, oldest first. Show the newest first"
                    : "Date, newest first. Show the oldest first"
                }
                className="inline-flex items-center gap-1 rounded hover:text-ink"
              >
                Date <Arrow size={11} aria-hidden />
              </button>
            </div>
            <Head className={cell.hours}>Hours</Head>
            <Head className={cell.rate}>Rate</Head>
            <Head className={classNames(cell.amount, "!font-normal")}>Amount</Head>
          </div>
        )}
        {virtualizer.getVirtualItems().map((virtual) => {
          const item = items[virtual.index];
          if (item === undefined) return null;
          const isStuck = virtual.index === stuck.current;
          return (
            <div
              key={virtual.key}
              role="presentation"
              className={classNames(
                isStuck ? "sticky z-[7]" : "absolute inset-x-0 top-0",
                virtual.index === editingIndex && "z-[5]",
              )}
              style={
                isStuck
                  ? { height: virtual.size, top: head }
                  : { height: virtual.size, transform: `translateY(${virtual.start}px)` }
              }
            >
              {props.renderItem(item, virtual.index + 2)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Head({ className, children }: { className: string; children: string }) {
  return (
    <div role="columnheader" className={className}>
      {children}
    </div>
  );
}
