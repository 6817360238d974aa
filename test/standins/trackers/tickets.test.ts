import { trackerKinds } from "@billhook/domain/tracker";
import { trackerFor } from "@billhook/trackers/registry";
import type { TicketAnswer, TrackerConnection } from "@billhook/trackers/tracker";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

it("holds every ticket system to the same", () => {
  expect(cases.map(({ kind }) => kind).toSorted()).toEqual([...trackerKinds].toSorted());
});

describe.each(cases)("the client of $kind", (of) => {
  const tracker = trackerFor(of.kind);
  let standin: TrackerStandin;
  let connection: TrackerConnection;

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret] });
    connection = connect(of, standin);
  });

  afterEach(() => {
    standin.heal();
    standin.requests.splice(0);
    standin.tickets.splice(0);
  });

  afterAll(() => standin.close());

  const read = async (...keys: string[]): Promise<TicketAnswer[]> =>
    valueOf(await tracker.readTickets(connection, keys));

  it("reads everything that the system knows of a ticket", async () => {
    const above = standin.add({ key: of.key(7), title: "Checkout" });
    const epic = standin.add({ key: of.key(8), title: "Relaunch", type: "Epic" });
    standin.add({
      key: of.key(12),
      title: "Sessions outlive a sign-out",
      type: "Bug",
      status: "Open",
      labels: ["billable", "Große Kunden"],
      parent: { key: ["asana", "clickup"].includes(of.kind) ? above.id : above.key, title: above.title },
      epic: { key: of.kind === "clickup" ? "55" : epic.key, title: epic.title },
      project: { key: "SHOP", title: "Web shop" },
      estimateMinutes: 240,
      loggedMinutes: 95,
      assignee: { name: "Dév Öne", email: "dev.one@example.com" },
      updatedAt: "2026-03-04T10:11:12.000Z",
    });
    const [answer] = await read(of.key(12));
    if (answer?.outcome !== "found") throw new Error(`it was ${answer?.outcome}`);
    const { ticket } = answer;
    expect(ticket).toMatchObject({
      key: of.key(12),
      title: "Sessions outlive a sign-out",
      isDone: false,
      labels: ["billable", "Große Kunden"],
      assignee: { name: "Dév Öne", email: of.hasEmails === false ? null : "dev.one@example.com" },
      updatedAt: "2026-03-04T10:11:12.000Z",
    });
    expect(ticket.status?.toLowerCase()).toBe("open");
    expect(ticket.project?.title).toBe(of.project ?? "Web shop");
    expect(ticket.url).toMatch(/^https?:\/\//);
    expect(ticket.externalId).not.toBe("");
    const has = (part: (typeof of.has)[number]): boolean => of.has.includes(part);
    expect(ticket.parent?.title ?? null).toBe(has("parent") ? "Checkout" : null);
    expect(ticket.epic?.title ?? null).toBe(has("epic") ? "Relaunch" : null);
    expect(ticket.estimateMinutes).toBe(has("estimate") ? 240 : null);
    expect(ticket.loggedMinutes).toBe(has("logged") ? 95 : null);
  });

  it("answers for each key in the order asked, in as few requests as the system allows", async () => {
    for (let number = 1; number <= 30; number += 1) standin.add({ key: of.key(number), title: `Ticket ${number}` });
    const keys = [...Array.from({ length: 30 }, (_, index) => of.key(30 - index)), of.key(4), of.key(99)];
    const answers = await read(...keys);
    expect(answers.map(({ key }) => key)).toEqual(keys);
    const titles = answers.map((answer) => (answer.outcome === "found" ? answer.ticket.title : answer.outcome));
    expect(titles.slice(0, 3)).toEqual(["Ticket 30", "Ticket 29", "Ticket 28"]);
    expect(titles.slice(-2)).toEqual(["Ticket 4", "gone"]);
    expect(standin.requests.length).toBeLessThanOrEqual(of.requests(31));
  });

  it("asks for nothing where no key is given, or none that could be one of the system's", async () => {
    expect(await read()).toEqual([]);
    const keys = ["", "…", "../../users", "ABC-", "-1", "ABC-1'; drop", `${of.key(1)}?x=1`];
    expect((await read(...keys)).map(({ outcome }) => outcome)).toEqual(keys.map(() => "gone"));
    expect(standin.requests.filter((request) => !request.includes("search"))).toEqual([]);
  });

  it("takes a ticket for done by its category, not by its status' name", async () => {
    standin.add({ key: of.key(1), title: "One", status: of.doneStatus, isDone: true });
    const [answer] = await read(of.key(1));
    expect(answer).toMatchObject({ outcome: "found", ticket: { isDone: true, status: of.doneStatus } });
  });

  it("tells a ticket that was deleted from one that went elsewhere", async () => {
    standin.add({ key: of.key(1), title: "Stays" });
    standin.add({ key: of.key(2), title: "Goes" });
    standin.add({ key: of.key(3), title: "Is deleted" });
    await standin.remove(of.key(3));
    if (of.movedKey === null) {
      standin.touch(standin.ticket(of.key(2)), { project: { key: "OPS", title: "Operations" } });
    } else {
      await standin.move(of.key(2), of.movedKey);
    }
    const answers = await read(of.key(1), of.key(2), of.key(3));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["found", of.movedKey === null ? "found" : "moved", "gone"]);
    expect(answers[1]).toMatchObject({
      key: of.key(2),
      ticket: { key: of.movedKey ?? of.key(2), title: "Goes" },
    });
  });

  it("reads a ticket without anything but a title", async () => {
    standin.add({ key: of.key(1), title: "Bare", assignee: null, labels: [], parent: null });
    const [answer] = await read(of.key(1));
    expect(answer).toMatchObject({
      outcome: "found",
      ticket: { title: "Bare", assignee: null, labels: [], parent: null, epic: null, estimateMinutes: null },
    });
  });

  it("keeps hostile words short, on one line, and fit to be stored", async () => {
    standin.add({
      key: of.key(1),
      title: `<script>alert(1)</script>\u0000\u202Egnp.exe\r\nIgnore the above\u2028${"x".repeat(5 * 1024 * 1024)}`,
      status: `Op\ud800en\n${"s".repeat(100_000)}`,
      labels: ["a\u0007b", "", "l".repeat(5000), ...Array.from({ length: 500 }, (_, index) => `label ${index}`)],
      project: { key: "SHOP", title: "Shop\u0000\u202E" },
      assignee: { name: "Dev\u0000One\u202E", email: "dev.one@example.com" },
    });
    standin.add({ key: of.key(2), title: "Ordinary" });
    const answers = await read(of.key(1), of.key(2));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "found"]);
    const [hostile] = answers;
    if (hostile?.outcome !== "found") throw new Error("it should have been found");
    const words = JSON.stringify(hostile.ticket);
    expect(words.length).toBeLessThan(40_000);
    expect(words).not.toMatch(/\\u0000|\\ud800|\\n|\\r|[\p{Cf}\p{Zl}]/u);
    expect(hostile.ticket.title).toMatch(/^<script>alert\(1\)<\/script>[ \ufffd]?gnp\.exe Ignore the above x+…$/);
    expect(hostile.ticket.labels.length).toBeLessThanOrEqual(50);
  });

  it("tells who a token belongs to, and what may be chosen", async () => {
    standin.add({ key: of.key(1), title: "One" });
    const access = valueOf(await tracker.checkAccess(connection));
    expect(access.account).toMatch(/dev.one/i);
    if (of.site === null) expect(access.sites).toEqual([]);
    else expect(access.sites.map(({ id }) => id)).toContain(of.site);
    const prefix = of.key(1).replace(/-\d+$/, "");
    if (of.kind !== "clickup" && prefix !== of.key(1)) expect(access.prefixes).toContain(prefix);
  });
});
