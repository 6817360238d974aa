import { Check, Clock, EyeOff, FilePlus2, Merge, RotateCcw, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Formatters } from "../../data/format.ts";
import { IconButton } from "../../ui/button.tsx";
import type { InboxTab } from "./inbox-row.ts";
import { MoneyTotals } from "./money-totals.tsx";
import type { Totals } from "./totals.ts";

/** What can be done to the selection, and what it comes to. */
export function SelectionBar(props: {
  tab: InboxTab;
  totals: Totals;
  format: Formatters;
  canWork: boolean;
  canManage: boolean;
  onApprove: () => void;
  onIgnore: () => void;
  onDefer: (anchor: Element) => void;
  onMerge: () => void;
  onBringBack: () => void;
  onInvoice: () => void;
  onClear: () => void;
}) {
  const { tab, totals, format } = props;
  const triage = props.canWork && (tab === "open" || tab === "deferred");
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 z-20 flex justify-center px-2">
      <div
        role="toolbar"
        aria-label="Selected lines"
        className="animate-appear pointer-events-auto flex max-w-full flex-wrap items-center gap-x-1 gap-y-1 rounded-lg border border-line-strong bg-raised py-1.5 pr-1.5 pl-3 shadow-pop"
      >
        <p aria-live="polite" className="mr-2 whitespace-nowrap max-md:basis-full max-md:py-1">
          <span className="font-semibold">{totals.count} selected</span>
          <span className="text-muted"> · {format.hours(totals.minutes)} · </span>
          <span className="font-semibold">
            <MoneyTotals totals={totals} format={format} />
          </span>
        </p>
        {triage && (
          <>
            <BarButton icon={<Check size={14} aria-hidden />} label="Approve" onClick={props.onApprove} primary />
            <BarButton icon={<EyeOff size={14} aria-hidden />} label="Ignore" onClick={props.onIgnore} />
            <BarButton icon={<Clock size={14} aria-hidden />} label="Defer" onClick={props.onDefer} />
            {totals.count > 1 && (
              <BarButton icon={<Merge size={14} aria-hidden />} label="Merge…" onClick={props.onMerge} />
            )}
          </>
        )}
        {(tab === "approved" || triage) && props.canManage && (
          <BarButton
            icon={<FilePlus2 size={14} aria-hidden />}
            label="Invoice…"
            onClick={props.onInvoice}
            primary={!triage}
          />
        )}
        {props.canWork && tab !== "open" && (
          <BarButton icon={<RotateCcw size={14} aria-hidden />} label="Bring back" onClick={props.onBringBack} />
        )}
        <IconButton label="Clear the selection" shortcut="escape" onClick={props.onClear}>
          <X size={15} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

function BarButton(props: { icon: ReactNode; label: string; primary?: boolean; onClick: (anchor: Element) => void }) {
  return (
    <button
      type="button"
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => props.onClick(event.currentTarget)}
      className={`inline-flex h-7 items-center gap-1.5 rounded-md px-2 max-md:h-9 ${
        props.primary === true
          ? "bg-accent font-medium text-accent-ink hover:bg-accent-strong"
          : "text-ink hover:bg-hover"
      }`}
    >
      {props.icon}
      {props.label}
    </button>
  );
}
