import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { secret } from "../standins/trackers/cases.ts";
import type { TrackerStandin } from "../standins/trackers/server.ts";
import { secondsLogged } from "../standins/trackers/ticket.ts";
import { callApi, eventually, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import {
  afterSchedule,
  caseOf,
  connectRepository,
  type ConnectedTracker,
  connectSystem,
  draftsOf,
  pushCommits,
  readDraft,
  setRules,
  SWEEP,
} from "./tracked.ts";

let harness: Harness;
let standin: TrackerStandin;
let tracker: ConnectedTracker;
let push: (...messages: string[]) => ReturnType<typeof pushCommits>;
const jira = caseOf("jira");

/** Off, as a project begins. */
const noRules = {
  tickets_only: false,
  billable_labels: [],
  nonbillable_labels: [],
  done_tickets_only: false,
  epic_rule: "group",
  logged_time_rule: "evidence",
  write_worklogs: false,
};

beforeAll(async () => {
  harness = await startHarness();
  harness.owner = await signUpWithWorkspace(harness.stack);
  standin = await jira.start({ tokens: [secret] });
  standin.add({
    key: "SHOP-1",
    title: "Sell gift cards",
    epic: { key: "SHOP-100", title: "Gift cards" },
    labels: ["client"],
  });
  tracker = await connectSystem(harness, jira, standin);
  const repository = await connectRepository(harness);
  push = (...messages) =>
    pushCommits(
      harness,
      repository,
      messages.map((message) => ({ message, hash: randomUUID().replaceAll("-", "").padEnd(40, "0") })),
    );
}, 60_000);
afterAll(async () => {
  await harness.stop();
  await standin.close();
});
beforeEach(() => setRules(harness, noRules));

let number = 1;
function ticket(facts: Partial<Parameters<TrackerStandin["add"]>[0]> = {}): string {
  number += 1;
  const key = `SHOP-${number}`;
  standin.add({ key, title: `Ticket number ${number}`, ...facts });
  return key;
}

describe("a project's rules for tickets", () => {
  it("leave out commits without a ticket, which can be brought back", async () => {
    await setRules(harness, { tickets_only: true });
    const [without, named] = await push("Tidy up", "Tidy up SHOP-1");
    expect(without).toMatchObject({ status: "rejected" });
    expect(named).toMatchObject({ status: "draft", ticket_key: "SHOP-1" });
    await harness.owner.database.rpc("restore_drafts", { p_ids: [without?.id ?? ""] });
    expect((await readDraft(harness, without?.id ?? "")).status).toBe("draft");
  });

  it("bill tickets by their labels, and say which label decided", async () => {
    await setRules(harness, { billable_labels: ["client"], nonbillable_labels: ["internal"] });
    const internal = ticket({ labels: ["client", "Internal"] });
    const none = ticket();
    const [billed, unbilled, unlabelled] = await push("Work on SHOP-1", `Work on ${internal}`, `Work on ${none}`);
    expect(billed?.billable).toBe(true);
    expect([unbilled?.billable, unlabelled?.billable]).toEqual([false, false]);
    expect(unbilled?.flags).toContainEqual({
      code: "ticket_not_billed",
      message: `${internal} is labelled internal, which the project does not bill.`,
    });
    standin.touch(standin.ticket(none), { labels: ["client"] });
    const after = await afterSchedule(harness, unlabelled?.id ?? "", ({ billable }) => billable);
    expect(after.flags.map(({ code }) => code)).not.toContain("ticket_not_billed");
  });

  it("put lines off until their ticket is done, unless a person says otherwise", async () => {
    await setRules(harness, { done_tickets_only: true });
    const key = ticket({ status: "In Progress" });
    const [first, second] = await push(`Begin ${key}`, `Go on with ${key}`);
    expect([first?.awaits_ticket, second?.awaits_ticket]).toEqual([true, true]);
    await harness.owner.database.rpc("defer_drafts", { p_ids: [second?.id ?? ""] });
    standin.touch(standin.ticket(key), { title: "Another title" });
    await afterSchedule(harness, first?.id ?? "", ({ ticket_title: title }) => title === "Another title");
    expect((await readDraft(harness, second?.id ?? "")).awaits_ticket).toBe(false);
    standin.touch(standin.ticket(key), { status: "Done", isDone: true });
    const after = await afterSchedule(harness, first?.id ?? "", ({ awaits_ticket: waits }) => waits !== true);
    expect(after.flags.map(({ code }) => code)).not.toContain("ticket_not_done");
  });

  it("make the epic the group, and the category where the project wants it", async () => {
    const [group] = await push("More of SHOP-1");
    expect(group?.epic).toBe("Gift cards");
    expect(group?.category).not.toBe("Gift cards");
    await setRules(harness, { epic_rule: "group_and_category" });
    const [both] = await push("Yet more of SHOP-1");
    expect(both).toMatchObject({ epic: "Gift cards", category: "Gift cards" });
    expect(both?.description).toMatch(/^Gift cards: /);
    await setRules(harness, { epic_rule: "none" });
    const [none] = await push("The rest of SHOP-1");
    expect(none?.epic).toBeNull();
  });

  it("hold logged time against the estimate, or take it for the time", async () => {
    const evidence = ticket({ loggedMinutes: 600 });
    const [flagged] = await push(`Work on ${evidence}`);
    expect(flagged?.flags.map(({ code }) => code)).toContain("ticket_time_disagrees");
    expect(flagged?.minutes).not.toBe(600);
    await setRules(harness, { logged_time_rule: "time" });
    const key = ticket({ loggedMinutes: 100 });
    const drafts = await push(`Begin ${key}`, `Go on with ${key}`, `Finish ${key}`);
    expect(drafts.map(({ estimate_method: method }) => method)).toEqual(["logged", "logged", "logged"]);
    expect(drafts.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(100);
    standin.touch(standin.ticket(key), { loggedMinutes: 160 });
    await afterSchedule(harness, drafts[0]?.id ?? "", ({ minutes }) => minutes !== drafts[0]?.minutes);
    const after = await Promise.all(drafts.map(({ id }) => readDraft(harness, id)));
    expect(after.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(160);
  });
});

describe("approved time", () => {
  const approve = (id: string) => harness.owner.database.rpc("approve_drafts", { p_ids: [id] });
  const unapprove = (id: string) => harness.owner.database.rpc("unapprove_drafts", { p_ids: [id] });
  const run = async () => {
    await harness.stack.query("update public.worklogs set next_attempt_at = now(), claimed_until = null");
    await harness.stack.query("update public.host_grants set waits_until = null, budget_reset_at = null");
    await harness.stack.runCron(SWEEP);
  };
  const statusOf = async (id: string) => {
    const rows = await harness.stack.query<{ status: string; reason: string | null }>(
      "select status, reason from public.worklogs where draft_line_item_id = $1 order by created_at desc limit 1",
      [id],
    );
    return rows[0];
  };

  it("is written to the ticket once, and taken back with the approval", async () => {
    await setRules(harness, { write_worklogs: true });
    const key = ticket();
    const [draft] = await push(`Work on ${key} [1h 30m]`);
    await approve(draft?.id ?? "");
    await run();
    await run();
    expect(standin.ticket(key).worklogs).toHaveLength(1);
    expect(secondsLogged(standin.ticket(key))).toBe(5400);
    expect((await statusOf(draft?.id ?? ""))?.status).toBe("sent");
    await unapprove(draft?.id ?? "");
    await run();
    expect(standin.ticket(key).worklogs).toEqual([]);
    await approve(draft?.id ?? "");
    await run();
    expect(standin.ticket(key).worklogs).toHaveLength(1);
  });

  it("is written once though its worker died after writing it", async () => {
    await setRules(harness, { write_worklogs: true });
    const key = ticket();
    const [draft] = await push(`Work on ${key} [1h]`);
    await approve(draft?.id ?? "");
    await run();
    await harness.stack.query(
      "update public.worklogs set status = 'queued', external_id = null where draft_line_item_id = $1",
      [draft?.id ?? ""],
    );
    await run();
    expect(standin.ticket(key).worklogs).toHaveLength(1);
    expect((await statusOf(draft?.id ?? ""))?.status).toBe("sent");
  });

  it("waits while the system is away, and is shown as failed where it may not be written", async () => {
    await setRules(harness, { write_worklogs: true });
    const key = ticket();
    const [draft] = await push(`Work on ${key} [1h]`);
    const id = draft?.id ?? "";
    standin.fail({ kind: "error", status: 500 });
    await approve(id);
    await run();
    expect(await statusOf(id)).toMatchObject({
      status: "queued",
      reason: expect.stringContaining("does not answer") as string,
    });
    standin.heal();
    standin.fail({ kind: "forbidden" }, { path: /worklog/ });
    await run();
    expect(await statusOf(id)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("does not allow") as string,
    });
    standin.heal();
    await harness.owner.database.rpc("retry_worklogs", { p_draft_ids: [id] });
    await run();
    expect(standin.ticket(key).worklogs).toHaveLength(1);
  });

  it("is not written where the project does not want it", async () => {
    const key = ticket();
    const [draft] = await push(`Work on ${key} [1h]`);
    await approve(draft?.id ?? "");
    await run();
    expect(standin.ticket(key).worklogs).toEqual([]);
  });
});

describe("a webhook of the ticket system", () => {
  beforeAll(() => {
    standin.hooks.push({ id: "1", url: tracker.webhook_url ?? "", secret: tracker.webhook_secret ?? "" });
  });

  it("changes the lines of a ticket at once", async () => {
    const key = ticket();
    const [draft] = await push(`Work on ${key}`);
    const [delivery] = await standin.edit(key, { title: "A better title" });
    expect(delivery?.status).toBe(202);
    const moved = await eventually("the draft to move", async () => {
      const now = await readDraft(harness, draft?.id ?? "");
      return now.ticket_title === "A better title" ? now : null;
    });
    expect(moved.description).toContain("A better title");
  });

  it("shows that a ticket moved or was deleted", async () => {
    const key = ticket();
    const [draft] = await push(`Work on ${key}`);
    await standin.move(key, `CORE-${number}`);
    await eventually(
      "the new key",
      async () => (await readDraft(harness, draft?.id ?? "")).ticket_current_key === `CORE-${number}`,
    );
    await standin.remove(`CORE-${number}`);
    const gone = await eventually("the ticket to go", async () => {
      const now = await readDraft(harness, draft?.id ?? "");
      return now.ticket_state === "gone" ? now : null;
    });
    expect(gone).toMatchObject({ status: "draft", ticket_reason: expect.stringContaining("shows no") as string });
  });

  it("is refused without the connection's signature, and for a connection that is not there", async () => {
    const send = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${harness.stack.appUrl}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: "{}",
      });
    const path = `/api/webhooks/jira/${tracker.id}`;
    expect((await send(path)).status).toBe(401);
    expect((await send(path, { "x-hub-signature": `sha256=${"0".repeat(64)}` })).status).toBe(401);
    expect((await send(`/api/webhooks/linear/${tracker.id}`)).status).toBe(404);
    expect((await send(`/api/webhooks/jira/${randomUUID()}`)).status).toBe(404);
  });
});

