import { useFormat } from "../../data/format.ts";
import type { Repository } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { type Delivery, elapsedOf, formatElapsed, stateNames, stateOf, stateTones } from "./delivery-state.ts";

interface RowProps {
  delivery: Delivery;
  repository: Repository | undefined;
  onOpen: () => void;
}

/** What a delivery brought, or why it brought nothing. */
function resultOf(delivery: Delivery): string {
  if (delivery.status === "accepted" && delivery.wait_reason !== null) return delivery.wait_reason;
  if (delivery.error !== null) return delivery.error;
  if (delivery.reason !== null) return delivery.reason;
  if (delivery.verdict !== "push" || delivery.status !== "done") return "";
  const { commits_recorded: commits, drafts_created: drafts } = delivery;
  if (commits === 0) return "nothing new";
  const incomplete = delivery.incomplete_reason === null ? "" : ", to be completed";
  return `${commits} ${commits === 1 ? "commit" : "commits"}, ${drafts} to bill${incomplete}`;
}

export function DeliveryHead({ narrow }: { narrow: boolean }) {
  return (
    <>
      <span role="columnheader">Received</span>
      <span role="columnheader">Repository</span>
      <span role="columnheader">Event</span>
      <span role="columnheader">Status</span>
      {!narrow && <span role="columnheader">Result</span>}
      {!narrow && (
        <span role="columnheader" className="text-right">
          Took
        </span>
      )}
    </>
  );
}

function OpenButton({ delivery, repository, onOpen }: RowProps) {
  const format = useFormat();
  const name = repository?.name ?? "not named yet";
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label={`Delivery of ${name}, ${format.instant(delivery.received_at)}`}
      className="min-w-0 truncate text-left after:absolute after:inset-0"
    >
      {name}
    </button>
  );
}

export function DeliveryRow(props: RowProps & { narrow: boolean }) {
  const { delivery, narrow } = props;
  const format = useFormat();
  const state = stateOf(delivery);
  const elapsed = elapsedOf(delivery);
  return (
    <>
      <span role="cell" className="truncate text-muted">
        {format.instant(delivery.received_at)}
      </span>
      <span role="cell" className="flex min-w-0">
        <OpenButton {...props} />
      </span>
      <span role="cell" className="truncate text-muted">
        {delivery.event}
      </span>
      <span role="cell">
        <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>
      </span>
      {!narrow && (
        <span role="cell" className={state === "failed" ? "truncate text-danger" : "truncate text-muted"}>
          {resultOf(delivery)}
        </span>
      )}
      {!narrow && (
        <span role="cell" className="text-right text-muted">
          {elapsed === null ? "" : formatElapsed(elapsed)}
        </span>
      )}
    </>
  );
}

export function PhoneDeliveryRow(props: RowProps) {
  const { delivery } = props;
  const format = useFormat();
  const state = stateOf(delivery);
  return (
    <>
      <span role="cell" className="flex min-w-0 flex-col">
        <OpenButton {...props} />
        <span className="truncate text-sm text-muted">
          {[format.instant(delivery.received_at), resultOf(delivery)].filter((part) => part !== "").join(" · ")}
        </span>
      </span>
      <span role="cell">
        <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>
      </span>
    </>
  );
}
