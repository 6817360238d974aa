/** What only Jira has. */
import type { TrackerKind } from "@billhook/domain/tracker";
import { trackerFor } from "@billhook/trackers/registry";
import type { Ticket, TicketAnswer, TrackerConnection } from "@billhook/trackers/tracker";
import { afterEach, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { jiraCloudId, startJiraStandin } from "./jira.ts";

type Standin = Awaited<ReturnType<typeof startJiraStandin>>;
const application = { clientId: "billhook", clientSecret: "s3cret" };
const standins: Standin[] = [];

afterEach(async () => {
  for (const standin of standins.splice(0)) await standin.close();
});

async function start(): Promise<{ standin: Standin; connection: TrackerConnection }> {
  const standin = await startJiraStandin({ tokens: ["t"], application });
  standins.push(standin);
  const token = { kind: "basic", username: "dev.one@example.com", password: "t" } as const;
  return { standin, connection: { baseUrl: standin.url, webUrl: null, site: null, token, limits: { attempts: 1 } } };
}

async function read(kind: TrackerKind, connection: TrackerConnection, ...keys: string[]): Promise<Ticket[]> {
  const answers = valueOf(await trackerFor(kind).readTickets(connection, keys));
  return answers.map(ticketOf);
}

function ticketOf(answer: TicketAnswer): Ticket {
  if (answer.outcome !== "found" && answer.outcome !== "moved") throw new Error(JSON.stringify(answer));
  return answer.ticket;
}

const epic = { key: "SHOP-9", title: "Checkout: pay by invoice" };
const story = { key: "SHOP-1", title: "Send the invoice" };

describe.each(["jira", "jira-service-management", "jira-data-center"] as const)("%s", (kind) => {
  it("gives a sub-task the epic of its parent, asking once more for all of them", async () => {
    const { standin, connection } = await start();
    standin.add({ ...epic, type: "Epic" });
    standin.add({ ...story, type: "Story", epic });
    standin.add({ key: "SHOP-2", title: "Write the mail", type: "Sub-task", parent: story });
    standin.add({ key: "SHOP-3", title: "Send the mail", type: "Sub-task", parent: story });
    const [first, second] = await read(kind, connection, "SHOP-2", "SHOP-3");
    // Data Center has a short name for an epic.
    const title = kind === "jira-data-center" ? "Checkout" : epic.title;
    expect(first).toMatchObject({ parent: story, epic: { key: "SHOP-9", title } });
    expect(second?.epic).toEqual(first?.epic);
    expect(standin.requests.filter((request) => !request.includes("/field")).length).toBeLessThanOrEqual(3);
  });

  it("follows issues that were moved, each to where it is, even two at once", async () => {
    const { standin, connection } = await start();
    for (const key of ["SHOP-1", "SHOP-2", "SHOP-3"]) standin.add({ key, title: `Was ${key}` });
    await standin.move("SHOP-1", "OPS-7");
    await standin.move("SHOP-2", "OPS-8");
    const answers = valueOf(await trackerFor(kind).readTickets(connection, ["SHOP-1", "SHOP-2", "SHOP-3", "SHOP-404"]));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["moved", "moved", "found", "gone"]);
    expect(answers.slice(0, 3).map((answer) => ticketOf(answer).title)).toEqual([
      "Was SHOP-1",
      "Was SHOP-2",
      "Was SHOP-3",
    ]);
  });

  it("leads people to the site, and asks no more than once for the same key", async () => {
    const { standin, connection } = await start();
    standin.add({ key: "SHOP-1", title: "One" });
    const [first, again] = await read(kind, { ...connection, webUrl: "https://jira.example/j/" }, "SHOP-1", "SHOP-1");
    expect([first?.url, again?.url]).toEqual(Array(2).fill("https://jira.example/j/browse/SHOP-1"));
    expect((await read(kind, connection, "SHOP-1"))[0]?.url).toBe(`${standin.url}/browse/SHOP-1`);
  });
});

