import { randomUUID } from "node:crypto";
import { approveDrafts, ignoreDrafts } from "@billhook/database/drafts";
import { separateWork } from "@billhook/database/work";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type TestRepository } from "../../packages/cli/test-repository.ts";
import { gitPush, type PushOptions } from "./git-pushes.ts";
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
let owner: PersonOfWorkspace;
let shop: ConnectedRepository;
let git: TestRepository;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
beforeEach(async () => {
  owner = await signUpWithWorkspace(harness.stack);
  shop = await connect(harness, "github", {}, owner);
  git = makeRepository();
  git.write("README.md", "shop\n");
  git.commit("Start");
  await send({ before: null });
});

async function send(options: PushOptions, to: ConnectedRepository = shop): Promise<void> {
  const answer = await deliverGithub(to, JSON.stringify(await gitPush(git, options)));
  expect(answer.status).toBe(202);
  await settled(harness.service, to.id);
}

/** Lines by their words, without the first commit's. */
async function drafts() {
  const { data, error } = await harness.service
    .from("inbox_drafts")
    .select("id, description, minutes, status, flags, commits")
    .eq("workspace_id", owner.workspaceId)
    .not("description", "ilike", "%Start%")
    .order("created_at");
  if (error !== null) throw new Error(error.message);
  return data;
}
const commitOf = async (hash: string, repository: ConnectedRepository = shop) => {
  const { data } = await harness.service
    .from("commits")
    .select("id, status, same_work_as, same_work_evidence, ignored_rule")
    .eq("repository_id", repository.id)
    .eq("hash", hash)
    .maybeSingle();
  return data;
};
const linksOf = (hash: string) =>
  harness.stack.query(
    `select l.kind, l.evidence, e.hash as earlier from public.commit_links l
     join public.commits k on k.id = l.commit_id join public.commits e on e.id = l.earlier_id
     where k.hash = $1 and k.workspace_id = $2 order by e.created_at`,
    [hash, owner.workspaceId],
  );
const head = (): string => git.git("rev-parse", "HEAD");
const dated = { GIT_COMMITTER_DATE: "2026-03-03T09:00:00+01:00" };
const amend = (...options: string[]): string => {
  git.git("add", "-A");
  git.gitWith(dated, "commit", "-q", "--amend", ...(options.length > 0 ? options : ["--no-edit"]));
  return head();
};

/** A commit that changes a file of its own. */
function work(name: string, message = `Add ${name} to the shop`): string {
  git.write(`src/${name}.ts`, `export const ${name} = 1;\nexport const more = 2;\n`);
  return git.commit(message);
}

