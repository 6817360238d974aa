import { type ReactElement, cloneElement, useState } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";
import type { MenuProps } from "./menu-content.tsx";

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
