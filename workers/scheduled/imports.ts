/**
 * Imports a repository's history, a few pages at a time: each page is written with its cursor, so that it can end
 * anywhere, killed or stopped, and go on. What was pushed meanwhile is not touched: the import goes back from one commit.
 */
import {
  beginImportPage,
  type BegunImport,
  type ImportJob,
  pauseImport,
  pinImport,
  recordImportPage,
} from "@billhook/database/imports";
import type { BillhookClient } from "@billhook/database/client";
import type { BegunDelivery } from "@billhook/database/deliveries";
import { noteRepositoryAccess, revokeHostGrant } from "@billhook/database/hosts";
import type { Provider, PushedCommit } from "@billhook/domain/push";
import type { CommitPage, ForgeFailure, ForgeResult } from "@billhook/forges/api";
import { isProvider } from "@billhook/forges/registry";
import { serviceDatabase, type Settings } from "../env.ts";
import { type HostSession, inSeconds, openSession, pauseAfter, retryAfterFailures } from "../hosts/session.ts";
import { describeFailure } from "../hosts/words.ts";
import { log } from "../log.ts";
import { processDeliveries } from "../pipeline/process.ts";
import { readTickets } from "../pipeline/tickets.ts";
import { tellQueue } from "../pipeline/queue.ts";

const commitsPerPage = 100;
/** A message is over soon, so that pushes do not wait behind an import. */
const millisecondsPerMessage = 1_000;
const requestsPerMessage = 40;
const secondsPerMessage = 20;
/** New pushes come first: a part of a grant's budget is left to them. */
const keptForPushes = 0.2;
const mostFailures = 8;

/** Writes pages for a second or so, then tells the queue to go on. */
export async function importHistory(env: Env, settings: Settings, importId: string): Promise<void> {
  const db = serviceDatabase(settings);
  const begun = await beginImportPage(db, importId);
  if (!begun.ok) throw new Error(begun.error.cause);
  if (begun.value === null) return;
  const { host, job, repository } = begun.value;
  const { provider } = repository;
  if (!isProvider(provider) || host === null) {
    await fail(
      db,
      job.id,
      "The repository has no access token for its host any more. Give it one, then resume the import.",
    );
    return;
  }
  if (host.revoked_reason !== null) {
    await fail(db, job.id, host.revoked_reason);
    return;
  }
  const opened = await openSession(db, settings, provider, host, {
    wanted: requestsPerMessage,
    seconds: secondsPerMessage,
    keep: keptForPushes,
  });
  if (!opened.ok) {
    await pause(db, job.id, opened.reason, opened.waitsUntil, false);
    return;
  }
  try {
    const goesOn = await importPages(db, settings, opened.session, begun.value, provider);
    if (goesOn) await tellQueue(env, [{ importId }]);
  } catch (error) {
    log("error", "import_not_written", { import: job.id, cause: String(error) });
    const isLast = job.failures + 1 >= mostFailures;
    const wait = isLast ? null : inSeconds(retryAfterFailures(job.failures + 1));
    await pause(db, job.id, "A page could not be written. Resume the import, or look at the log.", wait, true);
  } finally {
    await opened.session.close(db);
  }
}

/** True where there is more and nothing against going on at once. */
async function importPages(
  db: BillhookClient,
  settings: Settings,
  session: HostSession,
  begun: BegunImport,
  provider: Provider,
): Promise<boolean> {
  const { job, repository } = begun;
  const started = Date.now();
  const head = job.head ?? (await findHead(db, session, begun));
  if (typeof head !== "string") return handleFailure(db, session, begun, provider, head);

  let { pages, found, cursor } = job;
  let reading = readPage(session, repository.name ?? "", head, job, cursor, found);
  for (;;) {
    const page = await reading;
    if (!page.ok) return handleFailure(db, session, begun, provider, page);
    const { items, cursor: next } = page.value;
    const isLast = next === null || (job.last_commits !== null && found + items.length >= job.last_commits);
    const isOver = isLast || session.isSpent || Date.now() - started > millisecondsPerMessage;
    // The host reads the next page while this one is written.
    if (!isOver) reading = readPage(session, repository.name ?? "", head, job, next, found + items.length);
    const status = await writePage(db, settings, begun, { page: pages, cursor: isLast ? null : next, commits: items });
    if (status !== "running" || isOver) {
      if (!isOver) await reading;
      return status === "running";
    }
    pages += 1;
    found += items.length;
    cursor = next;
  }
}

