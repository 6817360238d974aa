/**
 * Completes pushes from their host's API: commits the payload left out or a lost delivery took with it, line counts,
 * parents, authors and their dates, patch-ids.
 *
 * A go is bounded in requests and in time; what it does not finish stays accepted, with what it has so far, and goes on
 * in another. A used-up budget or a silent host delays a delivery and says so; after enough tries it is recorded from
 * what is there and completed later. Nothing is ever dropped.
 */
import type { BillhookClient } from "@billhook/database/client";
import type { BegunDelivery } from "@billhook/database/deliveries";
import {
  type DeliveryProgress,
  findRecordedHashes,
  noteRepositoryAccess,
  revokeHostGrant,
} from "@billhook/database/hosts";
import type { RepositoryHost } from "@billhook/database/repository-host";
import { isProvider } from "@billhook/forges/registry";
import type { Provider } from "@billhook/domain/push";
import type { ForgeFailure } from "@billhook/forges/api";
import type { Settings } from "../env.ts";
import { type HostSession, inSeconds, openSession, pauseAfter, retryAfterFailures } from "../hosts/session.ts";
import { describeFailure } from "../hosts/words.ts";
import { log } from "../log.ts";
import { readDetails } from "./commit-details.ts";
import { joinLists, needsDetails } from "./commit-facts.ts";
import type { Work } from "./completion-work.ts";
import { listMissing, needsList } from "./missing-commits.ts";

/** Cloudflare lets a request or a queue's batch send 1,000 subrequests; the database needs some of them. */
const requestsPerGo = 300;
const secondsPerGo = 12;
/** So often in a row a host may be silent before a push is recorded from what it says itself. */
const patience = 5;

export interface CompletedBatch {
  /** To be processed and recorded now, as complete as can be. */
  ready: BegunDelivery[];
  /** To be saved before the ready ones are recorded. */
  progress: DeliveryProgress[];
  /** Unfinished without a reason to wait: to be queued again. */
  unfinished: string[];
}

export const hasHost = (delivery: BegunDelivery): boolean =>
  delivery.host != null && isProvider(delivery.repository.provider) && isReadable(delivery);

/** A payload that is no push fails where it is processed, not here. */
const isReadable = ({ event }: BegunDelivery): boolean =>
  Array.isArray(event?.changes) && event.changes.every((change) => Array.isArray(change?.commits));

/** Deliveries by the grant under which their host is asked. */
export function groupByGrant(deliveries: readonly BegunDelivery[]): BegunDelivery[][] {
  const groups = new Map<string, BegunDelivery[]>();
  for (const delivery of deliveries) {
    const key = delivery.host?.grant_id ?? "";
    groups.set(key, [...(groups.get(key) ?? []), delivery]);
  }
  return [...groups.values()];
}

/** Completes deliveries of one grant. Throws on a bug only. */
export async function completeDeliveries(
  db: BillhookClient,
  settings: Settings,
  deliveries: BegunDelivery[],
): Promise<CompletedBatch> {
  const [first] = deliveries;
  const host = first?.host;
  const provider = first?.repository.provider ?? "";
  if (host == null || !isProvider(provider)) return { ready: deliveries, progress: [], unfinished: [] };
  const works = deliveries.map(startWork);
  const open = works.filter(isOpen);
  if (open.length === 0) return settle(works, null, provider);
  if (host.revoked_reason !== null) return settle(works, { kind: "given up", reason: host.revoked_reason }, provider);

  const opened = await openSession(db, settings, provider, host, { wanted: requestsPerGo, seconds: secondsPerGo });
  if (!opened.ok) {
    if (opened.cause !== null) log("error", "budget_not_taken", { grant: host.grant_id, cause: opened.cause });
    return settle(works, { kind: "wait", until: opened.waitsUntil, reason: opened.reason }, provider);
  }
  const { session } = opened;
  let end: End | null = null;
  try {
    end = await completeAll(db, session, open);
    if (end !== null) await tellOf(db, provider, host, end, session);
  } finally {
    const noted = await session.close(db);
    if (!noted.ok) log("warn", "budget_not_noted", { grant: host.grant_id, cause: noted.error.cause });
  }
  return settle(works, end, provider);
}

function startWork(delivery: BegunDelivery): Work {
  return {
    delivery,
    repository:
      delivery.event.repository.name === "" ? (delivery.repository.name ?? "") : delivery.event.repository.name,
    progress: delivery.progress ?? { read: [], listed: [], failures: 0 },
    hasMoved: false,
    recorded: new Set(),
    givenUp: null,
  };
}

/** Is there anything to ask the host about it? */
const isOpen = (work: Work): boolean =>
  work.givenUp === null && work.repository !== "" && (lacksCommits(work) || lacksDetails(work).length > 0);

const lacksCommits = ({ delivery, progress }: Work): boolean =>
  delivery.event.changes.some(
    (change) => !progress.listed.includes(change.ref) && needsList(change, delivery.heads?.[change.branch] ?? null),
  );

const lacksDetails = ({ delivery, progress, recorded }: Work) => {
  const read = new Set(progress.read);
  return delivery.event.changes
    .flatMap((change) => change.commits)
    .filter((commit) => needsDetails(commit) && !read.has(commit.hash) && !recorded.has(commit.hash));
};

/** Why a go ended before everything was complete. */
export type End =
  | { kind: "spent" }
  | { kind: "wait"; until: string; reason: string }
  | { kind: "silent" }
  | { kind: "given up"; reason: string };

