import { Popover } from "radix-ui";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { TextInput } from "../../ui/field.tsx";

/** Why is it left out? The reason is kept with the line. */
export function IgnorePopover(props: {
  anchor: Element;
  count: number;
  onIgnore: (reason: string | null) => void;
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const title = props.count === 1 ? "Ignore the line" : `Ignore ${props.count} lines`;
  return (
    <Popover.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Popover.Anchor virtualRef={{ current: props.anchor }} />
      <Popover.Portal>
        <Popover.Content
          aria-label={title}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="animate-appear z-50 w-80 rounded-lg border border-line bg-raised p-2 shadow-pop outline-none"
        >
          <form
            className="flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              props.onIgnore(reason.trim() === "" ? null : reason.trim());
            }}
          >
            <label className="flex min-w-0 flex-1 flex-col gap-1 text-sm text-muted">
              {`${title}: why?`}
              <TextInput
                value={reason}
                maxLength={500}
                placeholder="No reason given"
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
            <Button type="submit" variant="primary">
              Ignore
            </Button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
