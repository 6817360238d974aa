import { ignoreDrafts, approveDrafts } from "@billhook/database/drafts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRepository, type TestRepository } from "../../packages/cli/test-repository.ts";
import { gitPush, listCommits } from "./git-pushes.ts";
import {
  connect,
  type ConnectedRepository,
  deliverGithub,
  type Harness,
  type PersonOfWorkspace,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

/** What developers do to a history, and what the network does to pushes. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("commit"), branch: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("reword", "change"), branch: fc.nat(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("rebase", "squash", "pick", "pick -x"), branch: fc.nat(1) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("push", "hold"), branch: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("push again", "approve", "ignore"), branch: fc.nat(1) }) },
);

class History {
  readonly git: TestRepository = makeRepository();
  /** Every piece of work, by the file that only it touches. */
  readonly works: string[] = [];
  readonly #sent = new Map<string, string>();
  /** Hashes that a delivery told of. */
  readonly #told = new Set<string>();
  #held: string[] = [];
  #last: string | null = null;
  #minute = 0;
  readonly #to: ConnectedRepository;
  readonly #owner: PersonOfWorkspace;
  /** Drafts that a person settled, with the state they must keep. */
  readonly settled = new Map<string, string>();

  constructor(to: ConnectedRepository, owner: PersonOfWorkspace) {
    this.#to = to;
    this.#owner = owner;
    this.git.write("README.md", "shop\n");
    this.git.commit("Begin");
    this.git.git("branch", "feature");
  }

  #run(...args: string[]): boolean {
    // Never the same committer second twice: a rewritten commit is another one.
    this.#minute += 1;
    const at = new Date(Date.UTC(2026, 4, 1, 0, this.#minute)).toISOString();
    try {
      this.git.gitWith({ GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at, GIT_EDITOR: "true" }, ...args);
      return true;
    } catch {
      for (const what of ["rebase", "cherry-pick"]) this.#try(what, "--abort");
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

  /**
   * The file of the newest commit, where that is one work by itself. Each work is only ever reworded, or only ever changed:
   * of both at once nothing remains that would prove that it is the same, and it would be flagged.
   */
  #workAtHead(kind: string): string | null {
    const subject = /^Work (?<nth>\d+) is done/u.exec(this.git.git("log", "-1", "--format=%s"));
    const nth = Number(subject?.groups?.["nth"] ?? Number.NaN);
    return Number.isNaN(nth) || (nth % 2 === 0) !== (kind === "reword") ? null : `src/work${nth - 1}.ts`;
  }

  async take({ kind, branch: nth }: { kind: string; branch: number }): Promise<void> {
    const branch = nth === 0 ? "main" : "feature";
    const other = nth === 0 ? "feature" : "main";
    this.git.git("checkout", "-q", branch);
    switch (kind) {
      case "commit": {
        const name = `work${this.works.length}`;
        this.works.push(name);
        this.git.write(`src/${name}.ts`, `export const ${name} = ${this.works.length};\n`);
        this.git.commit(`Work ${this.works.length} is done`);
        break;
      }
      case "reword":
        if (this.#workAtHead(kind) !== null) {
          this.#run("commit", "-q", "--amend", "-m", `${this.git.git("log", "-1", "--format=%B")} better`);
        }
        break;
      case "change": {
        const path = this.#workAtHead(kind);
        if (path === null) break;
        this.git.write(path, `${this.git.git("show", `HEAD:${path}`)}\nexport const more = ${this.#minute};\n`);
        this.#run("commit", "-q", "--amend", "--no-edit", "-a");
        break;
      }
      case "rebase":
        this.#run("rebase", "-q", other);
        break;
      case "squash":
        // A pull request's commits are at the host before it is merged.
        await this.#deliver("push", other);
        if (this.#run("merge", "-q", "--squash", other) && this.git.git("status", "--porcelain") !== "") {
          this.#run("commit", "-q", "--no-edit");
        }
        this.#try("reset", "-q", "--hard");
        break;
      case "pick":
      case "pick -x":
        this.#run("cherry-pick", ...(kind === "pick" ? [] : ["-x"]), other);
        break;
      default:
        await this.#deliver(kind, branch);
    }
  }

  async #deliver(kind: string, branch: string): Promise<void> {
    switch (kind) {
      case "push":
      case "hold": {
        const body = await this.#push(branch);
        if (body === null) return;
        if (kind === "hold") this.#held.push(body);
        else await this.#send(body);
        return;
      }
      case "push again":
        if (this.#last !== null) await this.#send(this.#last);
        return;
      default: {
        if (this.#last === null) return;
        await settled(harness.service, this.#to.id);
        const line = (await this.lines()).find(({ status }) => status === "draft");
        if (line === undefined) return;
        const done =
          kind === "approve"
            ? await approveDrafts(this.#owner.database, [line.id])
            : await ignoreDrafts(this.#owner.database, [line.id], null);
        if (done.ok && done.value.skipped.length === 0)
          this.settled.set(line.id, kind === "approve" ? "approved" : "rejected");
      }
    }
  }

  async #push(branch: string): Promise<string | null> {
    const before = this.#sent.get(branch) ?? null;
    const commits = listCommits(this.git, branch, before === null ? [] : [before]);
    this.#sent.set(branch, this.git.git("rev-parse", branch));
    if (commits.length === 0) return null;
    for (const hash of commits) this.#told.add(hash);
    return JSON.stringify(await gitPush(this.git, { branch, before, commits }));
  }

  async #send(body: string): Promise<void> {
    this.#last = body;
    const answer = await deliverGithub(this.#to, body);
    if (answer.status !== 202) throw new Error(`answered ${answer.status}`);
  }

  /** What was held back comes last, the newest first; then everything is pushed. */
  async finish(): Promise<void> {
    for (const body of this.#held.toReversed()) await this.#send(body);
    for (const branch of ["main", "feature"]) {
      const body = await this.#push(branch);
      if (body !== null) await this.#send(body);
    }
    const deliveries = await settled(harness.service, this.#to.id);
    expect(deliveries.filter(({ status }) => status !== "done")).toEqual([]);
  }

  async lines() {
    return harness.stack.query<{ id: string; status: string; files: string[] }>(
      `select d.id, d.status, array(select distinct f ->> 'path' from public.commit_draft_items i
         join public.commits k on k.id = i.commit_id cross join lateral jsonb_array_elements(k.files) f
         where i.draft_line_item_id = d.id and k.same_work_as is null
           -- What it holds of known work is proposed there.
           and not exists (select 1 from public.commit_links l join public.commits e on e.id = l.earlier_id
             cross join lateral jsonb_array_elements(e.files) x
             where l.commit_id = k.id and l.kind = 'part' and x ->> 'path' = f ->> 'path')) as files
       from public.draft_line_items d where d.workspace_id = $1 order by d.created_at, d.id`,
      [this.#owner.workspaceId],
    );
  }

  /** The works that a delivery told of. */
  toldWorks(): string[] {
    const paths = new Set<string>();
    for (const hash of this.#told) {
      for (const path of this.git.git("show", "--format=", "--name-only", hash).split("\n")) paths.add(path);
    }
    return this.works.filter((name) => paths.has(`src/${name}.ts`));
  }
}

test("in any history every piece of work is proposed exactly once, and nothing settled comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 22 }), async (steps) => {
      const person = await signUpWithWorkspace(harness.stack);
      const history = new History(await connect(harness, "github", {}, person), person);
      for (const each of steps) await history.take(each);
      await history.finish();
      const lines = await history.lines();
      const proposed = lines.flatMap(({ files }) => files.filter((path) => path.startsWith("src/")));
      const told = history.toldWorks().map((name) => `src/${name}.ts`);
      expect(proposed.toSorted()).toEqual(told.toSorted());
      const flagged = await harness.stack.query(
        'select id from public.draft_line_items where workspace_id = $1 and flags @> \'[{"code": "possible_rewrite"}]\'',
        [person.workspaceId],
      );
      expect(flagged).toEqual([]);
      for (const [id, status] of history.settled)
        expect(lines.find((line) => line.id === id)).toMatchObject({ status });
    }),
    { numRuns: 25, interruptAfterTimeLimit: 40_000, verbose: true },
  );
}, 90_000);
