/**
 * Reads from the host what recorded commits lack: their host did not answer at the time, or they came with an import. The
 * estimates of drafts nobody touched move with it.
 */
import {
  completeCommits,
  estimateAgain,
  findIncompleteDeliveries,
  type IncompleteCommit,
  type IncompleteDelivery,
  type NewEstimate,
  noteRepositoryAccess,
  revokeHostGrant,
} from "@billhook/database/hosts";
import type { BegunDelivery, RecordedCommit } from "@billhook/database/deliveries";
import type { BillhookClient } from "@billhook/database/client";
import type { PushedCommit } from "@billhook/domain/push";
import type { Provider } from "@billhook/domain/push";
import { isProvider } from "@billhook/forges/registry";
import { serviceDatabase, type Settings } from "../env.ts";
import { type HostSession, inSeconds, openSession, pauseAfter } from "../hosts/session.ts";
import { describeFailure } from "../hosts/words.ts";
import { log } from "../log.ts";
import { readEach } from "../pipeline/commit-details.ts";
import { processDeliveries } from "../pipeline/process.ts";
import { readTickets } from "../pipeline/tickets.ts";

const deliveriesPerRun = 20;
const commitsPerDelivery = 200;
const requestsPerRun = 400;
const secondsPerRun = 20;
/** New pushes come first: half of a grant's budget is left to them. */
const keptForPushes = 0.5;

interface Listed extends PushedCommit {
  id: string;
  branch: string;
}

export async function completeLater(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const found = await findIncompleteDeliveries(db, deliveriesPerRun, commitsPerDelivery);
  if (!found.ok) {
    log("error", "incomplete_not_found", { cause: found.error.cause });
    return;
  }
  const until = Date.now() + secondsPerRun * 1000;
  const grants = Map.groupBy(found.value, ({ host }) => host.grant_id);
  for (const deliveries of grants.values()) await completeOfGrant(db, settings, deliveries, until);
}

async function completeOfGrant(
  db: BillhookClient,
  settings: Settings,
  deliveries: IncompleteDelivery[],
  until: number,
): Promise<void> {
  const [first] = deliveries;
  const seconds = (until - Date.now()) / 1000;
  if (first === undefined || !isProvider(first.repository.provider) || seconds < 1) return;
  const { provider } = first.repository;
  const opened = await openSession(db, settings, provider, first.host, {
    wanted: requestsPerRun,
    seconds,
    keep: keptForPushes,
  });
  if (!opened.ok) {
    await settle(
      db,
      [],
      [],
      deliveries.map(({ id }) => id),
      opened.waitsUntil,
    );
    return;
  }
  try {
    for (const delivery of deliveries) {
      if (!(await completeOne(db, settings, opened.session, provider, delivery))) return;
    }
  } finally {
    await opened.session.close(db);
  }
}

/** False where the host is to be left alone. */
async function completeOne(
  db: BillhookClient,
  settings: Settings,
  session: HostSession,
  provider: Provider,
  delivery: IncompleteDelivery,
): Promise<boolean> {
  const wanted = delivery.commits.map(toPushed);
  const told: Listed[] = [];
  const end = await readEach(session, delivery.repository.name ?? "", wanted, (commit, facts) => {
    if (facts !== null) told.push({ ...facts, id: commit.id, branch: commit.branch });
  });
  const counted = await saveFacts(db, settings, delivery, told);
  if (end === null) {
    // What was asked about and has no counts will not get them by asking again.
    const isFinished = counted === 0 || delivery.commits.length < commitsPerDelivery;
    if (isFinished) await settle(db, [], [], [delivery.id], null);
    return true;
  }
  if (end === "spent" || session.signal.aborted) return false;
  log("warn", "host_not_asked", { delivery: delivery.id, code: end.code, detail: end.detail });
  const reason = describeFailure(provider, end.code, delivery.repository.name);
  switch (end.code) {
    case "unauthorised":
      await revokeHostGrant(db, session.grantId, reason);
      return false;
    case "forbidden":
    case "not_found":
      await noteRepositoryAccess(db, delivery.repository.id, reason);
      return true;
    default:
      session.waitUntil(end.code === "rate_limited" ? pauseAfter(end) : inSeconds(30));
      return false;
  }
}

