import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Gate, openGate } from "./gate.ts";
import {
  callApi,
  connect,
  type ConnectedRepository,
  deliverGithub,
  eventually,
  type ExampleCommit,
  githubPush,
  type Harness,
  hmac,
  settled,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

const SWEEP = "* * * * *";

let gate: Gate;
let harness: Harness;
beforeAll(async () => {
  gate = await openGate();
  // The queue's own retries wait longer than these tests; the sweep takes what is a second old.
  harness = await startHarness({ bindings: { SUPABASE_URL: gate.url, SWEEP_AFTER_SECONDS: "1" } });
  gate.target = harness.stack.supabaseUrl;
});
afterAll(async () => {
  await harness.stop();
  await gate.close();
});
beforeEach(() => {
  gate.passage = () => "open";
});

const push = (repository: ConnectedRepository, commits: ExampleCommit[], headers: Record<string, string> = {}) =>
  deliverGithub(repository, JSON.stringify(githubPush(commits)), headers);

const isBegin = (path: string): boolean => path.includes("/rpc/begin_deliveries");

async function countDrafts(repositoryId: string): Promise<number> {
  const { count } = await harness.service
    .from("draft_line_items")
    .select("*", { count: "exact", head: true })
    .eq("repository_id", repositoryId);
  return count ?? -1;
}

async function countDeliveries(repositoryId: string): Promise<number> {
  const { count } = await harness.service
    .from("webhook_deliveries")
    .select("*", { count: "exact", head: true })
    .eq("repository_id", repositoryId);
  return count ?? -1;
}

/** Sweeps until nothing of the connection waits any more. */
async function sweepUntilSettled(repositoryId: string) {
  await eventually("the sweep to finish everything", async () => {
    await harness.stack.runCron(SWEEP);
    const { count } = await harness.service
      .from("webhook_deliveries")
      .select("*", { count: "exact", head: true })
      .eq("repository_id", repositoryId)
      .eq("status", "accepted");
    return count === 0;
  });
  return settled(harness.service, repositoryId);
}

/** A stored delivery that the queue was never told of, with any payload. */
async function storeDelivery(repository: ConnectedRepository, payload: object): Promise<string> {
  const { data, error } = await harness.service.rpc("accept_delivery", {
    p_repository_id: repository.id,
    p_delivery_id: randomUUID(),
    p_event: "push",
    p_verdict: "push",
    p_payload: JSON.parse(JSON.stringify(payload)),
  });
  if (error !== null) throw new Error(error.message);
  return (data as { id: string }).id;
}

const normalisedPush = (commits: { hash?: string; message: string }[]) => ({
  provider: "github",
  repository: { externalId: "7001", name: "example/shop", url: null, defaultBranch: "main" },
  pusher: null,
  changes: [
    {
      ref: "refs/heads/main",
      branch: "main",
      before: null,
      after: null,
      forced: false,
      truncated: false,
      commits: commits.map(({ hash, message }) => ({
        hash: hash ?? (randomUUID() + randomUUID()).replaceAll("-", "").slice(0, 40),
        message,
        parents: null,
        author: { name: "Dev One", email: "dev.one@example.com", username: null },
        committer: null,
        authoredAt: null,
        committedAt: "2026-03-02T10:15:00+01:00",
        files: null,
        url: null,
      })),
    },
  ],
});

type QueueRunner = {
  queue(
    name: string,
    messages: { id: string; timestamp: Date; attempts: number; body: unknown }[],
  ): Promise<{ outcome: string; retryMessages: unknown[]; explicitAcks: string[]; ackAll: boolean }>;
};

/** Hands messages to the Worker's queue handler, as the queue does. */
async function runQueue(name: string, deliveryIds: string[], attempts = 1) {
  const worker = (await harness.stack.miniflare.getWorker("billhook")) as unknown as QueueRunner;
  return worker.queue(
    name,
    deliveryIds.map((deliveryId) => ({ id: randomUUID(), timestamp: new Date(), attempts, body: { deliveryId } })),
  );
}

/** `OUTAGE_SECONDS=60` takes the database away for a minute. */
const OUTAGE_MS = Number(process.env["OUTAGE_SECONDS"] ?? 2) * 1000;

describe("the database away", () => {
  test("a push is answered 503 with Retry-After and not kept; those accepted before come through when it is back", async () => {
    const repository = await connect(harness, "github");
    gate.passage = (path) => (isBegin(path) ? "refuse" : "open");
    const before = await Promise.all(Array.from({ length: 20 }, () => push(repository, [{}, {}])));
    expect(new Set(before.map((answer) => answer.status))).toEqual(new Set([202]));

    gate.passage = () => "refuse";
    for (const until = performance.now() + OUTAGE_MS; performance.now() < until;) {
      const meanwhile = await Promise.all(Array.from({ length: 5 }, () => push(repository, [{}])));
      for (const answer of meanwhile) {
        expect(answer.status).toBe(503);
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(answer.headers.get("content-type")).toBe("application/problem+json");
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
    expect(await countDeliveries(repository.id)).toBe(20);

    gate.passage = () => "open";
    const settledDeliveries = await sweepUntilSettled(repository.id);
    expect(settledDeliveries.map((row) => row.status)).toEqual(Array.from({ length: 20 }, () => "done"));
    expect(await countDrafts(repository.id)).toBe(40);
  }, 180_000);

  test("a push sent again after a 503 is accepted and billed once", async () => {
    const repository = await connect(harness, "github");
    const body = JSON.stringify(githubPush([{}]));
    const headers = { "x-github-delivery": randomUUID() };
    gate.passage = (path) => (path.includes("/rpc/accept_deliveries") ? "refuse" : "open");
    expect((await deliverGithub(repository, body, headers)).status).toBe(503);
    gate.passage = () => "open";
    expect((await deliverGithub(repository, body, headers)).status).toBe(202);
    await settled(harness.service, repository.id);
    expect(await countDrafts(repository.id)).toBe(1);
  });

  test("a database that does not answer is a 503 before the host gives up after ten seconds", async () => {
    const repository = await connect(harness, "github");
    gate.passage = () => "hang";
    const started = performance.now();
    const answer = await push(repository, [{}]);
    expect(answer.status).toBe(503);
    expect(performance.now() - started).toBeLessThan(9_500);
  });

  test("the API says that it is unavailable instead of failing", async () => {
    gate.passage = () => "refuse";
    const body = { project_id: harness.owner.projectId, provider: "github" };
    const answer = await callApi(harness.stack, "POST", "/api/repositories", { token: harness.owner.token, body });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).not.toBeNull();
  });
});

describe("the queue", () => {
  test("that was never told of a delivery is told by the sweep", async () => {
    const repository = await connect(harness, "github");
    await storeDelivery(repository, normalisedPush([{ message: "Nobody told the queue" }]));
    expect(await sweepUntilSettled(repository.id)).toMatchObject([{ status: "done", drafts_created: 1 }]);
  });

  test("that tells of a delivery many times, at once and later, makes its drafts once", async () => {
    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, normalisedPush([{ message: "One" }, { message: "Two" }]));
    await Promise.all(Array.from({ length: 10 }, () => runQueue("billhook-deliveries", [id, id])));
    const later = await runQueue("billhook-deliveries", [id]);
    expect(later).toMatchObject({ outcome: "ok", retryMessages: [] });
    expect(await countDrafts(repository.id)).toBe(2);
    const { data } = await harness.service.from("notifications").select("occurrences").eq("subject_id", repository.id);
    expect(data).toEqual([{ occurrences: 2 }]);
  });

  test("that repeats a delivery of which nothing is known is not made to repeat it for ever", async () => {
    expect(await runQueue("billhook-deliveries", [randomUUID()])).toMatchObject({ outcome: "ok", retryMessages: [] });
  });

  test("gets its whole batch back while the database is away", async () => {
    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, normalisedPush([{ message: "Wait for the database" }]));
    gate.passage = () => "refuse";
    expect((await runQueue("billhook-deliveries", [id])).retryMessages).toHaveLength(1);
    gate.passage = () => "open";
    expect(await runQueue("billhook-deliveries", [id])).toMatchObject({ retryMessages: [] });
    expect(await countDrafts(repository.id)).toBe(1);
  });

  test("that gives up leaves the delivery failed, told to the workspace, and replayable", async () => {
    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, normalisedPush([{ message: "Given up on" }]));
    expect(await runQueue("billhook-dead-letters", [id])).toMatchObject({ outcome: "ok", retryMessages: [] });
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "failed" }]);
    const { data } = await harness.owner.database.from("notifications").select("kind").eq("subject_id", repository.id);
    expect(data).toEqual([{ kind: "delivery_failed" }]);

    const answer = await callApi(harness.stack, "POST", "/api/deliveries/replay", {
      token: harness.owner.token,
      body: { ids: [id] },
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ replayed: [id] });
    await eventually("the replay", async () => (await countDrafts(repository.id)) === 1);
  });

  test("keeps its dead letters while the database is away", async () => {
    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, normalisedPush([{ message: "Away" }]));
    gate.passage = () => "refuse";
    const outcome = await runQueue("billhook-dead-letters", [id]);
    expect(outcome).toMatchObject({ ackAll: false });
    gate.passage = () => "open";
    await runQueue("billhook-dead-letters", [id]);
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "failed" }]);
  });
});