async function completeAll(db: BillhookClient, session: HostSession, works: Work[]): Promise<End | null> {
  for (const work of works) {
    const end = await withoutRepositoryTrouble(db, session, work, () => listAll(session, work));
    if (end !== null) return end;
  }
  await findRecorded(db, works);
  for (const work of works) {
    if (work.givenUp !== null) continue;
    const end = await withoutRepositoryTrouble(db, session, work, () => readDetails(session, work, lacksDetails(work)));
    if (end !== null) return end;
  }
  return null;
}

async function listAll(session: HostSession, work: Work): Promise<ForgeFailure | "spent" | null> {
  const { delivery, progress } = work;
  for (const change of delivery.event.changes) {
    const known = delivery.heads?.[change.branch] ?? null;
    if (progress.listed.includes(change.ref) || !needsList(change, known)) continue;
    const listed = await listMissing(session, work.repository, change, known, delivery.event.repository.defaultBranch);
    if (listed === "spent") return listed;
    if (listed.ok) {
      change.commits = joinLists(change.commits, listed.value);
      change.truncated = false;
    } else if (listed.code !== "unknown_commit") return listed;
    // What was rewritten away at the host meanwhile cannot be had any more; the push that did it lists what it became.
    progress.listed.push(change.ref);
    work.hasMoved = true;
  }
  return null;
}

/** What concerns one repository alone ends its work, not that of the others. */
async function withoutRepositoryTrouble(
  db: BillhookClient,
  session: HostSession,
  work: Work,
  ask: () => Promise<ForgeFailure | "spent" | null>,
): Promise<End | null> {
  if (session.isSpent) return { kind: "spent" };
  const failure = await ask();
  if (failure === null) return null;
  if (failure === "spent") return { kind: "spent" };
  log("warn", "host_not_asked", { delivery: work.delivery.id, code: failure.code, detail: failure.detail });
  const reason = describeFailure(session.provider, failure.code, work.repository);
  switch (failure.code) {
    case "forbidden":
    case "not_found": {
      work.givenUp = reason;
      const noted = await noteRepositoryAccess(db, work.delivery.repository.id, reason);
      if (!noted.ok)
        log("error", "access_not_noted", { repository: work.delivery.repository.id, cause: noted.error.cause });
      return null;
    }
    case "unauthorised":
      return { kind: "given up", reason };
    case "rate_limited":
      return { kind: "wait", until: pauseAfter(failure), reason };
    case "unavailable":
    case "unexpected":
    case "unknown_commit":
      return session.signal.aborted ? { kind: "spent" } : { kind: "silent" };
  }
}

async function findRecorded(db: BillhookClient, works: Work[]): Promise<void> {
  const wanted: Record<string, string[]> = {};
  for (const work of works) {
    const hashes = lacksDetails(work).map(({ hash }) => hash);
    if (hashes.length > 0)
      wanted[work.delivery.repository.id] = [...(wanted[work.delivery.repository.id] ?? []), ...hashes];
  }
  if (Object.keys(wanted).length === 0) return;
  const found = await findRecordedHashes(db, wanted);
  if (!found.ok) return; // The host is asked once too often.
  for (const work of works) work.recorded = new Set(found.value[work.delivery.repository.id]);
}

async function tellOf(
  db: BillhookClient,
  provider: Provider,
  host: RepositoryHost,
  end: End,
  session: HostSession,
): Promise<void> {
  if (end.kind === "given up") {
    const revoked = await revokeHostGrant(db, host.grant_id, end.reason);
    if (!revoked.ok) log("error", "grant_not_revoked", { grant: host.grant_id, cause: revoked.error.cause });
    log("warn", "grant_revoked", { grant: host.grant_id, provider });
  } else if (end.kind === "wait") session.waitUntil(end.until);
  else if (end.kind === "silent") session.waitUntil(inSeconds(retryAfterFailures(1)));
}

/** What the go came to, for each delivery. */
function settle(works: Work[], end: End | null, provider: Provider): CompletedBatch {
  const batch: CompletedBatch = { ready: [], progress: [], unfinished: [] };
  // A go that ran out without anything done was spent on a host that is too slow to answer.
  const isStuck = end?.kind === "silent" || (end?.kind === "spent" && works.every(({ hasMoved }) => !hasMoved));
  for (const work of works) {
    const { delivery, progress, hasMoved } = work;
    if (end === null || end.kind === "given up" || work.givenUp !== null || !isOpen(work)) {
      const isWhole = work.givenUp === null && !isOpen(work);
      finish(batch, work, isWhole ? null : (work.givenUp ?? (end?.kind === "given up" ? end.reason : null)));
      continue;
    }
    if (hasMoved) progress.failures = 0;
    if (isStuck) progress.failures += 1;
    const made = { id: delivery.id, payload: delivery.event, progress, is_resumed: true };
    const reason = describeFailure(provider, "unavailable", work.repository);
    if (end.kind === "wait") batch.progress.push({ ...made, waits_until: end.until, wait_reason: end.reason });
    else if (!isStuck) {
      batch.progress.push(made);
      batch.unfinished.push(delivery.id);
    } else if (progress.failures < patience) {
      batch.progress.push({
        ...made,
        waits_until: inSeconds(retryAfterFailures(progress.failures)),
        wait_reason: reason,
      });
    } else
      finish(
        batch,
        work,
        `${reason} The push was recorded from what it says itself, and is completed when the host answers again.`,
      );
  }
  return batch;
}

function finish(batch: CompletedBatch, { delivery }: Work, incompleteReason: string | null): void {
  batch.ready.push(delivery);
  batch.progress.push({
    id: delivery.id,
    is_completed: incompleteReason === null,
    ...(incompleteReason === null ? {} : { incomplete_reason: incompleteReason }),
  });
}
