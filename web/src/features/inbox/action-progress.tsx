import { describeProgress } from "./action-words.ts";
import type { InboxAction } from "./inbox-actions.ts";

/** Over the list while something takes longer than a second; the list can be used meanwhile. */
export function ActionProgress({ action, count }: { action: InboxAction | null; count: number }) {
  const words = action === null ? "Taking it back" : describeProgress(action, count);
  return (
    <div className="pointer-events-none absolute inset-x-0 top-0 z-30 flex flex-col items-center">
      <div role="progressbar" aria-label={words} className="h-0.5 w-full overflow-hidden bg-sunken">
        <span className="animate-progress block h-full w-1/3 bg-accent" />
      </div>
      <p className="animate-appear mt-1.5 rounded-md border border-line bg-raised px-2.5 py-1 text-sm shadow-pop">{`${words}…`}</p>
    </div>
  );
}