describe("Jira Service Management", () => {
  it("says what customers see: the kind of request, and its status for them", async () => {
    const { standin, connection } = await start();
    standin.add({ key: "HELP-3", title: "I cannot sign in", type: "Request", status: "Waiting for customer" });
    standin.add({ key: "HELP-4", title: "Look into it", type: "Task", status: "Open" });
    const [request, task] = await read("jira-service-management", connection, "HELP-3", "HELP-4");
    expect(request).toMatchObject({ type: "Ask for help", status: "Waiting for you" });
    expect(task).toMatchObject({ type: "Task", status: "Open" });
    const [plain] = await read("jira", connection, "HELP-3");
    expect(plain).toMatchObject({ type: "Service Request", status: "Waiting for customer" });
  });
});

describe("Jira Cloud with OAuth", () => {
  const tracker = trackerFor("jira");
  const { oauth } = tracker;
  if (oauth === undefined) throw new Error("it should have it");
  const redirectUri = "https://billhook.example/api/oauth/jira/callback";

  it("sends people to Atlassian for the rights it uses, and for a refresh token", () => {
    const request = { redirectUri, state: "st", challenge: null };
    const url = new URL(oauth.authorisationAddress({ ...application, baseUrl: null }, request) ?? "");
    expect(url.origin + url.pathname).toBe("https://auth.atlassian.com/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: "code",
      client_id: "billhook",
      redirect_uri: redirectUri,
      state: "st",
      scope: "read:jira-work write:jira-work read:jira-user read:me offline_access",
      audience: "api.atlassian.com",
      prompt: "consent",
    });
  });

  it("exchanges a code, and each refresh token once for the next", async () => {
    const { standin, connection } = await start();
    standin.add({ key: "SHOP-1", title: "One" });
    const at = { ...application, baseUrl: standin.url };
    const code = standin.oauth?.codeFor(redirectUri) ?? "";
    const first = await oauth.exchangeCode(at, { code, redirectUri, verifier: null });
    if (!first.ok || first.value.refresh === null) throw new Error("it should have been given");
    const second = await oauth.refreshTokens(at, first.value.refresh);
    if (!second.ok) throw new Error("it should have been renewed");
    expect(second.value.refresh).not.toBe(first.value.refresh);
    expect(second.value.expiresIn).toBe(3600);
    expect(await oauth.refreshTokens(at, first.value.refresh)).toMatchObject({ ok: false, code: "refused" });
    expect(await oauth.exchangeCode(at, { code, redirectUri, verifier: null })).toMatchObject({ code: "refused" });

    // The second use took the whole family away.
    const token = { kind: "bearer", value: second.value.access } as const;
    const asked = { ...connection, token, site: jiraCloudId };
    expect(await tracker.readTickets(asked, ["SHOP-1"])).toMatchObject({ ok: false, code: "unauthorised" });
  });

  it("reads the site that was chosen, at Atlassian's gateway, and offers those there are", async () => {
    const { standin, connection } = await start();
    standin.add({ key: "SHOP-1", title: "One" });
    const token = { kind: "bearer", value: "t" } as const;
    const oauthed = { ...connection, token, webUrl: "https://acme.atlassian.net" };
    const access = valueOf(await tracker.checkAccess(oauthed));
    expect(access).toEqual({
      account: "Dev One",
      sites: [{ id: jiraCloudId, name: "acme", url: "https://acme.atlassian.net" }],
      prefixes: ["SHOP"],
    });
    const [answer] = valueOf(await tracker.readTickets({ ...oauthed, site: jiraCloudId }, ["SHOP-1"]));
    expect(answer).toMatchObject({ ticket: { url: "https://acme.atlassian.net/browse/SHOP-1" } });
    expect(standin.requests.at(-1)).toBe(`POST /jira/ex/jira/${jiraCloudId}/rest/api/3/issue/bulkfetch`);
    expect(await tracker.readTickets(oauthed, ["SHOP-1"])).toMatchObject({ ok: false, code: "unexpected" });
  });
});
