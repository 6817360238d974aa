/** What only one of the ticket systems has. */
import { trackerFor } from "@billhook/trackers/registry";
import type { TicketAnswer, TrackerConnection } from "@billhook/trackers/tracker";
import { describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { cases, connect, secret } from "./cases.ts";
import { clickupTeam } from "./clickup.ts";
import { helpScoutApplication } from "./help-scout.ts";
import type { TrackerStandin } from "./server.ts";
import type { NewTicket } from "./ticket.ts";

type Kind = (typeof cases)[number]["kind"];

async function withStandin(
  kind: Kind,
  tickets: NewTicket[],
  test: (standin: TrackerStandin, connection: TrackerConnection) => Promise<void>,
): Promise<void> {
  const of = cases.find((known) => known.kind === kind);
  if (of === undefined) throw new Error(`there is no case of ${kind}`);
  const standin = await of.start({ tokens: [secret, "pk_personal"], tickets });
  try {
    await test(standin, connect(of, standin));
  } finally {
    await standin.close();
  }
}

async function readOne(kind: Kind, connection: TrackerConnection, key: string): Promise<TicketAnswer | undefined> {
  return valueOf(await trackerFor(kind).readTickets(connection, [key]))[0];
}

describe("Asana", () => {
  it("finds a task by the number in its address, whichever key it has and workspace is meant", async () => {
    await withStandin("asana", [{ key: "SHOP-1", title: "One" }], async (standin, connection) => {
      const { id } = standin.ticket("SHOP-1");
      const anywhere = { ...connection, site: null };
      expect(await readOne("asana", anywhere, id)).toMatchObject({ outcome: "found", ticket: { key: id } });
      expect(await readOne("asana", anywhere, "SHOP-1")).toMatchObject({ outcome: "gone" });
      await standin.move("SHOP-1", "OPS-1");
      expect(await readOne("asana", connection, id)).toMatchObject({ outcome: "found", ticket: { key: id } });
    });
  });

  it("tells what the IDs of the only workspace begin with, before it was chosen", async () => {
    await withStandin("asana", [{ key: "SHOP-1", title: "One" }], async (standin, connection) => {
      const access = trackerFor("asana").checkAccess({ ...connection, site: null });
      expect(valueOf(await access).prefixes).toEqual(["SHOP"]);
      // Plans without such fields have none.
      standin.fail({ kind: "error", status: 402 }, { path: /custom_fields/ });
      expect(valueOf(await trackerFor("asana").checkAccess(connection)).prefixes).toEqual([]);
    });
  });

  it("leaves the rest of a batch alone where one action of it fails, and stops where one is limited", async () => {
    await withStandin("asana", [{ key: "SHOP-1", title: "One" }], async (_standin, connection) => {
      const answering = (...statuses: number[]): typeof fetch => {
        const data = statuses.map((status_code) => ({
          status_code,
          headers: {},
          body: { data: { gid: "1", name: "One" } },
        }));
        return () => Promise.resolve(Response.json({ data }));
      };
      const read = (...statuses: number[]) =>
        trackerFor("asana").readTickets({ ...connection, fetch: answering(...statuses) }, ["1", "2", "3"]);
      const answers = valueOf(await read(200, 403, 500));
      expect(answers.map((answer) => ("code" in answer ? answer.code : answer.outcome))).toEqual([
        "found",
        "forbidden",
        "unavailable",
      ]);
      expect(await read(200, 429, 200)).toMatchObject({ ok: false, code: "rate_limited", retryAfterSeconds: 60 });
      expect(await read(200, 401, 200)).toMatchObject({ ok: false, code: "unauthorised" });
      // An answer too few is no ticket that is gone.
      expect(valueOf(await read(200, 200))[2]).toMatchObject({ outcome: "failed" });
    });
  });
});

describe("ClickUp", () => {
  it("sends a personal token without a scheme", async () => {
    await withStandin("clickup", [{ key: "SHOP-1", title: "One" }], async (_standin, connection) => {
      const personal: TrackerConnection = { ...connection, token: { kind: "bearer", value: "pk_personal" } };
      expect(await readOne("clickup", personal, "SHOP-1")).toMatchObject({ outcome: "found" });
    });
  });

  it("finds a task by its own id, and by a custom one in the chosen workspace alone", async () => {
    await withStandin("clickup", [{ key: "SHOP-1", title: "One", id: "86b1c2d" }], async (_standin, connection) => {
      const key = "CU-86b1c2d";
      expect(await readOne("clickup", { ...connection, site: null }, key)).toMatchObject({ ticket: { key } });
      expect(await readOne("clickup", { ...connection, site: null }, "SHOP-1")).toMatchObject({ outcome: "gone" });
      const elsewhere = await trackerFor("clickup").readTickets({ ...connection, site: "1" }, ["SHOP-1"]);
      expect(elsewhere).toMatchObject({ ok: false, code: "forbidden" });
    });
  });

  it("takes a parent of the type for the epic, and asks for the names of types only where there are own ones", async () => {
    const epic: NewTicket = { key: "SHOP-7", title: "Relaunch", id: "86b0epic", type: "Epic" };
    const parent = { key: "86b0epic", title: "Relaunch" };
    const bug: NewTicket = { key: "SHOP-1", title: "One", type: "Bug", parent };
    await withStandin("clickup", [epic, bug, { key: "SHOP-2", title: "Two" }], async (standin, connection) => {
      const group = { key: "CU-86b0epic", title: "Relaunch" };
      const ticket = { type: "Bug", epic: group, parent: group };
      expect(await readOne("clickup", connection, "SHOP-1")).toMatchObject({ ticket });
      standin.requests.splice(0);
      expect(await readOne("clickup", connection, "SHOP-2")).toMatchObject({ ticket: { type: "Task", epic: null } });
      expect(standin.requests).toHaveLength(1);
      // A plan without types of its own leaves the type empty.
      standin.fail({ kind: "forbidden" }, { path: /custom_item/ });
      const plain = { type: null, parent: group };
      expect(await readOne("clickup", connection, "SHOP-1")).toMatchObject({ outcome: "found", ticket: plain });
    });
  });

  it("asks once whether the token is valid, however many tasks are not there", async () => {
    await withStandin("clickup", [], async (standin, connection) => {
      const keys = Array.from({ length: 12 }, (_, index) => `SHOP-${index + 1}`);
      const answers = valueOf(await trackerFor("clickup").readTickets(connection, keys));
      expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["gone"]));
      expect(standin.requests.filter((request) => request.endsWith("/team"))).toHaveLength(1);
      expect(clickupTeam.id).toBe(connection.site);
    });
  });
});