describe("a delivery", () => {
  test("that arrives 50 times at once is stored once, answered alike and billed once", async () => {
    const repository = await connect(harness, "github");
    const body = JSON.stringify(githubPush([{}, {}]));
    const headers = { "x-github-delivery": randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const answer = await deliverGithub(repository, body, headers);
        return { status: answer.status, body: await answer.text() };
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    await settled(harness.service, repository.id);
    expect(await countDeliveries(repository.id)).toBe(1);
    expect(await countDrafts(repository.id)).toBe(2);
  });

  test.each([
    ["cannot be read", { changes: 5 }],
    ["cannot be written", normalisedPush([{ hash: "no hash", message: "A hash that no column takes" }])],
  ])("that %s does not hold up the others of its batch", async (_name, payload) => {
    const [poisoned, healthy] = await Promise.all([connect(harness, "github"), connect(harness, "github")]);
    const bad = await storeDelivery(poisoned, payload);
    const good = await Promise.all(
      Array.from({ length: 5 }, () => storeDelivery(healthy, normalisedPush([{ message: "Healthy" }]))),
    );
    const outcome = await runQueue("billhook-deliveries", [good[0] ?? "", bad, ...good.slice(1)]);
    expect(outcome.retryMessages).toHaveLength(1);
    expect(await countDrafts(healthy.id)).toBe(5);
    const { data } = await harness.service.from("webhook_deliveries").select("status, attempts, error").eq("id", bad);
    expect(data).toMatchObject([{ status: "accepted", attempts: 1 }]);
    expect(data?.[0]?.error).toBeTruthy();
  });

  test("that keeps failing ends as failed after its attempts, is told once, and comes through when replayed mended", async () => {
    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, { changes: 5 });
    for (let attempt = 1; attempt < 10; attempt += 1) {
      expect((await runQueue("billhook-deliveries", [id], attempt)).retryMessages).toHaveLength(1);
    }
    expect(await runQueue("billhook-deliveries", [id], 10)).toMatchObject({ outcome: "ok", retryMessages: [] });
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "failed", attempts: 10 }]);
    const { data: told } = await harness.owner.database
      .from("notifications")
      .select("kind, occurrences, body")
      .eq("subject_id", repository.id);
    expect(told).toMatchObject([{ kind: "delivery_failed", occurrences: 1 }]);
    expect(told?.[0]?.body).not.toContain("TypeError");

    const outsider = await signUpWithWorkspace(harness.stack);
    const asOutsider = await callApi(harness.stack, "POST", "/api/deliveries/replay", {
      token: outsider.token,
      body: { ids: [id] },
    });
    expect(await asOutsider.json()).toEqual({ replayed: [] });

    await harness.stack.query("update public.webhook_deliveries set payload = $2 where id = $1", [
      id,
      normalisedPush([{ message: "Mended" }]),
    ]);
    const answer = await callApi(harness.stack, "POST", "/api/deliveries/replay", {
      token: harness.owner.token,
      body: { ids: [id] },
    });
    expect(answer.status).toBe(202);
    await eventually("the replay", async () => (await countDrafts(repository.id)) === 1);
    expect(await settled(harness.service, repository.id)).toMatchObject([{ status: "done" }]);
  });

  test("that arrives before an earlier one of the same branch makes the same drafts", async () => {
    const repository = await connect(harness, "github");
    const first = githubPush([{ message: "First" }]);
    const second = { ...githubPush([{ message: "Second" }]), before: first.after };
    expect((await deliverGithub(repository, JSON.stringify(second))).status).toBe(202);
    expect((await deliverGithub(repository, JSON.stringify(first))).status).toBe(202);
    await eventually("both", async () => (await countDrafts(repository.id)) === 2);
  });
});