describe("known work under a new hash", () => {
  test("an amended commit is linked to the first, and its open draft follows it in words and time", async () => {
    const before = head();
    const first = work("basket", "Add the basket [1h]");
    await send({ before });
    const amended = amend("-m", "Add the basket [2h]");
    await send({ before: first, forced: true });
    const [only, ...others] = await drafts();
    expect(others).toEqual([]);
    expect(await commitOf(amended)).toMatchObject({
      same_work_evidence: "patch_id",
      same_work_as: (await commitOf(first))?.id,
    });
    expect(only?.commits).toMatchObject([
      { short_hash: amended.slice(0, 7), rewritten_from: first.slice(0, 7) },
      { short_hash: first.slice(0, 7) },
    ]);
    expect(only).toMatchObject({ minutes: 120, status: "draft" });
  });

  test("an amended commit with another change is the same by author, date and subject", async () => {
    const bySize = { estimation_strategy: "heuristic" };
    await owner.database.from("project_git_configs").update(bySize).eq("project_id", owner.projectId);
    const before = head();
    const first = work("basket");
    await send({ before });
    git.write("src/basket.ts", Array.from({ length: 90 }, (_, line) => `line(${line});`).join("\n"));
    const amended = amend();
    const [old] = await drafts();
    await send({ before: first, forced: true });
    expect(await commitOf(amended)).toMatchObject({ same_work_evidence: "author_date" });
    const now = await drafts();
    expect(now).toHaveLength(1);
    expect(now[0]?.minutes).toBeGreaterThan(old?.minutes ?? 0);
  });

  test.each(["approved", "ignored"])("what was %s stays so", async (state) => {
    const before = head();
    const first = work("basket");
    await send({ before });
    const ids = (await drafts()).map(({ id }) => id ?? "");
    const done =
      state === "approved" ? await approveDrafts(owner.database, ids) : await ignoreDrafts(owner.database, ids, null);
    expect(done).toMatchObject({ ok: true, value: { skipped: [] } });
    const words = (await drafts())[0]?.description;
    const amended = amend("-m", "Add the basket, better");
    await send({ before: first, forced: true });
    expect(await drafts()).toMatchObject([
      { status: state === "approved" ? "approved" : "rejected", description: words },
    ]);
    expect(await commitOf(amended)).toMatchObject({ status: state === "approved" ? "drafted" : "ignored" });
  });

  test("what was invoiced stays so", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    const ids = (await drafts()).map(({ id }) => id ?? "");
    await approveDrafts(owner.database, ids);
    const created = await owner.database.rpc("create_invoice", { p_client_id: owner.clientId, p_draft_ids: ids });
    expect(created.error).toBeNull();
    expect((await owner.database.rpc("finalise_invoice", { p_invoice_id: created.data ?? "" })).error).toBeNull();
    const amended = amend("-m", "Add the basket, better");
    await send({ before: first, forced: true });
    expect(await drafts()).toMatchObject([{ status: "invoiced" }]);
    expect(await commitOf(amended)).toMatchObject({ status: "invoiced" });
  });

  test("amended with another change, its estimate is the same whether both came at once or one after the other", async () => {
    const begin = head();
    const first = work("basket");
    for (const name of ["one", "two", "three"]) git.write(`src/${name}.ts`, "export const line = 1;\n".repeat(90));
    const amended = amend();
    const estimates: number[] = [];
    for (const pushes of [[[first], [amended]], [[first, amended]]]) {
      owner = await signUpWithWorkspace(harness.stack);
      shop = await connect(harness, "github", {}, owner);
      for (const commits of pushes) await send({ before: begin, commits, forced: true });
      const lines = await drafts();
      expect(lines).toHaveLength(1);
      estimates.push(lines[0]?.minutes ?? 0);
    }
    const [apart, atOnce] = estimates;
    expect(atOnce).toBe(apart);
  });

  test("a rebased branch, pushed with force, proposes nothing again", async () => {
    const before = head();
    git.git("checkout", "-q", "-b", "feature");
    const first = work("basket");
    work("total");
    await send({ branch: "feature", before });
    git.git("checkout", "-q", "main");
    work("other");
    await send({ before });
    git.gitWith(dated, "rebase", "-q", "main", "feature");
    await send({
      branch: "feature",
      before: first,
      commits: git.git("rev-list", "--reverse", "main..feature").split("\n"),
      forced: true,
    });
    expect(await drafts()).toHaveLength(3);
  });

  test("a commit that comes on a second branch, and in a second connected repository, is proposed once", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    git.git("branch", "copy");
    await send({ branch: "copy", before: null, commits: [first] });
    const fork = await connect(harness, "github", {}, owner);
    await send({ before, repository: { id: 7002, full_name: "example/fork" } }, fork);
    expect(await drafts()).toHaveLength(1);
    expect(await commitOf(first, fork)).toMatchObject({
      same_work_evidence: "hash",
      same_work_as: (await commitOf(first))?.id,
    });
  });

  test("a commit picked with -x is the same even where a conflict changed it", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    git.git("checkout", "-q", "-b", "release", before);
    git.write("src/basket.ts", "resolved\n");
    const picked = git.commit(`Add the basket for the release\n\n(cherry picked from commit ${first})`);
    await send({ branch: "release", before });
    expect(await drafts()).toHaveLength(1);
    expect(await commitOf(picked)).toMatchObject({ same_work_evidence: "cherry_pick" });
  });

  test("a picked commit that arrives before what it was picked from is the one that is proposed", async () => {
    const before = head();
    const first = work("basket");
    git.git("checkout", "-q", "-b", "release", before);
    git.write("src/basket.ts", "resolved\n");
    git.commit(`Add the basket for the release\n\n(cherry picked from commit ${first})`);
    await send({ branch: "release", before });
    await send({ before });
    expect(await drafts()).toHaveLength(1);
  });

  test("a squash of known commits proposes nothing, and is evidence of each of their lines", async () => {
    const before = head();
    git.git("checkout", "-q", "-b", "feature");
    work("basket");
    work("total");
    await send({ branch: "feature", before });
    git.git("checkout", "-q", "main");
    git.git("merge", "-q", "--squash", "feature");
    git.gitWith(dated, "commit", "-q", "--no-edit");
    await send({ before });
    const lines = await drafts();
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.commits).toHaveLength(2);
    expect(await linksOf(head())).toMatchObject([
      { kind: "same", evidence: "squash" },
      { kind: "same", evidence: "squash" },
    ]);
  });

  test("a squash of which a part is known proposes the rest, in words and lines", async () => {
    const before = head();
    git.git("checkout", "-q", "-b", "feature");
    const known = work("basket");
    await send({ branch: "feature", before });
    work("total");
    git.git("checkout", "-q", "main");
    git.git("merge", "-q", "--squash", "feature");
    git.gitWith(dated, "commit", "-q", "--no-edit");
    await send({ before });
    const [, rest, ...others] = await drafts();
    expect(others).toEqual([]);
    expect(rest?.description).toContain("total");
    expect(rest?.description).toContain("1 file changed");
    expect(rest?.description).not.toContain("basket");
    expect(rest?.flags).toEqual(
      expect.arrayContaining([{ code: "partly_proposed", message: expect.stringContaining(known.slice(0, 7)) }]),
    );
    expect(await linksOf(head())).toMatchObject([{ kind: "part", earlier: known }]);
    // What it held without being known is known by it.
    git.git("checkout", "-q", "feature");
    await send({ branch: "feature", before: known });
    expect(await drafts()).toHaveLength(2);
  });

  test("a commit that comes late and shows that two lines are one work joins them, where nobody touched the one", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    // What it became is known by a squash only; itself it comes last.
    git.git("reset", "-q", "--hard", before);
    git.git("checkout", "-q", "-b", "feature");
    git.git("cherry-pick", first);
    const moved = head();
    work("total");
    git.git("checkout", "-q", "main");
    git.git("merge", "-q", "--squash", "feature");
    git.gitWith(dated, "commit", "-q", "--no-edit");
    const squashed = head();
    await send({ before: first, forced: true });
    expect(await drafts()).toHaveLength(2);
    await send({ branch: "feature", before });
    expect((await drafts()).map(({ status }) => status)).toEqual(["rejected", "draft"]);
    expect(await commitOf(first)).toMatchObject({ same_work_as: (await commitOf(squashed))?.id });
    expect(await commitOf(moved)).toMatchObject({ same_work_as: (await commitOf(squashed))?.id });
    // Told again, nothing comes of it.
    await send({ branch: "feature", before });
    expect((await drafts()).map(({ status }) => status)).toEqual(["rejected", "draft"]);
  });

  test("a squash that lists a commit whose change its branch had already leaves that one's line alone", async () => {
    const before = head();
    git.git("checkout", "-q", "-b", "feature");
    const first = work("basket");
    work("total");
    git.git("checkout", "-q", "main");
    git.gitWith({ GIT_COMMITTER_DATE: "2026-03-03T07:00:00+01:00" }, "cherry-pick", first);
    git.git("merge", "-q", "--squash", "feature");
    git.gitWith(dated, "commit", "-q", "--no-edit");
    await send({ before });
    await send({ branch: "feature", before });
    expect((await drafts()).map(({ status }) => status)).toEqual(["draft", "draft"]);
  });

  test("a squash that its pull request tells of proposes nothing again", async () => {
    const before = head();
    git.git("checkout", "-q", "-b", "feature");
    const one = work("basket");
    const two = work("total");
    await send({ branch: "feature", before });
    git.git("checkout", "-q", "main");
    git.git("merge", "-q", "--squash", "feature");
    const squashed = git.commit("Basket and total (#12)");
    const { data } = await harness.service.rpc("accept_delivery", {
      p_repository_id: shop.id,
      p_delivery_id: randomUUID(),
      p_event: "push",
      p_verdict: "push",
      p_payload: {
        provider: "github",
        repository: { externalId: "7001", name: "example/shop", url: null, defaultBranch: "main" },
        pusher: null,
        changes: [
          {
            ref: "refs/heads/main",
            branch: "main",
            before,
            after: squashed,
            forced: false,
            truncated: false,
            commits: [
              {
                hash: squashed,
                message: "Basket and total (#12)",
                parents: [before],
                author: { name: "Dév Öne", email: "dev.one@example.com", username: null },
                committer: null,
                authoredAt: "2026-03-05T10:00:00Z",
                committedAt: "2026-03-05T10:00:00Z",
                files: null,
                patchId: null,
                squashOf: [one, two],
                url: null,
              },
            ],
          },
        ],
      },
    });
    const worker = (await harness.stack.miniflare.getWorker("billhook")) as unknown as {
      queue(name: string, messages: object[]): Promise<unknown>;
    };
    const body = { deliveryId: (data as { id: string }).id };
    await worker.queue("billhook-deliveries", [{ id: randomUUID(), timestamp: new Date(), attempts: 1, body }]);
    await settled(harness.service, shop.id);
    expect(await commitOf(squashed)).toMatchObject({ same_work_evidence: "pull_request" });
    expect(await drafts()).toHaveLength(2);
  });

  test("what a rule left out is proposed once it is rewritten so that the rule lets it through, and then once", async () => {
    await owner.database
      .from("project_git_configs")
      .update({ exclude_patterns: ["^wip"] })
      .eq("project_id", owner.projectId);
    const before = head();
    const first = work("basket", "wip");
    await send({ before });
    const second = amend("-m", "Add the basket");
    await send({ before: first, forced: true });
    const third = amend("-m", "Add the basket to the shop");
    await send({ before: second, forced: true });
    const lines = await drafts();
    expect(lines.map(({ status }) => status)).toEqual(["rejected", "draft"]);
    expect(await commitOf(third)).toMatchObject({ same_work_as: (await commitOf(second))?.id });
  });

  test("two deliveries with the same work at the same moment make one draft", async () => {
    const before = head();
    const count = 12;
    for (let index = 0; index < count; index += 1) work(`part${index}`);
    const fork = await connect(harness, "github", {}, owner);
    const third = await connect(harness, "github", {}, owner);
    const bodies = await Promise.all([
      gitPush(git, { before }),
      gitPush(git, { before, repository: { id: 7002, full_name: "example/fork" } }),
      gitPush(git, { before, repository: { id: 7003, full_name: "example/third" } }),
    ]);
    await Promise.all([shop, fork, third].map((to, index) => deliverGithub(to, JSON.stringify(bodies[index]))));
    for (const to of [shop, fork, third]) {
      expect((await settled(harness.service, to.id)).map(({ status }) => status)).not.toContain("failed");
    }
    expect(await drafts()).toHaveLength(count);
  });

  test("is taken apart by a person who says that it is other work, once", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    const amended = amend("-m", "Add the other basket");
    await send({ before: first, forced: true });
    const id = (await commitOf(amended))?.id ?? "";
    const outsider = await signUpWithWorkspace(harness.stack);
    expect(await separateWork(outsider.database, id)).toMatchObject({ ok: false, error: { code: "not_found" } });
    const separated = await separateWork(owner.database, id);
    expect(separated).toMatchObject({ ok: true, value: { changed: [{}, {}] } });
    const lines = await drafts();
    expect(lines.map(({ commits }) => commits)).toMatchObject([
      [{ short_hash: first.slice(0, 7) }],
      [{ short_hash: amended.slice(0, 7) }],
    ]);
    expect(lines[1]).toMatchObject({ status: "draft", description: expect.stringContaining("other basket") });
    expect(lines[1]?.minutes).toBeGreaterThan(0);
    expect(await commitOf(amended)).toMatchObject({ same_work_as: null, status: "drafted" });
    expect(await separateWork(owner.database, id)).toMatchObject({ ok: false, error: { code: "wrong_state" } });
  });
});