describe("Zendesk", () => {
  it("lets an OAuth token in, and nobody in particular out", async () => {
    await withStandin("zendesk", [{ key: "ZD-1", title: "One" }], async (_standin, connection) => {
      const bearer: TrackerConnection = { ...connection, token: { kind: "bearer", value: secret } };
      expect(await readOne("zendesk", bearer, "ZD-1")).toMatchObject({ outcome: "found" });
      const anonymous = { user: { id: null, name: "Anonymous user", email: "invalid@example.com", role: "end-user" } };
      const nobody = { ...connection, fetch: () => Promise.resolve(Response.json(anonymous)) };
      expect(await trackerFor("zendesk").checkAccess(nobody)).toMatchObject({ ok: false, code: "unauthorised" });
    });
  });

  it("finds a ticket that was archived long ago", async () => {
    const old: NewTicket = { key: "ZD-1", title: "Old", isDone: true, updatedAt: "2024-01-02T03:04:05.000Z" };
    const fresh: NewTicket = { key: "ZD-2", title: "Fresh", project: { key: "X", title: "Studio" } };
    await withStandin("zendesk", [old, fresh], async (standin, connection) => {
      const answers = valueOf(await trackerFor("zendesk").readTickets(connection, ["ZD-1", "ZD-2", "ZD-3"]));
      expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "found", "gone"]);
      expect(answers[0]).toMatchObject({ ticket: { title: "Old", isDone: true } });
      expect(standin.requests.filter((request) => request.includes("show_many"))).toHaveLength(1);
    });
  });

  it("does without the account's statuses and problems where they are not for the token", async () => {
    const incident: NewTicket = {
      key: "ZD-1",
      title: "One",
      status: "Waiting",
      parent: { key: "ZD-9", title: "Outage" },
    };
    await withStandin("zendesk", [incident], async (standin, connection) => {
      standin.fail({ kind: "forbidden" }, { path: /custom_statuses/ });
      const ticket = { status: "open", isDone: false, parent: null, project: { title: "ZD" } };
      expect(await readOne("zendesk", connection, "ZD-1")).toMatchObject({ outcome: "found", ticket });
      standin.heal();
      standin.fail({ kind: "error", status: 503 }, { path: /custom_statuses/ });
      const whole = await trackerFor("zendesk").readTickets(connection, ["ZD-1"]);
      expect(whole).toMatchObject({ ok: false, code: "unavailable" });
    });
  });
});

