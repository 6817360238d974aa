import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Harness, startHarness } from "./harness.ts";
import {
  commitsOf,
  connectHosted,
  deliveryThat,
  HOURLY,
  type Hosted,
  isDone,
  isWaiting,
  runEveryMinute,
  waitIsOver,
} from "./hosted.ts";

let harness: Harness;
const open: Hosted[] = [];
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
afterEach(async () => {
  for (const hosted of open.splice(0)) await hosted.close();
});

const hosted = async (
  ...args: Parameters<typeof connectHosted> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Hosted> => {
  const made = await connectHosted(harness, ...args);
  open.push(made);
  return made;
};
const baseline = (repositoryId: string) =>
  eventually("the branches to be known", async () => {
    const { data } = await harness.service.from("repository_heads").select("branch").eq("repository_id", repositoryId);
    return (data?.length ?? 0) > 0;
  });
const notices = async (subject: string): Promise<string[]> => {
  const { data } = await harness.owner.database.from("notifications").select("kind").eq("subject_id", subject);
  return data?.map(({ kind }) => kind) ?? [];
};
const readRepository = async (id: string) => {
  const { data, error } = await harness.service
    .from("repositories")
    .select("grant_id, host_error")
    .eq("id", id)
    .single();
  if (error !== null) throw new Error(error.message);
  return data;
};
const readGrant = async (id: string | null) => {
  const { data, error } = await harness.owner.database
    .from("host_grants")
    .select("kind, revoked_at, revoked_reason, budget_remaining, budget_limit")
    .eq("id", id ?? "")
    .single();
  if (error !== null) throw new Error(error.message);
  return data;
};

describe("a push with a token for the host", () => {
  test("gets the commits that the payload left out, with their lines, parents, dates and people", async () => {
    const { commit, push, repository } = await hosted("gitlab");
    const hashes = commit(45);
    await push();
    const delivery = await deliveryThat(harness, repository.id, isDone);
    expect(delivery).toMatchObject({ commits_recorded: 45, incomplete_reason: null });
    const commits = await commitsOf(harness, repository.id);
    expect(commits.map(({ hash }) => hash)).toEqual(hashes);
    for (const each of commits) {
      expect(each).toMatchObject({ source_additions: 1, author_email: "12345+ada@users.noreply.github.com" });
      expect(each.additions).toBeGreaterThan(1);
      expect(each.parents).toHaveLength(1);
      expect(each.authored_at).not.toBeNull();
    }
    expect(delivery.timings).toMatchObject({
      begun: expect.any(Number) as number,
      completed: expect.any(Number) as number,
      recorded: expect.any(Number) as number,
    });
  });

  test("keeps the author's own hours where the host gives dates in UTC", async () => {
    const { commit, push, repository } = await hosted("github");
    commit(1);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    const rows = await harness.stack.query<{ offset: number }>(
      "select authored_offset_minutes as offset from public.commits where repository_id = $1",
      [repository.id],
    );
    expect(rows).toEqual([{ offset: 120 }]);
  });

  test("spends the grant's budget as the host counts it", async () => {
    const { commit, push, repository, standin } = await hosted("github");
    await baseline(repository.id);
    commit(3);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    const grant = await readGrant((await readRepository(repository.id)).grant_id);
    expect(grant).toMatchObject({
      kind: "token",
      budget_limit: 5000,
      budget_remaining: 5000 - standin.requests.length,
    });
  });

  test("never shows the token: not in a table that people read, not encrypted either", async () => {
    const { repository } = await hosted("github");
    const { data, error } = await harness.owner.database.from("host_grants").select("*");
    expect(error).toBeNull();
    expect(JSON.stringify(data)).not.toContain("good-token");
    expect((await harness.owner.database.from("host_grant_secrets").select("*")).error?.code).toBe("42501");
    const stored = await harness.stack.query<{ ciphertext: string }>(
      "select s.ciphertext from public.host_grant_secrets s join public.repositories r on r.grant_id = s.grant_id where r.id = $1",
      [repository.id],
    );
    expect(stored[0]?.ciphertext).toMatch(/^[a-z0-9]+\.[\w-]+\.[\w-]+$/);
  });
});

describe("a host", () => {
  test("whose budget is used up delays the push, says so, and loses nothing", async () => {
    const { commit, push, repository } = await hosted("github", {
      rateLimit: { requests: 12, windowSeconds: 2 },
      withoutName: true,
    });
    commit(20);
    await push();
    const waiting = await deliveryThat(harness, repository.id, isWaiting);
    expect(waiting.wait_reason).toContain("used up");
    expect(Date.parse(waiting.waits_until ?? "")).toBeGreaterThan(Date.now() - 2_000);
    // Before the moment nothing is begun; after it, each sweep gets on.
    await eventually(
      "all of it",
      async () => {
        await runEveryMinute(harness);
        await new Promise((resolve) => setTimeout(resolve, 400));
        return (await commitsOf(harness, repository.id)).length === 20;
      },
      30_000,
    );
    const done = await deliveryThat(harness, repository.id, isDone);
    expect(done).toMatchObject({ incomplete_reason: null, waits_until: null, attempts: 1 });
    for (const each of await commitsOf(harness, repository.id)) expect(each.additions).toBeGreaterThan(0);
  }, 60_000);

  test("that is down delays the push, which is then recorded from the payload and completed when it is up again", async () => {
    const { commit, push, repository, standin } = await hosted("github");
    await baseline(repository.id);
    const [first, second] = commit(2);
    standin.fail({ kind: "unreachable" });
    await push();
    const waiting = await deliveryThat(harness, repository.id, isWaiting);
    expect(waiting.wait_reason).toContain("does not answer");
    for (let round = 0; round < 6; round += 1) {
      await waitIsOver(harness);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    const recorded = await deliveryThat(harness, repository.id, isDone);
    expect(recorded.incomplete_reason).toContain("does not answer");
    expect(await commitsOf(harness, repository.id)).toMatchObject([{ additions: null }, { additions: null }]);

    // One draft is touched by a person before the host is back.
    const [draft] = await harness.stack.query<{ id: string }>(
      `select l.draft_line_item_id as id from public.commit_draft_items l join public.commits c on c.id = l.commit_id
       where c.repository_id = $1 and c.hash = $2`,
      [repository.id, first],
    );
    const touched = draft?.id ?? "";
    const edited = await harness.owner.database.rpc("update_drafts", { p_ids: [touched], p_changes: { minutes: 77 } });
    expect(edited.error).toBeNull();
    standin.heal();
    await waitIsOver(harness);
    await eventually("the counts", async () =>
      (await commitsOf(harness, repository.id)).every(({ additions }) => additions !== null),
    );
    const { data: after } = await harness.service
      .from("draft_line_items")
      .select("id, minutes")
      .eq("repository_id", repository.id);
    expect(after?.find(({ id }) => id === touched)?.minutes).toBe(77);
    await deliveryThat(harness, repository.id, (delivery) => delivery.incomplete_reason === null);
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual([first, second]);
  }, 60_000);

  test("that is slow is waited for within bounds and does not hold up the pushes of others", async () => {
    const slow = await hosted("github");
    await baseline(slow.repository.id);
    const quick = await hosted("gitlab");
    slow.standin.fail({ kind: "slow", delayMs: 30_000 });
    slow.commit(1);
    quick.commit(1);
    await slow.push();
    await quick.push();
    const started = performance.now();
    await deliveryThat(harness, quick.repository.id, isDone);
    await deliveryThat(harness, slow.repository.id, isWaiting);
    expect(performance.now() - started).toBeLessThan(16_000);
    slow.standin.heal();
    await waitIsOver(harness);
    await deliveryThat(harness, slow.repository.id, isDone);
  }, 60_000);

  test("that lies about totals, or makes up pages, is not believed", async () => {
    const { commit, push, repository, standin } = await hosted("gitlab");
    standin.fail({ kind: "lying-totals" });
    const hashes = commit(30);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual(hashes);
  });

  test("that lists nothing of a push it cut short is asked again", async () => {
    const { commit, push, repository, standin } = await hosted("gitlab");
    standin.fail({ kind: "empty-lists" });
    const hashes = commit(30);
    await push();
    await deliveryThat(harness, repository.id, isWaiting);
    standin.heal();
    await waitIsOver(harness);
    await deliveryThat(harness, repository.id, isDone);
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual(hashes);
  });

  test("that revoked the grant is said once, with how to mend it; pushes are recorded from what they say", async () => {
    const { commit, push, repository, standin } = await hosted("github");
    await baseline(repository.id);
    standin.tokens.delete("good-token");
    commit(1);
    await push();
    const delivery = await deliveryThat(harness, repository.id, isDone);
    const { grant_id: grantId } = await readRepository(repository.id);
    const grant = await readGrant(grantId);
    expect(grant.revoked_at).not.toBeNull();
    expect(grant.revoked_reason).toContain("new access token");
    expect(delivery).toMatchObject({ commits_recorded: 1, incomplete_reason: grant.revoked_reason });
    expect(await notices(grantId ?? "")).toEqual(["grant_revoked"]);
    const asked = standin.requests.length;
    commit(1);
    await push();
    await eventually("the second", async () => (await commitsOf(harness, repository.id)).length === 2);
    expect(standin.requests.length).toBe(asked);

    standin.tokens.add("new-token");
    const answer = await fetch(`${harness.stack.appUrl}/api/repositories/${repository.id}/token`, {
      method: "POST",
      headers: { authorization: `Bearer ${harness.owner.token}`, "content-type": "application/json" },
      body: JSON.stringify({ access_token: "new-token" }),
    });
    expect(answer.status).toBe(200);
    expect(await notices(grantId ?? "")).toEqual([]);
    await runEveryMinute(harness);
    await eventually("the counts", async () =>
      (await commitsOf(harness, repository.id)).every(({ additions }) => additions !== null),
    );
  });

  test("that forbids one repository is said of the repository; the grant stays", async () => {
    const { commit, push, repository, standin } = await hosted("github");
    await baseline(repository.id);
    standin.repository("example/shop").canReadCommits = false;
    commit(1);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    const row = await readRepository(repository.id);
    if (row.host_error !== null) {
      expect((await readGrant(row.grant_id)).revoked_at).toBeNull();
      expect(await notices(repository.id)).toContain("grant_revoked");
    }
    expect(await commitsOf(harness, repository.id)).toHaveLength(1);
  });
});

describe("a webhook that never arrived", () => {
  test("is healed by the next push of the branch", async () => {
    const { commit, push, repository } = await hosted("github");
    await baseline(repository.id);
    const known = commit(1);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    const missed = commit(3);
    await push({ lost: true });
    const next = commit(1);
    await push();
    await eventually("the gap", async () => (await commitsOf(harness, repository.id)).length === 5);
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash)).toEqual([...known, ...missed, ...next]);
  });

  test("is healed by the hourly comparison of branches, on a branch made meanwhile too", async () => {
    const { clone, commit, push, repository, standin } = await hosted("gitlab");
    await baseline(repository.id);
    const missed = commit(25);
    await push({ lost: true });
    clone.git("checkout", "-q", "-b", "feature/basket");
    const onBranch = commit(2, "Basket");
    clone.git("checkout", "-q", "main");
    await harness.stack.query("update public.repositories set created_at = now() - interval '2 hours' where id = $1", [
      repository.id,
    ]);
    await harness.stack.query("update public.repositories set reconciled_at = null where id = $1", [repository.id]);
    await harness.stack.runCron(HOURLY);
    await eventually("the missed", async () => (await commitsOf(harness, repository.id)).length === 27);
    expect((await commitsOf(harness, repository.id)).map(({ hash }) => hash).toSorted()).toEqual(
      [...missed, ...onBranch].toSorted(),
    );

    await deliveryThat(
      harness,
      repository.id,
      ({ origin, status }) => origin === "reconciliation" && status === "done",
    );
    const asked = standin.requests.length;
    await harness.stack.runCron(HOURLY);
    expect(standin.requests.length).toBe(asked);
  });

  test("leaves the history before the connection alone", async () => {
    const { repository } = await hosted("github", { commits: 5 });
    await baseline(repository.id);
    await harness.stack.query(
      "update public.repositories set created_at = now() - interval '2 hours', reconciled_at = null where id = $1",
      [repository.id],
    );
    await harness.stack.runCron(HOURLY);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await commitsOf(harness, repository.id)).toEqual([]);
  });

  test("arriving late after all, out of order, changes nothing", async () => {
    const { clone, commit, push, repository, standin } = await hosted("github");
    await baseline(repository.id);
    const start = clone.git("rev-parse", "main");
    commit(2);
    const middle = clone.git("rev-parse", "main");
    await push({ lost: true });
    commit(1);
    await push();
    await eventually("the gap", async () => (await commitsOf(harness, repository.id)).length === 3);
    await standin.push({
      repository: "example/shop",
      changes: [{ ref: "refs/heads/main", before: start, after: middle }],
    });
    await deliveryThat(harness, repository.id, (delivery) => isDone(delivery) && delivery.commits_recorded === 0);
    expect(await commitsOf(harness, repository.id)).toHaveLength(3);
  });

  test("and without a token is remembered, until one is there to ask with", async () => {
    const { commit, push, repository, standin } = await hosted("github", { token: null });
    commit(1);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    commit(2);
    await push({ lost: true });
    commit(1);
    await push();
    await eventually("the push", async () => (await commitsOf(harness, repository.id)).length === 2);
    const { data } = await harness.service
      .from("repository_heads")
      .select("gap_from")
      .eq("repository_id", repository.id);
    expect(data?.[0]?.gap_from).not.toBeNull();
    expect(standin.requests).toEqual([]);
    const answer = await fetch(`${harness.stack.appUrl}/api/repositories/${repository.id}/token`, {
      method: "POST",
      headers: { authorization: `Bearer ${harness.owner.token}`, "content-type": "application/json" },
      body: JSON.stringify({ access_token: "good-token" }),
    });
    expect(answer.status).toBe(200);
    await eventually("the gap", async () => (await commitsOf(harness, repository.id)).length === 4);
  });
});
