import { Link } from "@tanstack/react-router";
import { ExternalLink, RotateCw, X } from "lucide-react";
import type { ReactNode } from "react";
import { useFormat } from "../../data/format.ts";
import { messageOf } from "../../data/query.ts";
import { useRepositories, useWorkspace } from "../../data/workspace.tsx";
import { classNames } from "../../lib/class-names.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, IconButton, buttonClass } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { providerNames } from "../repositories/provider-names.ts";
import { useDeliveryCommits, type useReplay } from "./delivery-data.ts";
import {
  type Delivery,
  elapsedOf,
  formatElapsed,
  originNames,
  stateNames,
  stateOf,
  stateTones,
  stepsOf,
} from "./delivery-state.ts";
import { Steps } from "./steps.tsx";

/** Everything known about one delivery, and what it brought. */
export function DeliveryDetail(props: {
  delivery: Delivery;
  replaying: ReturnType<typeof useReplay>;
  /** Null where what is around it closes it. */
  onClose: (() => void) | null;
}) {
  const { delivery, replaying } = props;
  const format = useFormat();
  const { canWork } = useWorkspace();
  const repositories = useRepositories();
  const repository = repositories.data?.find((candidate) => candidate.id === delivery.repository_id);
  const state = stateOf(delivery);
  const elapsed = elapsedOf(delivery);
  return (
    <div className={classNames("flex flex-col gap-4 px-4", props.onClose !== null && "py-4")}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          {props.onClose !== null && (
            <h2 className="truncate text-lg font-semibold">{repository?.name ?? "Repository not known yet"}</h2>
          )}
          <p className="mt-0.5 flex items-center gap-2 text-muted">
            <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>
            {repository === undefined ? null : providerNames[repository.provider]}
          </p>
        </div>
        {props.onClose !== null && (
          <IconButton label="Close" shortcut="escape" onClick={props.onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        )}
      </div>
      {delivery.error !== null && (
        <div className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          <p className="font-medium">
            {state === "failed" ? "It was given up" : "The last attempt failed; it is tried again"}
          </p>
          <p className="break-words">{delivery.error}</p>
        </div>
      )}
      {delivery.status === "accepted" && delivery.wait_reason !== null && (
        <div className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          <p className="font-medium">
            Waiting for the host
            {delivery.waits_until !== null && ` until ${format.instant(delivery.waits_until)}`}
          </p>
          <p className="break-words">{delivery.wait_reason}</p>
        </div>
      )}
      {delivery.incomplete_reason !== null && (
        <div className="rounded-md bg-sunken px-3 py-2">
          <p className="font-medium">Recorded from what it carried itself</p>
          <p className="break-words text-muted">
            {delivery.incomplete_reason} It is completed from the host later, and untouched drafts are estimated again.
          </p>
        </div>
      )}
      {delivery.reason !== null && <p className="rounded-md bg-sunken px-3 py-2">{delivery.reason}</p>}
      {state === "failed" && (
        <Button
          variant="primary"
          className="self-start"
          disabled={!canWork}
          busy={replaying.busy}
          onClick={() => void replaying.replay([delivery.id])}
        >
          <RotateCw size={14} aria-hidden /> Replay
        </Button>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <Fact name="Received">{format.instant(delivery.received_at)}</Fact>
        {delivery.finished_at !== null && <Fact name="Finished">{format.instant(delivery.finished_at)}</Fact>}
        {elapsed !== null && <Fact name="Took">{formatElapsed(elapsed)}</Fact>}
        {delivery.incomplete_reason === null && delivery.completed_at !== null && (
          <Fact name="Completed">{format.instant(delivery.completed_at)}</Fact>
        )}
        <Fact name="Origin">{originNames[delivery.origin] ?? delivery.origin}</Fact>
        {delivery.source_address !== null && (
          <Fact name="From">
            <code className="font-mono text-sm break-all select-all">{delivery.source_address}</code>
          </Fact>
        )}
        <Fact name="Event">{delivery.event === "" ? "not named" : delivery.event}</Fact>
        <Fact name="Attempts">{delivery.attempts}</Fact>
        {delivery.body_bytes !== null && <Fact name="Size">{sizeOf(delivery.body_bytes)}</Fact>}
        <Fact name="Host's id">
          <code className="font-mono text-sm break-all select-all">{delivery.delivery_id}</code>
        </Fact>
      </dl>
      <Steps steps={stepsOf(delivery.timings)} />
      {delivery.verdict === "push" && <Commits delivery={delivery} />}
      {delivery.drafts_created > 0 && repository !== undefined && (
        <Link to="/inbox" search={{ repository: repository.id }} className={classNames(buttonClass(), "self-start")}>
          See the drafts of this repository
        </Link>
      )}
    </div>
  );
}

const sizeOf = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1_048_576).toFixed(1)} MiB`;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Commits({ delivery }: { delivery: Delivery }) {
  const commits = useDeliveryCommits(delivery.id);
  if (commits.isPending) return <Skeleton className="w-2/3" />;
  if (commits.isError) return <p className="text-danger">{messageOf(commits.error)}</p>;
  const count = commits.data.length;
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-faint">
        {count === 1 ? "1 commit" : `${count} commits`}, {delivery.drafts_created} to bill
      </h3>
      {count === 0 ? (
        <p className="text-muted">
          {delivery.status === "done" ? "It brought nothing that was not known already." : "Not recorded yet."}
        </p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {commits.data.map((commit) => (
            <li key={commit.id} className="flex items-baseline gap-2">
              {commit.url === null ? (
                <code className="font-mono text-sm text-muted">{commit.short_hash}</code>
              ) : (
                <a
                  href={commit.url}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={`Commit ${commit.short_hash} at its host`}
                  className="inline-flex shrink-0 items-center gap-1 font-mono text-sm text-accent-strong hover:underline"
                >
                  {commit.short_hash} <ExternalLink size={11} aria-hidden />
                </a>
              )}
              <span className="min-w-0">
                <span
                  className={classNames("block break-words", commit.status === "ignored" && "text-muted line-through")}
                >
                  {commit.message.split("\n", 1)[0]}
                </span>
                <span className="block text-sm text-muted">
                  {[commit.author_name, commit.branch, commit.ignored_reason]
                    .filter((part) => part !== null && part !== "")
                    .join(" · ")}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