/** Answers how many commits have counts now. */
async function saveFacts(
  db: BillhookClient,
  settings: Settings,
  delivery: IncompleteDelivery,
  told: Listed[],
): Promise<number> {
  if (told.length === 0) return 0;
  // First what is known of the commits, then the estimates, which read it.
  const process = () => {
    const begun = [asBegun(delivery, told)];
    return processDeliveries(db, begun, readTickets(db, settings, begun, { later: true }));
  };
  const before = await process();
  if (!before.ok) throw new Error(before.error.cause);
  const idOf = new Map(told.map(({ hash, id }) => [hash, id]));
  const facts = before.value.results.flatMap(({ commits }) => commits);
  const completed = await completeCommits(
    db,
    facts.flatMap((commit) => {
      const id = idOf.get(commit.hash);
      return id === undefined ? [] : [{ ...commit, id }];
    }),
  );
  // Another worker recorded the same work meanwhile: it is looked at again in a minute.
  if (!completed.ok) throw new Error(completed.error.cause);
  const after = await process();
  if (!after.ok) throw new Error(after.error.cause);
  const estimates = after.value.results.flatMap(({ commits }) =>
    commits.flatMap((commit) => estimateOf(commit, idOf.get(commit.hash))),
  );
  await settle(db, estimates, after.value.moved, [], null);
  return facts.filter(({ additions }) => additions !== null).length;
}

function estimateOf({ draft }: RecordedCommit, commitId: string | undefined): NewEstimate[] {
  if (commitId === undefined || draft === null) return [];
  const {
    minutes,
    estimate_low: low,
    estimate_high: high,
    estimate_method: method,
    estimate_reason: reason,
    flags,
  } = draft;
  return [{ commit_id: commitId, minutes, low, high, method, reason, flags }];
}

async function settle(
  db: BillhookClient,
  estimates: NewEstimate[],
  moved: Parameters<typeof estimateAgain>[2],
  deliveryIds: string[],
  waitsUntil: string | null,
): Promise<void> {
  const settled = await estimateAgain(db, estimates, moved, deliveryIds, waitsUntil);
  if (!settled.ok) throw new Error(settled.error.cause);
}

/** The commits as a push of their branches, to be estimated by the same rules as any. */
function asBegun(delivery: IncompleteDelivery, told: Listed[]): BegunDelivery {
  const changes = [...Map.groupBy(told, ({ branch }) => branch)].map(([branch, commits]) => ({
    ref: `refs/heads/${branch}`,
    branch,
    before: null,
    after: null,
    forced: null,
    truncated: false,
    commits: commits.map(({ id: _id, branch: _branch, ...commit }) => commit),
  }));
  const provider = isProvider(delivery.repository.provider) ? delivery.repository.provider : "github";
  const repository = { externalId: "", name: delivery.repository.name ?? "", url: null, defaultBranch: null };
  return { ...delivery, event: { provider, repository, pusher: null, changes }, isLate: true };
}

function toPushed(commit: IncompleteCommit): Listed {
  return {
    id: commit.id,
    branch: commit.branch,
    hash: commit.hash,
    message: commit.message,
    parents: commit.parents,
    author: { name: commit.author_name, email: commit.author_email, username: commit.author_username },
    committer: null,
    authoredAt: withOffset(commit.authored_at, commit.authored_offset_minutes),
    committedAt: commit.committed_at,
    files: null,
    patchId: null,
    url: commit.url,
  };
}

/** The author's own clock, as the push showed it. */
function withOffset(iso: string | null, offset: number | null): string | null {
  if (iso === null || offset === null) return iso;
  const wall = new Date(Date.parse(iso) + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number): string => String(value).padStart(2, "0");
  const size = Math.abs(offset);
  return `${wall}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
