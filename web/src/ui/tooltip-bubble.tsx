import { Popover } from "radix-ui";
import { Kbd } from "./kbd.tsx";

export interface Tip {
  anchor: Element;
  label: string;
  shortcut: string | null;
  side: "top" | "right" | "bottom" | "left";
}

export function TooltipBubble({ tip }: { tip: Tip }) {
  return (
    <Popover.Root open>
      <Popover.Anchor virtualRef={{ current: tip.anchor }} />
      <Popover.Portal>
        <Popover.Content
          role="tooltip"
          side={tip.side}
          sideOffset={5}
          collisionPadding={8}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="animate-appear pointer-events-none z-60 flex max-w-80 items-center gap-2 rounded-md border border-line bg-raised px-2 py-1 text-sm text-ink shadow-pop"
        >
          {tip.label}
          {tip.shortcut !== null && <Kbd keys={tip.shortcut} />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
