import { addDays } from "@billhook/domain/timezone";
import { Popover } from "radix-ui";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { Formatters } from "../../data/format.ts";
import { Button } from "../../ui/button.tsx";
import { TextInput } from "../../ui/field.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { deferChoices } from "./defer-dates.ts";

/** Until when? Arrows or a digit choose; any date can be picked. */
export function DeferPopover(props: {
  anchor: Element;
  count: number;
  format: Formatters;
  /** The lines stand under tickets of a connected system. */
  hasTickets: boolean;
  onDefer: (until: string) => void;
  onDeferForTicket: () => void;
  onClose: () => void;
}) {
  const { format } = props;
  const today = format.today();
  const choices = deferChoices(today);
  const [picked, setPicked] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const dateId = useId();
  const move = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (event.key === "ArrowDown" || event.key === "j") buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
    else if (event.key === "ArrowUp" || event.key === "k") buttons[Math.max(0, at - 1)]?.focus();
    else {
      const choice = choices[Number(event.key) - 1];
      if (choice !== undefined) props.onDefer(choice.day);
      else if (event.key === "t" && props.hasTickets) props.onDeferForTicket();
      else return;
    }
    event.preventDefault();
  };
  return (
    <Popover.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Popover.Anchor virtualRef={{ current: props.anchor }} />
      <Popover.Portal>
        <Popover.Content
          aria-label={props.count === 1 ? "Defer the line" : `Defer ${props.count} lines`}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="animate-appear z-50 w-64 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none"
        >
          <p className="px-2 pt-1 pb-1.5 text-xs font-medium text-faint">
            {props.count === 1 ? "Defer until" : `Defer ${props.count} lines until`}
          </p>
          <div ref={list} onKeyDown={move}>
            {choices.map(({ label, day }, at) => (
              <button
                key={label}
                type="button"
                onClick={() => props.onDefer(day)}
                className="flex h-8 w-full items-center gap-2 rounded px-2 text-left hover:bg-hover focus:bg-hover max-md:h-10"
              >
                <span className="flex-1">{label}</span>
                <span className="text-muted">{format.day(day)}</span>
                <Kbd keys={String(at + 1)} />
              </button>
            ))}
            {props.hasTickets && (
              <button
                type="button"
                onClick={props.onDeferForTicket}
                className="flex h-8 w-full items-center gap-2 rounded px-2 text-left hover:bg-hover focus:bg-hover max-md:h-10"
              >
                <span className="flex-1">{props.count === 1 ? "Its ticket is done" : "Their tickets are done"}</span>
                <Kbd keys="t" />
              </button>
            )}
          </div>
          <form
            className="mt-1 flex items-end gap-2 border-t border-line p-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (picked > today) props.onDefer(picked);
            }}
          >
            <div className="min-w-0 flex-1">
              <label htmlFor={dateId} className="text-sm text-muted">
                Another day
              </label>
              <TextInput
                id={dateId}
                type="date"
                required
                min={addDays(today, 1)}
                value={picked}
                onChange={(event) => setPicked(event.target.value)}
              />
            </div>
            <Button type="submit">Defer</Button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
