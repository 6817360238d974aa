import { type ReactElement, type ReactNode, cloneElement, useState } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";

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

export const OpenMenu = lazyPart(async () => (await import("./menu-content.tsx")).OpenMenu);

/** A button's menu. Its code is loaded when a menu is first opened. */
export function Menu(props: MenuProps) {
  const [used, setUsed] = useState(false);
  const closed = cloneElement(props.trigger as ReactElement<Record<string, unknown>>, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setUsed(true),
  });
  if (!used) return closed;
  return <OpenMenu {...props} fallback={closed} />;
}
