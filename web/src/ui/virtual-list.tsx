import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { classNames } from "../lib/class-names.ts";

/** The element that scrolls around this one. */
function scrollerOf(element: Element | null): HTMLElement | null {
  for (let at = element?.parentElement ?? null; at !== null; at = at.parentElement) {
    if (/auto|scroll/u.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}

export interface VirtualListProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Pixels; the same for every row. */
  rowHeight: number;
  /** Cells of the head, each with `role="columnheader"`. */
  head?: ReactNode;
  /** Cells of a row, each with `role="cell"`. */
  row: (item: Item, index: number) => ReactNode;
  /** Grid columns of head and rows. */
  columns: string;
  /** The row that has the keyboard; -1 for none. */
  current: number;
  /** Called when the last rows come into view. */
  onEnd?: () => void;
}

/** A table of any length: only the rows in view are in the page. It scrolls with the page it stands on. */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const { items, current, onEnd } = props;
  const body = useRef<HTMLDivElement>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const found = scrollerOf(body.current);
    setScroller(found);
    if (found === null) return;
    // What stands above the list may grow or shrink (filters that wrap, a notice).
    const measure = (): void => {
      if (body.current !== null)
        setMargin(body.current.getBoundingClientRect().top - found.getBoundingClientRect().top + found.scrollTop);
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const child of found.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: () => props.rowHeight,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: 40,
    scrollPaddingEnd: 8,
  });
  useEffect(() => rows.measure(), [props.rowHeight, rows]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - 20 && items.length > 0) onEnd?.();
  }, [last, items.length, onEnd]);
  useEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: "auto" });
  }, [current, rows]);

  const grid = { display: "grid", gridTemplateColumns: props.columns };
  return (
    <div role="table" aria-label={props.label} aria-rowcount={items.length + 1}>
      {props.head !== undefined && (
        <div
          role="row"
          aria-rowindex={1}
          style={grid}
          className="sticky top-0 z-10 h-8 items-center gap-3 border-b border-line bg-canvas px-4 text-xs font-medium text-faint"
        >
          {props.head}
        </div>
      )}
      <div ref={body} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map((virtual) => {
          const item = items[virtual.index];
          if (item === undefined) return null;
          return (
            <div
              key={props.keyOf(item)}
              role="row"
              aria-rowindex={virtual.index + 2}
              aria-current={virtual.index === current || undefined}
              style={{ ...grid, height: virtual.size, transform: `translateY(${virtual.start - margin}px)` }}
              className={classNames(
                "absolute inset-x-0 top-0 items-center gap-3 border-b border-line px-4",
                virtual.index === current
                  ? "bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]"
                  : "bg-surface hover:bg-hover",
              )}
            >
              {props.row(item, virtual.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
