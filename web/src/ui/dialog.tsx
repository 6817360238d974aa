import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "../lib/class-names.ts";
import { IconButton } from "./button.tsx";

/** A modal dialog; a sheet from below on a phone. While it is open, the page's keys rest. */
export function Dialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One sentence under the title. */
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  /** There is nothing in it to go to with Tab, so it is scrolled by itself. */
  textOnly?: boolean;
  children: ReactNode;
}) {
  const width = { sm: "md:max-w-96", md: "md:max-w-lg", lg: "md:max-w-3xl" }[props.size ?? "md"];
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-[rgb(0_0_0/0.35)]" />
        <Radix.Content
          {...(props.description === undefined ? { "aria-describedby": undefined } : {})}
          className={classNames(
            "animate-appear fixed z-50 flex max-h-[88dvh] w-full flex-col border border-line bg-raised shadow-pop outline-none",
            "inset-x-0 bottom-0 rounded-t-xl md:inset-auto md:top-[12vh] md:left-1/2 md:max-h-[76vh] md:-translate-x-1/2 md:rounded-lg",
            width,
          )}
        >
          <div className="flex items-start gap-3 px-4 pt-3.5 pb-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold">{props.title}</Radix.Title>
              {props.description !== undefined && (
                <Radix.Description className="mt-0.5 text-muted">{props.description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close">
                <X size={16} aria-hidden />
              </IconButton>
            </Radix.Close>
          </div>
          <div
            {...(props.textOnly === true ? { tabIndex: 0 } : {})}
            className="min-h-0 flex-1 overflow-y-auto px-4 pb-4"
          >
            {props.children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The row of buttons that ends a dialog or form: the main one last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-4 flex flex-wrap justify-end gap-2">{children}</div>;
}