describe("Freshdesk", () => {
  it("names the account's own statuses, takes none of them for done, and does without what a plan lacks", async () => {
    const own: NewTicket = { key: "FD-1", title: "One", status: "With the supplier", loggedMinutes: 61 };
    await withStandin("freshdesk", [own], async (standin, connection) => {
      const ticket = { status: "With the supplier", isDone: false, loggedMinutes: 61 };
      expect(await readOne("freshdesk", connection, "FD-1")).toMatchObject({ ticket });
      standin.fail({ kind: "forbidden" }, { path: /time_entries|ticket_fields|agents/ });
      const bare = { status: null, isDone: false, loggedMinutes: null, assignee: null };
      expect(await readOne("freshdesk", connection, "FD-1")).toMatchObject({ outcome: "found", ticket: bare });
    });
  });

  it("finds the key wherever people put it", async () => {
    await withStandin("freshdesk", [{ key: "FD-1", title: "One" }], async (_standin, connection) => {
      const asked: TrackerConnection["token"][] = [
        { kind: "bearer", value: secret },
        { kind: "basic", username: "dev.one@example.com", password: secret },
      ];
      for (const token of asked) {
        expect(await readOne("freshdesk", { ...connection, token }, "FD-1")).toMatchObject({ outcome: "found" });
      }
    });
  });

  it("adds up time over all pages", async () => {
    await withStandin("freshdesk", [{ key: "FD-1", title: "One" }], async (standin, connection) => {
      for (let index = 0; index < 230; index += 1) {
        const log = { id: String(900 + index), startedAt: "", seconds: 90 * 60, comment: "", author: "" };
        standin.ticket("FD-1").worklogs.push(log);
      }
      expect(await readOne("freshdesk", connection, "FD-1")).toMatchObject({ ticket: { loggedMinutes: 230 * 90 } });
    });
  });
});

describe("Zoho Desk", () => {
  it("needs an organisation, and names the one that was chosen", async () => {
    await withStandin("zoho-desk", [{ key: "ZOHO-1", title: "One" }], async (_standin, connection) => {
      const tracker = trackerFor("zoho-desk");
      const without = { ...connection, site: null };
      expect(await tracker.readTickets(without, ["ZOHO-1"])).toMatchObject({ ok: false, code: "unexpected" });
      expect(valueOf(await tracker.checkAccess(without)).sites).toMatchObject([
        { id: connection.site, name: "Studio" },
      ]);
    });
  });

  it("finds a ticket by the id that its address has", async () => {
    const one: NewTicket = { key: "ZOHO-1", title: "One", id: "4000000031007012" };
    await withStandin("zoho-desk", [one], async (_standin, connection) => {
      const keys = ["ZOHO-4000000031007012", "ZOHO-1", "ZOHO-4000000031007013"];
      const answers = valueOf(await trackerFor("zoho-desk").readTickets(connection, keys));
      expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "found", "gone"]);
      expect(answers[0]).toMatchObject({ ticket: { title: "One", externalId: one.id, project: { title: "ZOHO" } } });
    });
  });
});

describe("Help Scout", () => {
  it("exchanges an application's id and secret for a token", async () => {
    await withStandin("help-scout", [{ key: "HS-1", title: "One" }], async (_standin, connection) => {
      const { clientId: username, clientSecret: password } = helpScoutApplication;
      const application: TrackerConnection = { ...connection, token: { kind: "basic", username, password } };
      expect(await readOne("help-scout", application, "HS-1")).toMatchObject({ outcome: "found" });
      const wrong: TrackerConnection = { ...connection, token: { kind: "basic", username, password: "wrong" } };
      const refused = await trackerFor("help-scout").readTickets(wrong, ["HS-1"]);
      expect(refused).toMatchObject({ ok: false, code: "unauthorised" });
      expect(JSON.stringify(refused)).not.toContain("wrong");
    });
  });
});
