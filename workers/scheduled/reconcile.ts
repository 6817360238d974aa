/**
 * Compares branches with their host's: what moved without a delivery becomes an internal one, which is completed and
 * recorded as any push is.
 */
import {
  findRepositoriesToReconcile,
  noteRepositoryAccess,
  type RepositoryToReconcile,
  revokeHostGrant,
  storeReconciliation,
} from "@billhook/database/hosts";
import type { Provider, PushEvent } from "@billhook/domain/push";
import type { BillhookClient } from "@billhook/database/client";
import { isProvider } from "@billhook/forges/registry";
import { serviceDatabase, type Settings } from "../env.ts";
import { openSession, pauseAfter } from "../hosts/session.ts";
import { describeFailure } from "../hosts/words.ts";
import { log } from "../log.ts";
import { tellQueueOfDeliveries } from "../pipeline/queue.ts";

/** Each takes a few requests; those not reached come first the next time. */
const repositoriesPerRun = 50;
const requestsPerRepository = 30;
const secondsPerRepository = 15;

/** Those that have been silent or failing. */
export async function reconcileRepositories(env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const found = await findRepositoriesToReconcile(db, null, repositoriesPerRun);
  if (!found.ok) {
    log("error", "reconciliation_failed", { cause: found.error.cause });
    return;
  }
  for (const repository of found.value) await compare(env, settings, db, repository);
}

/** One, whether or not it is silent: after it was connected or got a new token. */
export async function reconcileRepository(env: Env, settings: Settings, repositoryId: string): Promise<void> {
  const db = serviceDatabase(settings);
  const found = await findRepositoriesToReconcile(db, repositoryId, 1);
  if (!found.ok) throw new Error(found.error.cause);
  for (const repository of found.value) await compare(env, settings, db, repository);
}

async function compare(
  env: Env,
  settings: Settings,
  db: BillhookClient,
  repository: RepositoryToReconcile,
): Promise<void> {
  const { provider, host } = repository;
  if (!isProvider(provider)) return;
  const opened = await openSession(db, settings, provider, host, {
    wanted: requestsPerRepository,
    seconds: secondsPerRepository,
  });
  if (!opened.ok) return;
  const { session } = opened;
  const branches = session.heed(await session.api.listBranches(session.connection(repository.name)));
  if (!branches.ok) {
    log("warn", "branches_not_listed", { repository: repository.id, code: branches.code, detail: branches.detail });
    const reason = describeFailure(provider, branches.code, repository.name);
    if (branches.code === "unauthorised") await revokeHostGrant(db, host.grant_id, reason);
    else if (branches.code === "forbidden" || branches.code === "not_found")
      await noteRepositoryAccess(db, repository.id, reason);
    else if (branches.code === "rate_limited") session.waitUntil(pauseAfter(branches));
    await session.close(db);
    return;
  }
  await session.close(db);
  await noteRepositoryAccess(db, repository.id, null);
  const stored = await storeReconciliation(db, repository.id, findChanges(provider, repository, branches.value));
  if (!stored.ok) {
    log("error", "reconciliation_not_stored", { repository: repository.id, cause: stored.error.cause });
    return;
  }
  await tellQueueOfDeliveries(env, stored.value);
}

type Found = Parameters<typeof storeReconciliation>[2];

/** A repository without known heads is seen for the first time: its history is left to an import. */
function findChanges(
  provider: Provider,
  repository: RepositoryToReconcile,
  branches: { name: string; head: string }[],
): Found {
  const isNew = repository.heads.length === 0;
  const known = new Map(repository.heads.map((head) => [head.branch, head]));
  // What a new branch has of its own is what the trunk has not.
  const trunk =
    [repository.default_branch, "main", "master"]
      .map((name) => known.get(name ?? "")?.head)
      .find((head) => head !== undefined) ??
    repository.heads[0]?.head ??
    null;
  const found: Found = { heads: [], gone: [], pushes: [] };
  for (const { name, head } of branches) {
    const last = known.get(name);
    if (isNew) found.heads.push({ branch: name, head });
    else if (last?.head !== head || last.gap_from !== null) {
      const before = last?.gap_from ?? last?.head ?? trunk;
      if (last === undefined && before === head) found.heads.push({ branch: name, head });
      if (before === head) continue;
      found.pushes.push({
        delivery_id: `reconciliation:${before ?? ""}:${head}:${name}`.slice(0, 200),
        payload: pushOf(provider, repository, name, before, head),
      });
    }
  }
  const there = new Set(branches.map(({ name }) => name));
  // A host that lists no branch at all may have lost its list; nothing is forgotten because of it.
  if (there.size > 0) found.gone = repository.heads.map(({ branch }) => branch).filter((branch) => !there.has(branch));
  return found;
}

const pushOf = (
  provider: Provider,
  repository: RepositoryToReconcile,
  branch: string,
  before: string | null,
  after: string,
): PushEvent => ({
  provider,
  repository: {
    externalId: repository.external_id ?? "",
    name: repository.name,
    url: repository.url,
    defaultBranch: repository.default_branch,
  },
  pusher: null,
  changes: [{ ref: `refs/heads/${branch}`, branch, before, after, forced: null, truncated: true, commits: [] }],
});
