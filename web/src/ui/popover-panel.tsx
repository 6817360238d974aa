import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

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

export function PopoverPanel(props: PopoverProps) {
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={props.label}
          align={props.align ?? "start"}
          side={props.side ?? "bottom"}
          sideOffset={5}
          collisionPadding={8}
          className="animate-appear z-50 max-w-[calc(100vw-16px)] rounded-lg border border-line bg-raised p-1 shadow-pop outline-none"
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