describe("pushes that arrive at the same moment", () => {
  /** Questions about accepting, as the database heard them. */
  const countQuestions = (): (() => number) => {
    let count = 0;
    gate.passage = (path) => {
      if (/\/rpc\/(?:webhook_targets|accept_deliveries)/u.test(path)) count += 1;
      return "open";
    };
    return () => count;
  };
  const statusesOf = async (answers: Promise<Response>[]): Promise<number[]> =>
    (await Promise.all(answers)).map(({ status }) => status);

  test("share their questions to the database, and each is answered and recorded for itself", async () => {
    const repositories = await Promise.all(Array.from({ length: 4 }, () => connect(harness, "github")));
    const questions = countQuestions();
    const answers = await Promise.all(
      repositories.flatMap((repository) =>
        Array.from({ length: 15 }, async () => {
          const answer = await push(repository, [{}]);
          return { status: answer.status, id: ((await answer.json()) as { id: string }).id };
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(60);
    expect(questions()).toBeLessThan(60);
    for (const repository of repositories) {
      await settled(harness.service, repository.id);
      expect(await countDrafts(repository.id)).toBe(15);
    }
  });

  test("are not failed by one among them that cannot be stored", async () => {
    const [healthy, poisoned] = await Promise.all([connect(harness, "github"), connect(harness, "github")]);
    await harness.stack.query(
      "alter table public.webhook_deliveries add constraint no_poison check (delivery_id <> 'poison')",
    );
    const answers = await statusesOf([
      ...Array.from({ length: 10 }, () => push(healthy, [{}])),
      push(poisoned, [{}], { "x-github-delivery": "poison" }),
      ...Array.from({ length: 10 }, () => push(healthy, [{}])),
    ]);
    await harness.stack.query("alter table public.webhook_deliveries drop constraint no_poison");
    expect(answers.toSpliced(10, 1)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(answers[10]).toBe(400);
    await settled(harness.service, healthy.id);
    expect(await countDrafts(healthy.id)).toBe(20);
    expect(await countDeliveries(poisoned.id)).toBe(0);
  });

  test("are accepted where the one that asks for all hangs up", async () => {
    const repository = await connect(harness, "github");
    const impatient = new AbortController();
    const gone = Array.from({ length: 5 }, () => {
      const body = JSON.stringify(githubPush([{}]));
      return fetch(repository.webhook_url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-github-event": "push",
          "x-github-delivery": randomUUID(),
          "x-hub-signature-256": `sha256=${hmac(repository.webhook_secret, body)}`,
        },
        body,
        signal: impatient.signal,
      }).catch(() => null);
    });
    // Long enough that they are under way, too short for an answer.
    gate.passage = (path) => {
      if (path.includes("/rpc/accept_deliveries")) impatient.abort();
      return "open";
    };
    const stayed = Array.from({ length: 15 }, () => push(repository, [{}]));
    expect(new Set(await statusesOf(stayed))).toEqual(new Set([202]));
    await Promise.all(gone);
    await sweepUntilSettled(repository.id);
    expect(await countDrafts(repository.id)).toBeGreaterThanOrEqual(15);
  });

  test("are told to come again, all of them, while the database is away, and none is kept", async () => {
    const repository = await connect(harness, "github");
    gate.passage = (path) => (path.includes("/rpc/accept_deliveries") ? "refuse" : "open");
    const answers = await statusesOf(Array.from({ length: 30 }, () => push(repository, [{}])));
    expect(new Set(answers)).toEqual(new Set([503]));
    expect(await countDeliveries(repository.id)).toBe(0);
  });
});

describe("replaying", () => {
  test("needs a session, ids, and a role that works the inbox", async () => {
    const replay = (token: string | undefined, body: unknown) =>
      callApi(harness.stack, "POST", "/api/deliveries/replay", { ...(token === undefined ? {} : { token }), body });
    expect((await replay(undefined, { ids: [randomUUID()] })).status).toBe(401);
    expect((await replay(harness.owner.token, { ids: [] })).status).toBe(422);
    expect((await replay(harness.owner.token, { ids: ["one"] })).status).toBe(422);

    const repository = await connect(harness, "github");
    const id = await storeDelivery(repository, normalisedPush([{ message: "Given up on" }]));
    await runQueue("billhook-dead-letters", [id]);
    const viewer = await signUpWithWorkspace(harness.stack);
    await harness.stack.query(
      `insert into public.members (workspace_id, user_id, role, display_name)
       select $1, user_id, 'viewer', 'Looks only' from public.members where workspace_id = $2`,
      [harness.owner.workspaceId, viewer.workspaceId],
    );
    expect((await replay(viewer.token, { ids: [id] })).status).toBe(403);
  });
});
