/**
 * A history of commits that is made, rewritten and pushed to a host, while its webhooks are delivered, repeated, held back
 * or lost: what the property test draws at random, and what must have come of it.
 */
import { randomUUID } from "node:crypto";
import { approveDrafts, ignoreDrafts } from "@billhook/database/drafts";
import { acceptDeliveries } from "@billhook/database/deliveries";
import { forgeFor } from "@billhook/forges/registry";
import fc from "fast-check";
import { makeFolder, makeRepository, type TestRepository } from "../../packages/cli/test-repository.ts";
import type { ForgeStandin } from "../standins/forge/server.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { gitPush, listCommits } from "./git-pushes.ts";
import {
  callApi,
  connect,
  type ConnectedRepository,
  eventually,
  type Harness,
  hmac,
  type PersonOfWorkspace,
  settled,
  signUpWithWorkspace,
} from "./harness.ts";
import { HOURLY, runEveryMinute } from "./hosted.ts";

const branch = fc.constantFrom("main", "feature");
const change = fc.constantFrom("reword", "change", "redate");

/** What developers do to a history, what the network does to pushes, and what people do to drafts meanwhile. */
export const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("commit"), branch }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("rewrite"),
      branch,
      changes: fc.uniqueArray(change, { minLength: 1, maxLength: 2 }),
      /** Of the commit below the newest one, which then gets a new hash as well. */
      below: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("rebase", "squash", "merge", "pick", "pick -x"), branch }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("push"),
      branch,
      fate: fc.constantFrom("delivered", "delivered", "held back", "lost", "left unfinished"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("push again"), nth: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("reconcile", "approve", "ignore") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("host refuses", "host answers") }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export interface Line {
  id: string;
  status: string;
  /** What it proposes. */
  files: string[];
  /** The commits it says it may be a rewriting of. */
  suspected: string[];
}

interface Told {
  headers: Record<string, string>;
  body: string;
}

export class History {
  readonly git: TestRepository = makeRepository();
  /** Drafts that a person settled, with the state they must keep. */
  readonly settled = new Map<string, string>();
  /** Works that were reworded and changed, of which a rewritten commit then keeps neither words nor change. */
  readonly doubtful = new Set<string>();
  /** Was anything recorded without the host, which then knows neither author dates nor patch-ids? */
  wasRefused = false;
  readonly #harness: Harness;
  readonly #owner: PersonOfWorkspace;
  readonly #to: ConnectedRepository;
  /** The host and its API; without it pushes come from the clone, which says itself what a host would be asked. */
  readonly #host: { standin: ForgeStandin; folder: string } | null;
  readonly #rewritten = new Map<string, Set<string>>();
  readonly #squashed = new Set<string>();
  readonly #pushed = new Map<string, string>();
  readonly #sent: Told[] = [];
  #held: Told[] = [];
  #works = 0;
  #refuses = false;
  #minute = 0;

  private constructor(
    harness: Harness,
    owner: PersonOfWorkspace,
    to: ConnectedRepository,
    git: TestRepository,
    host: { standin: ForgeStandin; folder: string } | null,
  ) {
    this.#harness = harness;
    this.#owner = owner;
    this.#to = to;
    this.git = git;
    this.#host = host;
  }

  static async begin(harness: Harness, options: { hosted: boolean; refuses: boolean }): Promise<History> {
    const git = makeRepository();
    git.write("README.md", "shop\n");
    git.commit("Begin");
    git.git("branch", "feature");
    const owner = await signUpWithWorkspace(harness.stack);
    if (!options.hosted) return new History(harness, owner, await connect(harness, "github", {}, owner), git, null);
    const folder = makeFolder();
    git.git("clone", "-q", "--bare", git.folder, folder);
    const standin = await startGithubStandin({
      tokens: ["good-token"],
      repositories: [{ owner: "example", name: "shop", path: folder, id: 7001 }],
    });
    const to = await connect(
      harness,
      "github",
      { name: "example/shop", base_url: standin.url, access_token: "good-token" },
      owner,
    );
    await eventually("the branches to be known", async () => {
      const { data } = await harness.service.from("repository_heads").select("branch").eq("repository_id", to.id);
      return data?.length === 2;
    });
    const history = new History(harness, owner, to, git, { standin, folder });
    history.#refuses = options.refuses;
    for (const name of ["main", "feature"]) history.#pushed.set(name, git.git("rev-parse", name));
    return history;
  }

