import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Clone, makeLongHistory } from "../standins/forge/histories.ts";
import { callApi, eventually, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import { commitsOf, connectHosted, deliveryThat, type Hosted, isDone, runEveryMinute, waitIsOver } from "./hosted.ts";

let harness: Harness;
const open: Hosted[] = [];
beforeAll(async () => {
  harness = await startHarness();
});
// A workspace for each: the same commits in another repository of one workspace are the same work.
beforeEach(async () => {
  harness.owner = await signUpWithWorkspace(harness.stack);
});
afterAll(() => harness.stop());
afterEach(async () => {
  for (const hosted of open.splice(0)) await hosted.close();
});

async function hosted(
  count: number,
  options: Parameters<typeof connectHosted>[2] = {},
): Promise<Hosted & { hashes: string[] }> {
  const { clone, hashes } = makeLongHistory(count);
  const made = await connectHosted(harness, "github", { clone, ...options });
  open.push(made);
  return { ...made, hashes };
}

const ask = (path: string, body?: unknown, token = harness.owner.token): Promise<Response> =>
  callApi(harness.stack, "POST", path, { token, ...(body === undefined ? {} : { body }) });

async function startImport(repositoryId: string, body: object): Promise<string> {
  const answer = await ask(`/api/repositories/${repositoryId}/imports`, body);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function readImport(id: string) {
  const { data, error } = await harness.owner.database
    .from("import_jobs")
    .select("status, found, imported, skipped, skipped_reasons, pages, error, waits_until, cursor")
    .eq("id", id)
    .single();
  if (error !== null) throw new Error(error.message);
  return data;
}
const ended = (id: string, withinMs = 30_000) =>
  eventually(
    "the import to end",
    async () => {
      const job = await readImport(id);
      return ["done", "failed", "stopped"].includes(job.status) ? job : null;
    },
    withinMs,
  );

async function countDrafts(repositoryId: string): Promise<number> {
  const { count } = await harness.service
    .from("draft_line_items")
    .select("*", { count: "exact", head: true })
    .eq("repository_id", repositoryId);
  return count ?? -1;
}

describe("an import", () => {
  test("of all history makes a draft of each commit, and says how far it is", async () => {
    const { repository, hashes } = await hosted(250);
    const id = await startImport(repository.id, { as: "drafts" });
    expect(await ended(id)).toMatchObject({
      status: "done",
      found: 250,
      imported: 250,
      skipped: 0,
      pages: 3,
      error: null,
    });
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual(hashes);
    expect(await countDrafts(repository.id)).toBe(250);
  });

  test("again passes over what is there, and says why", async () => {
    const { repository } = await hosted(120);
    await ended(await startImport(repository.id, { as: "drafts", last: 50 }));
    expect(await ended(await startImport(repository.id, { as: "drafts" }))).toMatchObject({
      found: 120,
      imported: 70,
      skipped: 50,
      skipped_reasons: { known: 50 },
    });
    expect(await countDrafts(repository.id)).toBe(120);
  });

  test("of the last commits, or since a date, takes no more than those", async () => {
    const { repository, hashes } = await hosted(130);
    await ended(await startImport(repository.id, { as: "drafts", last: 101 }));
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual(hashes.slice(-101));
    harness.owner = await signUpWithWorkspace(harness.stack);
    const other = await hosted(130);
    // Commits are ten minutes apart, from the first of January on.
    expect(
      await ended(await startImport(other.repository.id, { as: "drafts", since: "2025-01-01T20:00:00Z" })),
    ).toMatchObject({ found: 11 });
  });

  test("as billed proposes nothing, and what is pushed again of it is not proposed either", async () => {
    const { repository, standin, clone } = await hosted(60);
    expect(await ended(await startImport(repository.id, { as: "billed" }))).toMatchObject({ imported: 60 });
    expect(await countDrafts(repository.id)).toBe(0);
    const commits = await commitsOf(harness, repository.id);
    expect(new Set(commits.map(({ status }) => status))).toEqual(new Set(["invoiced"]));
    const after = clone.git("rev-parse", "main");
    await standin.push({
      repository: "example/shop",
      changes: [{ ref: "refs/heads/again", before: clone.git("rev-parse", "main~5"), after }],
    });
    await deliveryThat(harness, repository.id, isDone);
    expect(await countDrafts(repository.id)).toBe(0);
  });

  test("can be stopped and goes on where it was", async () => {
    const { repository, hashes } = await hosted(600, { latencyMs: 150 });
    const id = await startImport(repository.id, { as: "drafts" });
    await eventually("the first page", async () => (await readImport(id)).pages > 0);
    expect((await ask(`/api/imports/${id}/stop`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const stopped = await readImport(id);
    expect(stopped.status).toBe("stopped");
    expect(stopped.found).toBeLessThan(600);
    expect(await commitsOf(harness, repository.id)).toHaveLength(stopped.imported);
    expect((await ask(`/api/imports/${id}/resume`)).status).toBe(202);
    expect(await ended(id)).toMatchObject({ status: "done", found: 600, imported: 600, skipped: 0 });
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual(hashes);
    expect((await ask(`/api/imports/${id}/resume`)).status).toBe(409);
  });

  test("waits where the host's budget is used up, says so, and loses its place to nobody", async () => {
    const { repository } = await hosted(450, { rateLimit: { requests: 8, windowSeconds: 3 } });
    const id = await startImport(repository.id, { as: "billed" });
    const waiting = await eventually("the wait", async () => {
      const job = await readImport(id);
      return job.status === "waiting" ? job : null;
    });
    expect(waiting.error).toContain("used up");
    await eventually(
      "the rest",
      async () => {
        await runEveryMinute(harness);
        return (await readImport(id)).status === "done";
      },
      30_000,
    );
    expect(await readImport(id)).toMatchObject({ found: 450, imported: 450, skipped: 0 });
  }, 45_000);

  test("waits where the host is down, and is taken up by the sweep", async () => {
    const { repository, standin } = await hosted(150);
    standin.fail({ kind: "error", status: 502 });
    const id = await startImport(repository.id, { as: "drafts" });
    await eventually("the wait", async () => (await readImport(id)).status === "waiting");
    standin.heal();
    await waitIsOver(harness);
    expect(await ended(id)).toMatchObject({ status: "done", imported: 150 });
  });

  test("whose grant was revoked fails with words, and goes on with a new token", async () => {
    const { repository, standin } = await hosted(30);
    await eventually("the branches to be known", async () => standin.requests.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    standin.tokens.clear();
    const id = await startImport(repository.id, { as: "drafts" });
    const failed = await ended(id);
    expect(failed).toMatchObject({ status: "failed" });
    expect(failed.error).toContain("new access token");
    standin.tokens.add("second-token");
    expect((await ask(`/api/repositories/${repository.id}/token`, { access_token: "second-token" })).status).toBe(200);
    expect((await ask(`/api/imports/${id}/resume`)).status).toBe(202);
    expect(await ended(id)).toMatchObject({ status: "done", imported: 30 });
  });

  test("is given line counts afterwards, and its untouched drafts the estimates that follow", async () => {
    const { repository } = await hosted(40);
    await ended(await startImport(repository.id, { as: "drafts" }));
    expect((await commitsOf(harness, repository.id)).every(({ additions }) => additions === null)).toBe(true);
    await eventually(
      "the counts",
      async () => {
        await runEveryMinute(harness);
        return (await commitsOf(harness, repository.id)).every(({ additions }) => additions !== null);
      },
      30_000,
    );
    await deliveryThat(harness, repository.id, ({ incomplete_reason: reason }) => reason === null);
  }, 45_000);
});

describe("asking for an import", () => {
  test("needs a manager, a token that works, and no other import of the repository", async () => {
    const { repository } = await hosted(300, { latencyMs: 300 });
    const outsider = await signUpWithWorkspace(harness.stack);
    const path = `/api/repositories/${repository.id}/imports`;
    expect((await ask(path, { as: "drafts" }, outsider.token)).status).toBe(404);
    expect((await callApi(harness.stack, "POST", path, { body: { as: "drafts" } })).status).toBe(401);
    expect((await ask(path, { as: "everything" })).status).toBe(422);
    expect((await ask(path, { as: "drafts", last: 5, since: "2026-01-01" })).status).toBe(422);
    expect((await ask(path, { as: "drafts", since: "yesterday" })).status).toBe(422);
    const id = await startImport(repository.id, { as: "drafts" });
    expect((await ask(path, { as: "drafts" })).status).toBe(409);
    expect((await ask(`/api/imports/${id}/stop`, undefined, outsider.token)).status).toBe(404);
    expect((await outsider.database.from("import_jobs").select("id")).data).toEqual([]);
    expect((await ask(`/api/imports/${id}/stop`)).status).toBe(200);

    const clone = new Clone();
    const without = await connectHosted(harness, "github", {
      clone: (clone.write("a", "a"), clone.commit("One", "2026-03-02T10:00:00Z"), clone),
      token: null,
    });
    open.push(without);
    const refused = await ask(`/api/repositories/${without.repository.id}/imports`, { as: "drafts" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ field: "access_token" });
  });
});
