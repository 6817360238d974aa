/** What is known of a batch's commits before it is decided what they are: names, hints, history, and what branches lost. */
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import {
  readWorkContext,
  type RecordedWork,
  type RewrittenBranch,
  type WorkContext,
  type WorkRequest,
} from "@billhook/database/work";
import { DroppedWork } from "@billhook/domain/dropped";
import {
  claimedKeys,
  findKeys,
  hashKey,
  type KnownWork,
  namedHashes,
  subjectOf,
  type WorkKeys,
} from "@billhook/domain/identity";
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import type { PreparedCommit } from "./prepare.ts";

/** So far back a rewritten branch is compared with what it was. */
const longestRewritten = 200;

export interface Evidence {
  keysOf: ReadonlyMap<PushedCommit, WorkKeys>;
  context: WorkContext;
}

/** What is recorded that these commits may be: one round trip, whatever the size of the batch. */
export async function readEvidence(
  db: BillhookClient,
  commits: readonly PreparedCommit[],
): Promise<DatabaseResult<Evidence>> {
  const keysOf = new Map(
    await Promise.all(commits.map(async ({ commit }) => [commit, await findKeys(commit)] as const)),
  );
  const context = await readWorkContext(db, requestsFor(commits, keysOf));
  return context.ok ? { ok: true, value: { keysOf, context: context.value } } : context;
}

function requestsFor(commits: readonly PreparedCommit[], keysOf: ReadonlyMap<PushedCommit, WorkKeys>): WorkRequest[] {
  const requests = new Map<string, { keys: Set<string>; hints: Set<string>; held: Set<string> }>();
  for (const prepared of commits) {
    const keys = keysOf.get(prepared.commit);
    if (keys === undefined) continue;
    const { id } = prepared.delivery.workspace;
    const request = requests.get(id) ?? { keys: new Set(), hints: new Set(), held: new Set() };
    requests.set(id, request);
    const named = namedHashes(prepared.commit);
    for (const key of [...claimedKeys({ commit: prepared.commit, keys }), ...named.map(hashKey)]) request.keys.add(key);
    for (const hint of [keys.moment, keys.message]) if (hint !== null) request.hints.add(hint);
    for (const hash of named) request.held.add(hash);
  }
  return [...requests].map(([workspaceId, { keys, hints, held }]) => ({
    workspace_id: workspaceId,
    keys: [...keys],
    hints: [...hints],
    held: [...held],
    rewritten: findRewritten(commits.filter(({ delivery }) => delivery.workspace.id === workspaceId)),
  }));
}

/** The branches whose pushed commits do not go on from where the branch was. */
function findRewritten(commits: readonly PreparedCommit[]): RewrittenBranch[] {
  const pushes = Map.groupBy(commits, ({ delivery, change }) => `${delivery.id} ${change.ref}`);
  return [...pushes.values()].flatMap((pushed) => {
    const [first] = pushed;
    if (first === undefined || first.delivery.isLate === true) return [];
    const { delivery, change } = first;
    const knowsParents = pushed.every(({ commit }) => commit.parents !== null);
    if (!knowsParents && change.forced !== true) return [];
    const kept = new Set(pushed.flatMap(({ commit }) => [commit.hash, ...(commit.parents ?? [])]));
    const heads = new Set([change.before, delivery.heads?.[change.branch] ?? null].filter((head) => head !== null));
    return [...heads]
      .filter((head) => !kept.has(head))
      .map((start) => ({
        repository_id: delivery.repository.id,
        branch: change.branch,
        start,
        head: change.after ?? "",
        kept: [...kept],
        // Without parents nobody knows where the branch was cut.
        depth: knowsParents ? longestRewritten : 0,
      }));
  });
}

/** What is recorded, and what the batch adds to it as it is decided. Keys are of a workspace. */
export class Known {
  readonly #claims = new Map<string, KnownWork>();
  readonly #hints = new Map<string, KnownWork>();
  readonly #dropped: ReadonlyMap<string, DroppedWork[]>;

  constructor({ claims, hints, dropped, works }: WorkContext) {
    const byId = new Map(works.map((work) => [work.id, toKnown(work)]));
    for (const { workspace_id: workspace, key, commit_id: id } of claims)
      this.#set(this.#claims, workspace, key, byId.get(id));
    for (const { workspace_id: workspace, hint, commit_id: id } of hints)
      this.#set(this.#hints, workspace, hint, byId.get(id));
    const branches = Map.groupBy(dropped, ({ repository_id: repository, branch }) => `${repository} ${branch}`);
    this.#dropped = new Map(
      [...branches].map(([key, lost]) => [
        key,
        lost.flatMap(({ commit_id: id }) => {
          const work = byId.get(id);
          return work === undefined || work.ignoredRule === "merge" ? [] : [new DroppedWork(work)];
        }),
      ]),
    );
  }

  #set(map: Map<string, KnownWork>, workspace: string, key: string, work: KnownWork | undefined): void {
    if (work !== undefined) map.set(`${workspace} ${key}`, work);
  }

  find = (workspace: string, key: string): KnownWork | null => this.#claims.get(`${workspace} ${key}`) ?? null;

  suggest = (workspace: string, key: string): KnownWork | null => this.#hints.get(`${workspace} ${key}`) ?? null;

  /** What the branch of a commit's push no longer holds. */
  droppedOf = ({ delivery, branch }: PreparedCommit): readonly DroppedWork[] =>
    this.#dropped.get(`${delivery.repository.id} ${branch}`) ?? [];

  claim(workspace: string, key: string, work: KnownWork): void {
    this.#claims.set(`${workspace} ${key}`, work);
  }

  hint(workspace: string, key: string, work: KnownWork): void {
    this.#hints.set(`${workspace} ${key}`, work);
  }
}

const toKnown = (work: RecordedWork): KnownWork => ({
  id: work.id,
  hash: work.hash,
  root: work.root_id,
  rootHash: work.root_hash,
  repository: work.repository_id,
  branch: work.branch,
  author: { name: work.author_name, email: work.author_email, username: work.author_username },
  authoredAt: work.authored_at,
  subject: subjectOf(work.message),
  patchId: work.patch_id,
  parents: work.parents,
  ignoredRule: work.ignored_rule,
  reverted: work.reverted,
  files: readFiles(work.files),
  minutes: work.minutes,
});

/** Files as prepare.ts recorded them. */
const readFiles = (files: unknown): FileChange[] | null => (Array.isArray(files) ? (files as FileChange[]) : null);

export type Ancestry = (commit: PreparedCommit, hash: string) => boolean;

/** Answers from the parents of a push's commits; where they are not known, all that were pushed together lie in one history. */
export function findAncestry(commits: readonly PreparedCommit[]): Ancestry {
  const pushes = Map.groupBy(commits, ({ delivery, branch }) => `${delivery.id} ${branch}`);
  const parentsOf = new Map(
    [...pushes].map(([push, listed]) => [push, new Map(listed.map(({ commit }) => [commit.hash, commit.parents]))]),
  );
  return ({ delivery, branch, commit }, hash) => {
    const parents = parentsOf.get(`${delivery.id} ${branch}`);
    if (commit.parents === null) return parents?.has(hash) ?? false;
    const waiting = [...commit.parents];
    const seen = new Set<string>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next === hash) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(parents?.get(next) ?? []));
    }
    return false;
  };
}