  async take(one: Step): Promise<void> {
    if (!("branch" in one)) return this.#happen(one);
    const other = one.branch === "main" ? "feature" : "main";
    this.git.git("checkout", "-q", one.branch);
    switch (one.kind) {
      case "commit":
        this.#works += 1;
        this.git.write(`src/work${this.#works}.ts`, `export const work${this.#works} = ${this.#works};\n`);
        this.git.commit(`Work ${this.#works} is done`);
        return;
      case "rewrite":
        this.#rewrite(one.changes, one.below);
        return;
      case "rebase":
        this.#run("rebase", "-q", other);
        return;
      case "merge":
        this.#run("merge", "-q", "--no-edit", "--no-ff", other);
        return;
      case "squash":
        return this.#squash(other);
      case "pick":
      case "pick -x":
        this.#run("cherry-pick", ...(one.kind === "pick" ? [] : ["-x"]), other);
        return;
      case "push":
        return this.#push(one.branch, one.fate);
    }
  }

  async #happen(one: Exclude<Step, { branch: unknown }>): Promise<void> {
    switch (one.kind) {
      case "push again": {
        const told = this.#sent[one.nth % Math.max(1, this.#sent.length)];
        if (told !== undefined) await this.#send(told);
        return;
      }
      case "reconcile":
        return this.#reconcile();
      case "host refuses":
        if (this.#host === null || !this.#refuses) return;
        await this.#settled();
        this.wasRefused = true;
        this.#host.standin.tokens.delete("good-token");
        return;
      case "host answers":
        return this.#mend();
      case "approve":
      case "ignore":
        return this.#settleOne(one.kind);
    }
  }

  /** What was held back arrives last, the newest first; then everything is pushed, healed and waited for. */
  async finish(): Promise<void> {
    for (const told of this.#held.splice(0).toReversed()) await this.#send(told);
    for (const name of ["main", "feature"]) await this.#push(name, "delivered");
    await this.#settled();
    await this.#mend();
    await this.#reconcile();
  }

  async close(): Promise<void> {
    await this.#harness.stack.query("update public.repositories set archived_at = now() where id = $1", [this.#to.id]);
    await this.#host?.standin.close();
  }

  async lines(): Promise<Line[]> {
    return this.#harness.stack.query<Line>(
      `select d.id, d.status, array(select distinct f ->> 'path' from public.commit_draft_items i
         join public.commits k on k.id = i.commit_id cross join lateral jsonb_array_elements(k.files) f
         where i.draft_line_item_id = d.id and k.same_work_as is null and f ->> 'path' like 'src/%'
           -- What it holds of known work is proposed there.
           and not exists (select 1 from public.commit_links l join public.commits e on e.id = l.earlier_id
             cross join lateral jsonb_array_elements(e.files) x
             where l.commit_id = k.id and l.kind = 'part' and x ->> 'path' = f ->> 'path')) as files,
         array(select f ->> 'commit_id' from jsonb_array_elements(d.flags) f where f ->> 'code' = 'possible_rewrite') as suspected
       from public.draft_line_items d
       where d.workspace_id = $1 and not exists (select 1 from public.commit_draft_items i join public.commits k on k.id = i.commit_id
         where i.draft_line_item_id = d.id and k.ignored_rule = 'merge')
       order by d.created_at, d.id`,
      [this.#owner.workspaceId],
    );
  }

  /** For whoever looks into a failure: what was recorded, in its order. */
  async describe(): Promise<string> {
    const commits = await this.#harness.stack.query<Record<string, unknown>>(
      `select k.short_hash, left(k.message, 30) as subject, k.branch, k.status, r.short_hash as same_as, k.same_work_evidence,
         left(k.patch_id, 7) as patch, k.authored_at, p.delivery_id
       from public.commits k left join public.commits r on r.id = k.same_work_as
       join public.webhook_deliveries p on p.id = k.delivery_id where k.repository_id = $1 order by k.created_at, k.committed_at`,
      [this.#to.id],
    );
    const log = this.git.git("log", "--graph", "--format=%h %p %s", "main", "feature");
    return [log, ...commits.map((commit) => JSON.stringify(commit)), JSON.stringify(await this.lines())].join("\n");
  }

  /** The lines of the commits that a line may be a rewriting of. */
  async suspectedLines(line: Line): Promise<string[]> {
    const found = await this.#harness.stack.query<{ id: string }>(
      `select distinct i.draft_line_item_id as id from public.commits k
       join public.commit_draft_items i on i.commit_id = coalesce(k.same_work_as, k.id) where k.id = any ($1::uuid[])`,
      [line.suspected],
    );
    return found.map(({ id }) => id);
  }