describe("a suspicion", () => {
  const flagsOf = (line: { flags: unknown } | undefined): unknown => line?.flags;

  test("is raised where a host without author dates says that the push was forced and the message is the same", async () => {
    const before = head();
    const first = work("basket");
    await send({ before, plain: true });
    git.write("src/basket.ts", "another\n");
    amend();
    await send({ before: first, forced: true, plain: true });
    const lines = await drafts();
    expect(lines).toHaveLength(2);
    expect(flagsOf(lines[1])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: "possible_rewrite",
          short_hash: first.slice(0, 7),
          commit_id: (await commitOf(first))?.id,
        }),
      ]),
    );
  });

  test("is raised for a commit of the same second with other words, and not for one after another in one history", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    git.write("src/basket.ts", "another\n");
    amend("-m", "Something else altogether");
    await send({ before: first, forced: true });
    expect(flagsOf((await drafts())[1])).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: "possible_rewrite" })]),
    );
    const last = head();
    const at = { GIT_AUTHOR_DATE: "2026-04-01T10:00:00Z", GIT_COMMITTER_DATE: "2026-04-01T10:00:00Z" };
    for (const name of ["one", "two"]) {
      git.write(`${name}.txt`, `${name}\n`);
      git.git("add", "-A");
      git.gitWith(at, "commit", "-q", "-m", "Generate");
    }
    await send({ before: last });
    const lines = await drafts();
    expect(lines).toHaveLength(4);
    for (const line of lines.slice(2)) expect(JSON.stringify(line.flags)).not.toContain("possible_rewrite");
  });

  test("is raised where a change that was taken back is made once more", async () => {
    const before = head();
    const first = work("basket");
    git.gitWith(dated, "revert", "--no-edit", first);
    git.gitWith(dated, "cherry-pick", first);
    await send({ before, forced: false });
    const lines = await drafts();
    expect(lines).toHaveLength(3);
    expect(flagsOf(lines.find(({ commits }) => JSON.stringify(commits).includes(head().slice(0, 7))))).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: "possible_rewrite" })]),
    );
  });

  describe("where a branch is rewritten", () => {
    const twice = (): void => {
      git.write("src/basket.ts", "export const basket = [];\n");
      git.write("src/total.ts", "export const total = 0;\nexport const tax = 0;\n");
    };
    /** Takes the newest commit apart: its first file becomes a commit, then the rest. */
    const split = (...first: string[]): [string, string] => {
      git.git("reset", "-q", "--soft", "HEAD~1");
      git.git("reset", "-q");
      git.git("add", "src/basket.ts");
      git.gitWith({ ...dated, GIT_AUTHOR_DATE: "2026-03-03T08:00:00Z" }, "commit", "-q", ...first);
      const one = head();
      git.git("add", "-A");
      git.gitWith({ ...dated, GIT_AUTHOR_DATE: "2026-03-03T08:10:00Z" }, "commit", "-q", "-m", "Add the total");
      return [one, head()];
    };
    const wordsOf = (line: { description: string | null }): string =>
      /: (?<words>.*) \(/u.exec(line.description ?? "")?.groups?.["words"] ?? "";
    const suspects = ({ flags }: { flags: unknown }): string[] =>
      (flags as { code: string; short_hash: string }[])
        .filter(({ code }) => code === "possible_rewrite")
        .map((flag) => flag.short_hash);

    test("is raised for what is left of a commit that was split in two and billed before", async () => {
      const before = head();
      twice();
      const whole = git.commit("Add basket and total");
      await send({ before });
      const [line] = await drafts();
      await approveDrafts(owner.database, [line?.id ?? ""]);
      const [one] = split("-C", whole);
      await send({ before: whole, forced: true });
      expect(await commitOf(one)).toMatchObject({ same_work_evidence: "author_date" });
      const lines = await drafts();
      expect(lines.map(({ status }) => status)).toEqual(["approved", "draft"]);
      expect(lines.slice(1).map(suspects)).toEqual([[whole.slice(0, 7)]]);
    });

    test("is raised for both halves where neither kept date and words", async () => {
      const before = head();
      twice();
      const whole = git.commit("Add basket and total");
      await send({ before });
      split("-m", "Add the basket");
      git.write("src/other.ts", "other\n");
      git.commit("Add another thing");
      await send({ before: whole });
      const said = (await drafts()).map((line) => [wordsOf(line), ...suspects(line)]);
      expect(said.toSorted()).toEqual([
        ["Added another thing"],
        ["Added basket and total"],
        ["Added the basket", whole.slice(0, 7)],
        ["Added the total", whole.slice(0, 7)],
      ]);
    });

    test("is raised for a commit of the same files under another date and other words, and not for what comes after it", async () => {
      const before = head();
      const first = work("basket");
      await send({ before });
      git.write("src/basket.ts", "export const basket = [1, 2, 3];\n// sorted\n");
      amend("--reset-author", "-m", "Begin with a basket");
      git.write("src/basket.ts", "export const basket = [1, 2, 3].sort();\n// sorted\n");
      git.commit("Sort the basket");
      await send({ before: first });
      const said = (await drafts()).map((line) => [wordsOf(line), ...suspects(line)]);
      expect(said.toSorted()).toEqual([
        ["Added basket to the shop"],
        ["Began with a basket", first.slice(0, 7)],
        ["Sorted the basket"],
      ]);
    });

    test("is raised once where a host tells no lines: for the rewritten commit, and not for what comes after it", async () => {
      const before = head();
      const first = work("basket");
      await send({ before, plain: true });
      git.write("src/basket.ts", "another\n");
      amend();
      git.write("src/basket.ts", "and another\n");
      git.commit("Sort the basket");
      await send({ before: first, forced: true, plain: true });
      const said = (await drafts()).map((line) => [wordsOf(line), ...suspects(line)]);
      expect(said.filter((line) => line.length > 1)).toEqual([["Added basket to the shop", first.slice(0, 7)]]);
    });

    test("is not raised for work beside a commit that only moved", async () => {
      const before = head();
      const first = work("basket");
      await send({ before });
      git.git("reset", "-q", "--hard", before);
      git.write("src/basket.ts", "export const basket = null;\n");
      git.commit("Have a basket at all");
      git.gitWith(dated, "cherry-pick", "-X", "theirs", first);
      await send({ before: first, forced: true });
      expect((await drafts()).flatMap(suspects)).toEqual([]);
    });
  });

  test("is not raised by a common message on the same branch", async () => {
    const before = head();
    const first = work("basket", "wip");
    await send({ before, plain: true });
    work("total", "wip");
    await send({ before: first, forced: false, plain: true });
    const lines = await drafts();
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines.map(({ flags }) => flags))).not.toContain("possible_rewrite");
  });
});

describe("a revert", () => {
  test("is linked to what it takes back, and is billable", async () => {
    const before = head();
    const first = work("basket");
    await send({ before });
    git.gitWith(dated, "revert", "--no-edit", first);
    await send({ before: first, forced: false });
    expect(await drafts()).toHaveLength(2);
    expect(await linksOf(head())).toMatchObject([{ kind: "reverts", earlier: first }]);
  });

  test("is left out where the project says so, and can be brought back", async () => {
    await owner.database
      .from("project_git_configs")
      .update({ revert_rule: "ignore" })
      .eq("project_id", owner.projectId);
    const before = head();
    const first = work("basket");
    git.gitWith(dated, "revert", "--no-edit", first);
    await send({ before, forced: false });
    expect(await commitOf(head())).toMatchObject({ status: "ignored", ignored_rule: "revert" });
    expect((await drafts()).map(({ status }) => status).toSorted()).toEqual(["draft", "rejected"]);
  });
});
