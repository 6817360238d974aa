import type { ReactNode } from "react";
import { classNames } from "../lib/class-names.ts";

export interface TabItem<Value extends string> {
  value: Value;
  label: string;
  count?: ReactNode;
}

/** Switches between views of one list. The choice lives in the address, so the page decides what a choice does. */
export function Tabs<Value extends string>(props: {
  label: string;
  value: Value;
  items: readonly TabItem<Value>[];
  onChange: (value: Value) => void;
}) {
  return (
    <div role="group" aria-label={props.label} className="flex items-center gap-0.5">
      {props.items.map((item) => (
        <button
          key={item.value}
          type="button"
          aria-pressed={item.value === props.value}
          onClick={() => props.onChange(item.value)}
          className={classNames(
            "inline-flex h-7 items-center gap-1.5 rounded-md px-2 whitespace-nowrap max-md:h-9",
            item.value === props.value
              ? "bg-accent-soft font-medium text-accent-strong"
              : "text-muted hover:bg-hover hover:text-ink",
          )}
        >
          {item.label}
          {item.count !== undefined && <span className="text-xs opacity-90">{item.count}</span>}
        </button>
      ))}
    </div>
  );
}