it("Linear's webhook changes the lines of an issue at once, and is refused where another secret signed it", async () => {
  const own = { ...harness, owner: await signUpWithWorkspace(harness.stack) };
  const linear = caseOf("linear");
  const issues = await linear.start({ tokens: [secret] });
  try {
    issues.add({ key: "WEB-1", title: "Sign in with a link" });
    await connectSystem(own, linear, issues);
    const repository = await connectRepository(own, own.owner);
    const [draft] = await pushCommits(own, repository, [{ message: "Work on WEB-1" }]);
    // Connecting made it.
    const [hook] = issues.hooks;
    if (hook === undefined) throw new Error("there is no webhook");
    issues.hooks.unshift({ ...hook, secret: "another" });
    const [forged, told] = await issues.edit("WEB-1", { title: "Sign in with a passkey" });
    expect([forged?.status, told?.status]).toEqual([401, 202]);
    await eventually("the line to follow", async () =>
      (await readDraft(own, draft?.id ?? "")).description.includes("Sign in with a passkey"),
    );
  } finally {
    await issues.close();
  }
});

describe("a connection", () => {
  it("puts lines that were there before under their tickets", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    const own = { ...harness, owner: person };
    const repository = await connectRepository(own);
    const hash = randomUUID().replaceAll("-", "").padEnd(40, "0");
    const [before] = await pushCommits(own, repository, [{ message: "Sell them (SHOP-1)", hash }]);
    expect(before).toMatchObject({ ticket_key: "SHOP-1", ticket_state: null });
    await connectSystem(own, jira, standin);
    const after = await eventually("the line's ticket", async () => {
      const [now] = await draftsOf(own, [hash]);
      return now?.ticket_state === "found" ? now : null;
    });
    expect(after).toMatchObject({ ticket_title: "Sell gift cards", epic: "Gift cards" });
    expect(after.description).toContain("Sell gift cards");
  });

  it("is made, seen and changed by those who manage the workspace only", async () => {
    const stranger = await signUpWithWorkspace(harness.stack);
    const ask = (method: string, path: string, body?: object) =>
      callApi(harness.stack, method, path, { token: stranger.token, ...(body === undefined ? {} : { body }) });
    const connect = { workspace_id: harness.owner.workspaceId, kind: "jira", base_url: standin.url, token: secret };
    expect((await ask("POST", "/api/trackers", connect)).status).toBe(404);
    expect((await ask("GET", `/api/trackers/${tracker.id}/access`)).status).toBe(404);
    expect((await ask("POST", `/api/trackers/${tracker.id}/site`, { site: "x" })).status).toBe(404);
    expect((await callApi(harness.stack, "POST", "/api/trackers", { body: connect })).status).toBe(401);
    const seen = await callApi(harness.stack, "GET", `/api/trackers/${tracker.id}/access`, {
      token: harness.owner.token,
    });
    expect(seen.status).toBe(200);
    expect(await seen.json()).toMatchObject({ prefixes: expect.arrayContaining(["SHOP"]) as string[] });
  });
});
