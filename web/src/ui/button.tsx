import type { ComponentProps, ReactNode } from "react";
import { classNames } from "../lib/class-names.ts";
import { Tooltip } from "./tooltip.tsx";

type Variant = "primary" | "secondary" | "ghost" | "danger";

const variants: Record<Variant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong border-transparent font-medium",
  secondary: "bg-surface text-ink border-line-strong hover:bg-hover",
  ghost: "border-transparent text-muted hover:bg-hover hover:text-ink",
  danger: "bg-surface text-danger border-line-strong hover:bg-danger-soft",
};

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
  size?: "sm" | "md";
  /** Shows that the action is under way; the button cannot be pressed meanwhile. */
  busy?: boolean;
}

export function buttonClass(variant: Variant = "secondary", size: "sm" | "md" = "md"): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border whitespace-nowrap select-none",
    "disabled:cursor-not-allowed disabled:opacity-50",
    size === "sm" ? "h-7 px-2 text-sm" : "h-8 px-3 text-base max-md:h-9",
    variants[variant],
  );
}

export function Button({
  variant = "secondary",
  size = "md",
  busy = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={classNames(buttonClass(variant, size), className)}
    >
      {busy && (
        <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" />
      )}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  /** What the button does: its accessible name and its tooltip. */
  label: string;
  /** The key that does the same, shown in the tooltip. */
  shortcut?: string;
  children: ReactNode;
}

export function IconButton({ label, shortcut, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={classNames(
          "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink",
          "disabled:cursor-not-allowed disabled:opacity-50 max-md:size-9",
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}
