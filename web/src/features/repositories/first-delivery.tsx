import { Check } from "lucide-react";
import type { Repository } from "../../data/workspace.tsx";

/** Waits for the first delivery, and says when it is there. The list it stands in is kept fresh. */
export function FirstDelivery({ repository }: { repository: Repository | undefined }) {
  const received = repository !== undefined && repository.first_delivery_at !== null;
  return (
    <p
      role="status"
      className={
        received
          ? "flex items-center gap-2.5 rounded-md bg-ok-soft px-3 py-2.5 font-medium text-ok"
          : "flex items-center gap-2.5 rounded-md bg-sunken px-3 py-2.5 text-muted"
      }
    >
      {received ? (
        <>
          <Check size={15} aria-hidden /> Received from {repository.name ?? "the repository"}
        </>
      ) : (
        <>
          <WaitingDot /> Waiting for the first delivery…
        </>
      )}
    </p>
  );
}

export const WaitingDot = () => (
  <span aria-hidden className="relative flex size-2.5 shrink-0 items-center justify-center">
    <span className="absolute size-2.5 animate-ping rounded-full bg-accent opacity-50" />
    <span className="size-2 rounded-full bg-accent" />
  </span>
);
