import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, secret, type TrackerCase } from "../standins/trackers/cases.ts";
import type { TrackerStandin } from "../standins/trackers/server.ts";
import { callApi, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import { afterSchedule, caseOf, connectRepository, connectSystem, given, pushCommits, readDraft } from "./tracked.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
}, 60_000);
afterAll(() => harness.stop());

/** The system with tickets 1 to 9, connected to a workspace of its own. */
async function connected(of: TrackerCase, extra: Record<string, unknown> = {}) {
  const person = await signUpWithWorkspace(harness.stack);
  const standin = await of.start({ tokens: [secret] });
  for (let number = 1; number < 10; number += 1) {
    standin.add({ key: of.key(number), title: `Expired sessions stay signed in ${number}`, labels: ["client"] });
  }
  const own = { ...harness, owner: person };
  const tracker = await connectSystem(own, of, standin, extra);
  const repository = await connectRepository(own);
  const push = (...messages: string[]) =>
    pushCommits(
      own,
      repository,
      messages.map((message) => ({ message })),
    );
  return { own, standin, tracker, repository, push };
}

describe.each(cases)("$kind", (of) => {
  let system: Awaited<ReturnType<typeof connected>>;

  beforeAll(async () => {
    system = await connected(of);
  });
  afterAll(() => system.standin.close());

  it("is connected in the settings, and a push makes a draft with its ticket", async () => {
    const [draft] = await system.push(`Fix auth bug (${of.key(1)})`);
    expect(draft).toMatchObject({
      ticket_key: of.key(1),
      ticket_title: "Expired sessions stay signed in 1",
      ticket_state: "found",
      ticket_reason: null,
      ticket_is_done: false,
      status: "draft",
    });
    expect(draft?.description).toContain("Expired sessions stay signed in 1");
    const [kept] = await harness.stack.query<Record<string, unknown>>(
      "select ciphertext from public.host_grant_secrets s join public.tracker_connections c on c.grant_id = s.grant_id where c.id = $1",
      [system.tracker.id],
    );
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  it("is asked once for all the tickets of a push, and not again while they are fresh", async () => {
    system.standin.requests.splice(0);
    const messages = [2, 3, 4].map((number) => `Work on ${of.key(number)}`);
    await system.push(...messages);
    expect(system.standin.requests.length).toBeLessThanOrEqual(of.requests(3));
    system.standin.requests.splice(0);
    await system.push(`More work on ${of.key(2)}`, `More work on ${of.key(4)}`);
    expect(system.standin.requests).toEqual([]);
  });

  it("that refuses the token is not connected, and says what to do", async () => {
    const answer = await callApi(harness.stack, "POST", "/api/trackers", {
      token: system.own.owner.token,
      body: {
        workspace_id: system.own.owner.workspaceId,
        kind: of.kind,
        base_url: system.standin.url,
        ...(of.site === null ? {} : { site: of.site }),
        ...given(of.token("another")),
      },
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ field: "token" });
  });
});

describe("a ticket system that does not do what it should", () => {
  const of = caseOf("zendesk");
  let system: Awaited<ReturnType<typeof connected>>;
  let standin: TrackerStandin;
  let number = 100;

  beforeAll(async () => {
    system = await connected(of);
    ({ standin } = system);
  });
  afterAll(() => standin.close());

  /** A ticket nobody has asked for yet. */
  function fresh(title = "Expired sessions stay signed in"): string {
    number += 1;
    standin.add({ key: of.key(number), title });
    return of.key(number);
  }
  const recovered = (id: string) => {
    standin.heal();
    return afterSchedule(system.own, id, ({ ticket_state: state }) => state === "found");
  };
  const lets = () =>
    harness.stack.query(
      "update public.host_grants set waits_until = null, budget_reset_at = null, budget_remaining = null",
    );

  it("keeps a draft waiting three seconds at most, and fills it in later", async () => {
    const key = fresh();
    standin.fail({ kind: "slow", delayMs: 8000 });
    const began = Date.now();
    const [draft] = await system.push(`Fix it (${key})`);
    expect(Date.now() - began).toBeLessThan(6000);
    expect(draft).toMatchObject({
      ticket_key: key,
      ticket_state: "waiting",
      ticket_reason: "Zendesk is slow to answer.",
    });
    const after = await recovered(draft?.id ?? "");
    expect(after.description).toContain("Expired sessions");
    expect(after.ticket_reason).toBeNull();
  });

  it.each([
    ["is down", { kind: "error", status: 500 } as const, "Zendesk does not answer."],
    ["breaks the connection", { kind: "unreachable" } as const, "Zendesk does not answer."],
    [
      "asks for a pause",
      { kind: "rate-limited", retryAfterSeconds: 30 } as const,
      "The requests that Zendesk allows are used up for now.",
    ],
    ["answers nonsense", { kind: "nonsense" } as const, null],
    ["answers half a document", { kind: "cut-short" } as const, null],
    ["answers without end", { kind: "endless" } as const, null],
  ])("%s: the draft is there, says so, and is filled in later", async (_what, fault, words) => {
    await lets();
    const key = fresh();
    standin.fail(fault);
    const [draft] = await system.push(`Fix it (${key})`);
    expect(draft).toMatchObject({ ticket_key: key, status: "draft", ticket_title: null });
    expect(["waiting", "failed"]).toContain(draft?.ticket_state);
    if (words === null) expect(draft?.ticket_reason).toMatch(/^Zendesk /);
    else expect(draft?.ticket_reason).toBe(words);
    const { data } = await system.own.owner.database.rpc("approve_drafts", { p_ids: [draft?.id ?? ""] });
    expect(data).toMatchObject({ skipped: [] });
    await system.own.owner.database.rpc("unapprove_drafts", { p_ids: [draft?.id ?? ""] });
    expect((await recovered(draft?.id ?? "")).ticket_title).toBe("Expired sessions stay signed in");
  });

  it("takes a title of five megabytes for its beginning", async () => {
    await lets();
    const [draft] = await system.push(`Fix it (${fresh("x".repeat(5_000_000))})`);
    expect(["found", "waiting"]).toContain(draft?.ticket_state);
    expect((draft?.description ?? "").length).toBeLessThan(600);
    standin.tickets.pop();
  });

  it("shows no ticket that was deleted, and says so", async () => {
    await lets();
    const key = of.key(9999);
    const [draft] = await system.push(`Fix it (${key})`);
    expect(draft).toMatchObject({ ticket_key: key, ticket_state: "gone" });
    expect(draft?.ticket_reason).toContain(`shows no ${key}`);
  });

  it("that no longer lets Billhook in is told of once, and works again once it is connected again", async () => {
    await lets();
    const key = fresh();
    standin.fail({ kind: "revoked" });
    const [draft] = await system.push(`Fix it (${key})`);
    expect(draft?.ticket_reason).toContain("no longer lets Billhook in");
    const { workspaceId, database } = system.own.owner;
    const connections = await database.from("tracker_connections").select("problem").eq("workspace_id", workspaceId);
    expect(connections.data?.[0]?.problem).toContain("Connect it again under Settings");
    const told = await database
      .from("notifications")
      .select("kind")
      .eq("workspace_id", workspaceId)
      .eq("kind", "tracker_refused");
    expect(told.data).toHaveLength(1);
    standin.heal();
    await connectSystem(system.own, of, standin, { id: system.tracker.id });
    expect((await recovered(draft?.id ?? "")).ticket_title).not.toBeNull();
  });

  it("changes drafts that nobody touched, and no other", async () => {
    await lets();
    const key = fresh("The old title");
    const [first, second] = await system.push(`Fix it (${key})`, `Fix more of it (${key})`);
    await system.own.owner.database.rpc("update_drafts", {
      p_ids: [second?.id ?? ""],
      p_changes: { description: "My words" },
    });
    standin.touch(standin.ticket(key), { title: "The new title", status: "Solved", isDone: true });
    const moved = await afterSchedule(
      system.own,
      first?.id ?? "",
      ({ ticket_title: title }) => title === "The new title",
    );
    expect(moved.description).toContain("The new title");
    const touched = await readDraft(system.own, second?.id ?? "");
    expect(touched).toMatchObject({ description: "My words", ticket_title: "The new title" });
    // Looked at again, nothing changes: nobody is told of a change that is none.
    const { version } = await readDraft(system.own, first?.id ?? "");
    await afterSchedule(system.own, first?.id ?? "", () => true);
    expect((await readDraft(system.own, first?.id ?? "")).version).toBe(version);
  });
});
