import { type ReactElement, cloneElement } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";
import type { PopoverProps } from "./popover-panel.tsx";

export const PopoverPanel = lazyPart(async () => (await import("./popover-panel.tsx")).PopoverPanel);

/** A small panel at a button. Its code is loaded when a popover is first opened. */
export function Popover(props: PopoverProps) {
  const closed = cloneElement(props.trigger as ReactElement<Record<string, unknown>>, {
    "aria-haspopup": "dialog",
    "aria-expanded": props.open,
    onClick: () => props.onOpenChange(true),
  });
  if (!props.open) return closed;
  return <PopoverPanel {...props} fallback={closed} />;
}
