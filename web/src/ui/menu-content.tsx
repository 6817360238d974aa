import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "../lib/class-names.ts";
import { Kbd } from "./kbd.tsx";

export type MenuEntry =
  | {
      type: "item";
      label: string;
      icon?: ReactNode;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  /** One of several: the chosen one carries a check mark. */
  | { type: "choice"; label: string; checked: boolean; run: () => void }
  | { type: "label"; label: string }
  | { type: "separator" };

export interface MenuProps {
  /** The button. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
  side?: "top" | "right" | "bottom" | "left";
}

const item =
  "flex h-8 cursor-pointer items-center gap-2 rounded px-2 text-base outline-none select-none data-highlighted:bg-hover " +
  "data-disabled:cursor-not-allowed data-disabled:opacity-50 max-md:h-10";

/** A menu that is open when it first appears. */
export function OpenMenu(props: MenuProps) {
  return (
    <Radix.Root defaultOpen>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={props.align ?? "start"}
          side={props.side ?? "bottom"}
          sideOffset={4}
          collisionPadding={8}
          className="animate-appear z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop"
        >
          {props.entries.map((entry, at) => (
            <Entry key={`${at} ${entry.type}`} entry={entry} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  switch (entry.type) {
    case "label":
      return <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-faint">{entry.label}</Radix.Label>;
    case "separator":
      return <Radix.Separator className="my-1 h-px bg-line" />;
    case "choice":
      return (
        <Radix.CheckboxItem checked={entry.checked} onSelect={entry.run} className={item}>
          <span className="flex w-4 justify-center text-accent">
            {entry.checked && <Check size={14} aria-hidden />}
          </span>
          <span className="min-w-0 flex-1 truncate">{entry.label}</span>
        </Radix.CheckboxItem>
      );
    case "item":
      return (
        <Radix.Item
          onSelect={entry.run}
          disabled={entry.disabled ?? false}
          className={classNames(item, entry.danger === true && "text-danger")}
        >
          {entry.icon !== undefined && <span className="text-muted">{entry.icon}</span>}
          <span className="min-w-0 flex-1 truncate">{entry.label}</span>
          {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
        </Radix.Item>
      );
  }
}
