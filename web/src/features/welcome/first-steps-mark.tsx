import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useWorkspace } from "../../data/workspace.tsx";
import { usePhone } from "../../lib/use-media.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useFirstSteps } from "./first-steps.ts";

/** Leads back into the first steps from anywhere, until they are done. */
export function FirstStepsMark() {
  const phone = usePhone();
  const { canManage } = useWorkspace();
  const { steps } = useFirstSteps();
  if (!canManage || steps === null || steps.next === null) return null;
  const count = `${steps.done} of ${steps.steps.length}`;
  const label = `First steps, ${count} done`;
  if (phone) {
    return (
      <Link
        to="/start"
        aria-label={label}
        className="flex h-9 shrink-0 items-center gap-2 border-t border-line bg-accent-soft px-4 font-medium text-accent-strong"
      >
        <ListChecks size={15} aria-hidden /> First steps <span className="ml-auto tabular-nums">{count}</span>
      </Link>
    );
  }
  return (
    <Tooltip label={label} side="right">
      <Link
        to="/start"
        aria-label={label}
        className="mb-1 flex h-8 items-center gap-2.5 rounded-md bg-accent-soft px-2 font-medium text-accent-strong max-xl:w-8 max-xl:justify-center max-xl:px-0"
      >
        <ListChecks size={16} aria-hidden className="shrink-0" />
        <span className="truncate max-xl:hidden">First steps</span>
        <span className="ml-auto text-sm tabular-nums max-xl:hidden">{count}</span>
      </Link>
    </Tooltip>
  );
}
