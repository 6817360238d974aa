import type { ReactNode } from "react";
import { useEffect } from "react";
import { classNames } from "../lib/class-names.ts";

/** A page of the app: its title bar, and a body that scrolls. */
export function Page(props: {
  title: string;
  /** Beside the title: counts, a status. */
  aside?: ReactNode;
  /** At the right end: the page's buttons. */
  actions?: ReactNode;
  /** Width of the body: text and forms are `narrow`, lists are `full`. */
  width?: "full" | "narrow";
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} · Billhook`;
  }, [props.title]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-1.5">
        <h1 className="flex min-h-8 items-center text-lg font-semibold">{props.title}</h1>
        {props.aside}
        <div className="ml-auto flex flex-wrap items-center gap-2">{props.actions}</div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className={classNames(props.width === "narrow" && "mx-auto max-w-3xl px-4 py-5")}>{props.children}</div>
      </div>
    </div>
  );
}

/** A titled part of a form page. */
export function Section(props: { title: string; description?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-6">
      <h2 className="text-base font-semibold">{props.title}</h2>
      {props.description !== undefined && <p className="mt-0.5 text-muted">{props.description}</p>}
      <div className="mt-3">{props.children}</div>
    </section>
  );
}