/** The commit that the default branch is at now; kept, so that the pages stay the same. */
async function findHead(
  db: BillhookClient,
  session: HostSession,
  { job, repository }: BegunImport,
): Promise<string | ForgeFailure> {
  const connection = session.connection(repository.name ?? "");
  let branch = job.branch ?? repository.default_branch;
  if (branch === null) {
    const access = session.heed(await session.api.checkAccess(connection));
    if (!access.ok) return access;
    branch = access.value.repository.defaultBranch;
  }
  const branches = session.heed(await session.api.listBranches(connection));
  if (!branches.ok) return branches;
  const head =
    branches.value.find(({ name }) => name === branch)?.head ??
    (branches.value.length === 1 ? branches.value[0]?.head : undefined);
  if (head === undefined) {
    return {
      ok: false,
      code: "unknown_commit",
      retryAfterSeconds: null,
      detail: "the host lists no default branch",
      budget: null,
    };
  }
  const pinned = await pinImport(db, job.id, branch, head);
  if (!pinned.ok) throw new Error(pinned.error.cause);
  return head;
}

async function readPage(
  session: HostSession,
  repository: string,
  head: string,
  job: ImportJob,
  cursor: string | null,
  found: number,
): Promise<ForgeResult<CommitPage>> {
  const page = session.heed(
    await session.api.listCommits(session.connection(repository), {
      head,
      base: null,
      cursor,
      limit: commitsPerPage,
      ...(job.since === null ? {} : { since: job.since }),
    }),
  );
  if (!page.ok || job.last_commits === null) return page;
  return { ...page, value: { ...page.value, items: page.value.items.slice(0, Math.max(0, job.last_commits - found)) } };
}

/** Answers the status the import has then. Drafts come from the same rules as those of a push. */
async function writePage(
  db: BillhookClient,
  settings: Settings,
  { job, repository, workspace, project, config }: BegunImport,
  { page, cursor, commits }: { page: number; cursor: string | null; commits: PushedCommit[] },
): Promise<string> {
  const branch = job.branch ?? repository.default_branch ?? "";
  const provider = isProvider(repository.provider) ? repository.provider : "github";
  const change = { ref: `refs/heads/${branch}`, branch, before: null, after: null, forced: null, truncated: false };
  const delivery: BegunDelivery = {
    id: job.id,
    attempts: 1,
    received_at: job.created_at,
    event: {
      provider,
      repository: {
        externalId: "",
        name: repository.name ?? "",
        url: repository.url,
        defaultBranch: repository.default_branch,
      },
      pusher: null,
      changes: [{ ...change, commits: commits.toReversed() }],
    },
    repository,
    workspace,
    project,
    config,
  };
  const processed = await processDeliveries(db, [delivery], readTickets(db, settings, [delivery], { later: true }));
  if (!processed.ok) throw new Error(processed.error.cause);
  const recorded = processed.value.results.flatMap((result) => result.commits);
  const ignored: Record<string, number> = {};
  for (const { ignored_rule: rule } of recorded) if (rule !== null) ignored[rule] = (ignored[rule] ?? 0) + 1;
  const written = await recordImportPage(db, {
    id: job.id,
    page,
    cursor,
    found: commits.length,
    commits:
      job.mode === "drafts" ? recorded : recorded.map((commit) => ({ ...commit, draft: null, co_drafts: [] as [] })),
    days: processed.value.days,
    moved: processed.value.moved,
    ignored,
  });
  if (!written.ok) throw new Error(written.error.cause);
  return written.value.status;
}

async function handleFailure(
  db: BillhookClient,
  session: HostSession,
  { job, repository }: BegunImport,
  provider: Provider,
  failure: ForgeFailure,
): Promise<boolean> {
  log("warn", "import_not_read", { import: job.id, code: failure.code, detail: failure.detail });
  const reason = describeFailure(provider, failure.code, repository.name);
  switch (failure.code) {
    case "unauthorised":
      await revokeHostGrant(db, session.grantId, reason);
      await fail(db, job.id, reason);
      return false;
    case "forbidden":
    case "not_found":
      await noteRepositoryAccess(db, repository.id, reason);
      await fail(db, job.id, reason);
      return false;
    case "unknown_commit":
      await fail(db, job.id, `${reason} Start a new import: what is recorded already is passed over.`);
      return false;
    case "rate_limited":
      session.waitUntil(pauseAfter(failure));
      await pause(db, job.id, reason, pauseAfter(failure), false);
      return false;
    case "unavailable":
    case "unexpected": {
      const failures = job.failures + 1;
      if (failures >= mostFailures) await fail(db, job.id, `${reason} Resume the import when it does.`);
      else await pause(db, job.id, reason, inSeconds(retryAfterFailures(failures)), true);
      return false;
    }
  }
}

const fail = (db: BillhookClient, id: string, reason: string): Promise<void> => pause(db, id, reason, null, true);

async function pause(
  db: BillhookClient,
  id: string,
  reason: string,
  waitsUntil: string | null,
  isFailure: boolean,
): Promise<void> {
  const paused = await pauseImport(db, id, reason, waitsUntil, isFailure);
  // Not found: it was stopped meanwhile.
  if (!paused.ok && paused.error.code !== "not_found") throw new Error(paused.error.cause);
}
