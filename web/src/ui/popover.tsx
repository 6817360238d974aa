import { type ReactElement, type ReactNode, cloneElement } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";

export interface PopoverProps {
  /** The button. */
  trigger: ReactElement;
  label: string;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

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