  /** The files of all works that are in a branch. */
  toldWorks(): string[] {
    const listed = this.git.git("log", "--format=", "--name-only", "main", "feature").split("\n");
    return [...new Set(listed)].filter((path) => path.startsWith("src/")).toSorted();
  }

  #run(...args: string[]): boolean {
    // Never the same committer second twice: a rewritten commit is another one.
    this.#minute += 1;
    const at = new Date(Date.UTC(2026, 4, 1, 0, this.#minute)).toISOString();
    try {
      this.git.gitWith({ GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at, GIT_EDITOR: "true" }, ...args);
      return true;
    } catch {
      for (const what of ["rebase", "cherry-pick", "merge"]) this.#try(what, "--abort");
      this.#try("reset", "-q", "--hard");
      return false;
    }
  }

  #try(...args: string[]): void {
    try {
      this.git.git(...args);
    } catch {
      // There was nothing to abort.
    }
  }

  /** The number of the work that a commit is, where it is one by itself. */
  #workAt(name: string): string | null {
    const subject = this.git.git("log", "-1", "--format=%s", name);
    return /^Work (?<nth>\d+) is done/u.exec(subject)?.groups?.["nth"] ?? null;
  }

  #rewrite(changes: readonly string[], below: boolean): void {
    const top = this.git.git("rev-parse", "HEAD");
    if (below && (this.#workAt("HEAD") === null || !this.#has("HEAD~1"))) return;
    const work = this.#workAt(below ? "HEAD~1" : "HEAD");
    // What a pull request was squashed from stays as it was.
    if (work === null || this.#squashed.has(work)) return;
    const done = this.#rewritten.get(work) ?? new Set(changes);
    this.#rewritten.set(work, done);
    for (const each of changes) done.add(each);
    // Under another date a changed commit keeps nothing that a host tells.
    if (done.has("redate") && done.has("change")) done.delete(changes.includes("redate") ? "redate" : "change");
    if (done.has("reword") && done.has("change")) this.doubtful.add(`src/work${work}.ts`);

    if (below) this.git.git("reset", "-q", "--hard", "HEAD~1");
    const path = `src/work${work}.ts`;
    if (done.has("change") && changes.includes("change")) {
      this.git.write(path, `${this.git.git("show", `HEAD:${path}`)}\nexport const more${this.#minute} = 1;\n`);
    }
    const message = this.git.git("log", "-1", "--format=%B");
    const words = changes.includes("reword") ? ["-m", `${message} better`] : ["--no-edit"];
    const date = done.has("redate") && changes.includes("redate") ? ["--reset-author"] : [];
    const amended = this.#run("commit", "-q", "--amend", "-a", ...words, ...date);
    if (below && !(amended && this.#run("cherry-pick", top))) this.git.git("reset", "-q", "--hard", top);
  }

  #has(name: string): boolean {
    try {
      this.git.git("rev-parse", "-q", "--verify", `${name}^{commit}`);
      return true;
    } catch {
      return false;
    }
  }

  async #squash(other: string): Promise<void> {
    // A pull request's commits are at the host before it is merged; of the clone's, the receiver knows what was sent.
    await this.#push(other, this.#host === null ? "delivered" : "lost");
    if (this.#run("merge", "-q", "--squash", other) && this.git.git("status", "--porcelain") !== "") {
      this.#run("commit", "-q", "--no-edit");
      for (const [, nth] of this.git.git("log", "-1", "--format=%B").matchAll(/^ {4}Work (\d+) is done/gmu)) {
        if (nth !== undefined) this.#squashed.add(nth);
      }
    }
    this.#try("reset", "-q", "--hard");
  }

  async #push(name: string, fate: string): Promise<void> {
    const before = this.#pushed.get(name) ?? null;
    const after = this.git.git("rev-parse", name);
    if (before === after) return;
    const told = await this.#tell(name, before, after);
    this.#pushed.set(name, after);
    if (told === null) return;
    // What nobody can be asked about must not be lost for good.
    const isHeld = fate === "held back" || (fate === "lost" && this.#host === null);
    if (isHeld) this.#held.push(told);
    else if (fate === "left unfinished") await this.#leaveUnfinished(told);
    else if (fate !== "lost") await this.#send(told);
  }

  async #tell(name: string, before: string | null, after: string): Promise<Told | null> {
    const secret = this.#to.webhook_secret;
    if (this.#host === null) {
      const commits = listCommits(this.git, name, before === null ? [] : [before]);
      if (commits.length === 0) return null;
      const body = JSON.stringify(await gitPush(this.git, { branch: name, before, commits }));
      const signature = `sha256=${hmac(secret, body)}`;
      const headers = { "x-github-event": "push", "x-github-delivery": randomUUID(), "x-hub-signature-256": signature };
      return { headers: { "content-type": "application/json", ...headers }, body };
    }
    this.git.git("push", "-q", "--force", this.#host.folder, `${name}:${name}`);
    const changes = [{ ref: `refs/heads/${name}`, before, after }];
    const [words] = await this.#host.standin.wordsOf({ repository: "example/shop", changes }, secret);
    return words ?? null;
  }

  async #send(told: Told): Promise<void> {
    this.#sent.push(told);
    const post = (): Promise<Response> => fetch(this.#to.webhook_url, { method: "POST", ...told });
    // A connection that was kept open may be closed at the moment it is used again.
    const answer = await post().catch(post);
    // A push that lists nothing new is no push to record.
    if (answer.status !== 202 && answer.status !== 200) throw new Error(`answered ${answer.status}`);
  }

  /** As a process leaves it that dies between its answer and the queue. */
  async #leaveUnfinished({ headers, body }: Told): Promise<void> {
    const forge = forgeFor("github");
    const bytes = new TextEncoder().encode(body);
    const delivery = forge.normalise(new Headers(headers), bytes);
    if (delivery.kind !== "push") return;
    const accepted = await acceptDeliveries(this.#harness.service, [
      {
        repositoryId: this.#to.id,
        deliveryId: await forge.deliveryId(new Headers(headers), bytes),
        event: "push",
        verdict: "push",
        reason: null,
        repository: delivery.repository,
        push: delivery.event,
        bodyBytes: bytes.byteLength,
        sourceAddress: null,
      },
    ]);
    if (!accepted.ok) throw new Error(accepted.error.cause);
  }

  /** An hour passes in which nothing arrives, and the clock does what it does by then. */
  async #reconcile(): Promise<void> {
    await this.#settled();
    if (this.#host === null) return;
    await this.#harness.stack.query(
      `update public.repositories set created_at = now() - interval '3 hours', last_delivery_at = now() - interval '2 hours',
         reconciled_at = null where id = $1`,
      [this.#to.id],
    );
    await this.#harness.stack.runCron(HOURLY);
    await this.#settled();
  }

  /** A token that works is given; what was recorded without the host is completed. */
  async #mend(): Promise<void> {
    if (this.#host === null || this.#host.standin.tokens.has("good-token")) return;
    await this.#settled();
    this.#host.standin.tokens.add("good-token");
    const answer = await callApi(this.#harness.stack, "POST", `/api/repositories/${this.#to.id}/token`, {
      token: this.#owner.token,
      body: { access_token: "good-token" },
    });
    if (answer.status !== 200) throw new Error(`the token was answered ${answer.status}`);
    await eventually("what was missing to be completed", async () => {
      await this.#settled();
      const { count } = await this.#harness.service
        .from("webhook_deliveries")
        .select("id", { count: "exact", head: true })
        .eq("repository_id", this.#to.id)
        .not("incomplete_reason", "is", null);
      return count === 0;
    });
  }

  /** Sweeps until nothing is left to do. */
  async #settled(): Promise<void> {
    await this.#harness.stack.query(
      `update public.webhook_deliveries set received_at = received_at - interval '1 minute'
       where repository_id = $1 and status = 'accepted' and started_at is null`,
      [this.#to.id],
    );
    await runEveryMinute(this.#harness);
    const { count } = await this.#harness.service
      .from("webhook_deliveries")
      .select("id", { count: "exact", head: true })
      .eq("repository_id", this.#to.id);
    if (count === 0 || count === null) return;
    const deliveries = await settled(this.#harness.service, this.#to.id);
    const failed = deliveries.filter(({ status }) => status === "failed");
    if (failed.length > 0) throw new Error(`failed: ${JSON.stringify(failed)}`);
  }

  async #settleOne(kind: "approve" | "ignore"): Promise<void> {
    await this.#settled();
    const line = (await this.lines()).find(({ status, files }) => status === "draft" && files.length > 0);
    if (line === undefined) return;
    const { database } = this.#owner;
    const done =
      kind === "approve" ? await approveDrafts(database, [line.id]) : await ignoreDrafts(database, [line.id], null);
    if (done.ok && done.value.skipped.length === 0)
      this.settled.set(line.id, kind === "approve" ? "approved" : "rejected");
  }
}
