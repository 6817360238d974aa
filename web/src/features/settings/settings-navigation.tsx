import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { classNames } from "../../lib/class-names.ts";

const pages = [
  { to: "/settings", label: "Workspace" },
  { to: "/settings/invoices", label: "Invoices" },
  { to: "/settings/people", label: "People" },
  { to: "/settings/payments", label: "Payments" },
  { to: "/settings/words", label: "Words" },
  { to: "/settings/tickets", label: "Ticket systems" },
] as const;

/** The pages of the settings, one beside the other. */
export function SettingsNavigation() {
  const here = useLocation({ select: ({ pathname }) => pathname });
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone not all of them stand beside each other.
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return (
    <nav
      ref={list}
      aria-label="Settings"
      className="order-last -mx-2 flex basis-full items-center gap-0.5 overflow-x-auto"
    >
      {pages.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          aria-current={here === to ? "page" : undefined}
          className={classNames(
            "inline-flex h-7 items-center rounded-md px-2 whitespace-nowrap max-md:h-9",
            here === to ? "bg-accent-soft font-medium text-accent-strong" : "text-muted hover:bg-hover hover:text-ink",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
