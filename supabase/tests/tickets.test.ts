import type { DraftOutcome } from "@billhook/database/drafts";
import type { DueTracker, KnownTicket, MovedDraft, TicketDraft, ToldTicket } from "@billhook/database/tickets";
import { beforeEach, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { connectTracker, makeProject, makeWorkspace, pushForTicket, tellTicket, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let connectionId: string;

beforeEach(async () => {
  workspace = await makeWorkspace(database());
  connectionId = await connectTracker(database(), workspace);
});

const save = (tickets: ToldTicket[], drafts: MovedDraft[] = []) =>
  database().rpc<number>(service, "save_tickets", { p_tickets: tickets, p_drafts: drafts });

const rule = (changes: string) =>
  database().query(`update public.project_git_configs set ${changes} where project_id = $1`, [workspace.projectId]);

const draftRow = (id: string) =>
  database().one<Record<string, unknown>>("select * from public.draft_line_items where id = $1", [id]);

const minutesOf = async (ids: string[]): Promise<number[]> => {
  const rows = await database().query<{ id: string; minutes: number }>(
    "select id, minutes from public.draft_line_items where id = any ($1)",
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.minutes ?? -1);
};

const ticketRow = (key: string) =>
  database().one<Record<string, unknown>>("select * from public.tickets where connection_id = $1 and key = $2", [
    connectionId,
    key,
  ]);

async function readMove(key: string, changes: Partial<MovedDraft> = {}): Promise<MovedDraft> {
  const [draft] = await database().rpc<TicketDraft[]>(service, "ticket_drafts", {
    p_connection_id: connectionId,
    p_keys: [key],
  });
  if (draft === undefined) throw new Error(`no draft of ${key}`);
  return {
    id: draft.id,
    version: draft.version,
    description: null,
    detailed_description: null,
    category: null,
    epic: draft.epic,
    ticket_url: null,
    billable: draft.billable,
    awaits_ticket: draft.awaits_ticket === true,
    ticket_flags: [],
    ...changes,
  };
}

describe("a commit that names tickets", () => {
  it("is recorded with each of them in order, and its draft stands under the first", async () => {
    const [id = ""] = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    const shown = await database().one(
      "select ticket_key, ticket_title, ticket_state from public.inbox_drafts where id = $1",
      [id],
    );
    expect(shown).toEqual({ ticket_key: "SHOP-1", ticket_title: "The title of SHOP-1", ticket_state: "found" });
    const named = await database().query(
      `select n.position, n.key, t.key as ticket from public.commit_tickets n left join public.tickets t on t.id = n.ticket_id
       where n.workspace_id = $1 order by n.position`,
      [workspace.id],
    );
    expect(named).toEqual([{ position: 1, key: "SHOP-1", ticket: "SHOP-1" }]);
  });

  it("keeps a ticket of another workspace's connection out", async () => {
    const other = await makeWorkspace(database());
    const foreign = await connectTracker(database(), other);
    await pushForTicket(database(), other, tellTicket(foreign, "SHOP-9"));
    const [id = ""] = await pushForTicket(database(), workspace, {
      ...tellTicket(connectionId, "SHOP-9"),
      connection_id: foreign,
    });
    expect((await draftRow(id))["ticket_id"]).toBeNull();
  });
});

describe("what a ticket system answers", () => {
  it("is not replaced by the answer to an earlier question", async () => {
    await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1", { status: "Done" }));
    await save([tellTicket(connectionId, "SHOP-1", { status: "Open", asked_at: "2026-01-01T00:00:00Z" })]);
    expect((await ticketRow("SHOP-1"))["status"]).toBe("Done");
  });

  it("stays known while the system does not answer, with the reason", async () => {
    await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await save([tellTicket(connectionId, "SHOP-1", { state: "waiting", reason: "Jira does not answer." })]);
    expect(await ticketRow("SHOP-1")).toMatchObject({
      state: "found",
      title: "The title of SHOP-1",
      reason: "Jira does not answer.",
      attempts: 1,
    });
    await save([tellTicket(connectionId, "SHOP-1", { state: "gone", reason: "Jira shows no SHOP-1." })]);
    expect(await ticketRow("SHOP-1")).toMatchObject({ state: "gone", title: "The title of SHOP-1" });
  });

  it("moves an untouched draft once, and shows open pages that it changed", async () => {
    const [id = ""] = await pushForTicket(
      database(),
      workspace,
      tellTicket(connectionId, "SHOP-1", { state: "waiting" }),
    );
    const before = await draftRow(id);
    const move = await readMove("SHOP-1", { description: "Shop: Added a page", epic: "Gift cards" });
    expect(await save([tellTicket(connectionId, "SHOP-1")], [move])).toBe(1);
    const after = await draftRow(id);
    expect(after).toMatchObject({ description: "Shop: Added a page", epic: "Gift cards" });
    expect(String(after["updated_at"]) > String(before["updated_at"])).toBe(true);
    // The same again changes nothing: the draft is no longer as it was read.
    expect(await save([tellTicket(connectionId, "SHOP-1")], [move])).toBe(0);
    expect((await draftRow(id))["version"]).toBe(after["version"]);
  });

  it("never moves a draft that a person touched", async () => {
    const [id = ""] = await pushForTicket(
      database(),
      workspace,
      tellTicket(connectionId, "SHOP-1", { state: "waiting" }),
    );
    const move = await readMove("SHOP-1", { description: "Shop: Added a page" });
    await database().rpc(workspace.member, "update_drafts", { p_ids: [id], p_changes: { description: "My words" } });
    const touched = { ...move, version: Number((await draftRow(id))["version"]) };
    expect(await save([tellTicket(connectionId, "SHOP-1")], [touched])).toBe(0);
    expect((await draftRow(id))["description"]).toBe("My words");
    const known = await database().rpc<KnownTicket[]>(service, "known_tickets", {
      p_wanted: [{ connection_id: connectionId, keys: ["SHOP-1"] }],
    });
    expect(known[0]).toMatchObject({ state: "found", committed: [{ draft_id: id, minutes: 60 }] });
  });

  it("is looked up again only where an open line stands under the ticket", async () => {
    const due = "2026-01-01T00:00:00Z";
    const told = [1, 2].map((n) => tellTicket(connectionId, `SHOP-${n}`, { next_fetch_at: due }));
    const [first, second] = [
      await pushForTicket(database(), workspace, told[0] ?? tellTicket(connectionId, "")),
      await pushForTicket(database(), workspace, told[1] ?? tellTicket(connectionId, "")),
    ];
    await database().rpc(workspace.member, "approve_drafts", { p_ids: second });
    const trackers = await database().rpc<DueTracker[]>(service, "due_tickets");
    const own = trackers.find(({ id }) => id === connectionId);
    expect(own?.tickets.map(({ key }) => key)).toEqual(["SHOP-1"]);
    expect(own?.host?.token).toBe("k1.nonce.ciphertext");
    expect(first).toHaveLength(1);
  });
});

describe("a line that waits for its ticket", () => {
  const waiting = () =>
    pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"), [{ awaits_ticket: true }]);

  it("is let go of when the ticket is done", async () => {
    const [id = ""] = await waiting();
    expect((await draftRow(id))["awaits_ticket"]).toBe(true);
    await save(
      [tellTicket(connectionId, "SHOP-1", { is_done: true })],
      [await readMove("SHOP-1", { awaits_ticket: false })],
    );
    expect((await draftRow(id))["awaits_ticket"]).toBeNull();
  });

  it("does not wait again once a person brought it back", async () => {
    const [id = ""] = await waiting();
    await database().rpc(workspace.member, "defer_drafts", { p_ids: [id] });
    expect((await draftRow(id))["awaits_ticket"]).toBe(false);
    await save([tellTicket(connectionId, "SHOP-1")], [await readMove("SHOP-1", { awaits_ticket: true })]);
    expect((await draftRow(id))["awaits_ticket"]).toBe(false);
  });

  it("waits no more once it is approved or its system disconnected", async () => {
    const [approved = ""] = await waiting();
    await database().rpc(workspace.member, "approve_drafts", { p_ids: [approved] });
    expect((await draftRow(approved))["awaits_ticket"]).toBe(false);
    const [open = ""] = await waiting();
    await database().rpc(workspace.admin, "disconnect_tracker", { p_id: connectionId });
    expect((await draftRow(open))["awaits_ticket"]).toBeNull();
  });
});

describe("time logged on a ticket, as the time itself", () => {
  const logged = (minutes: number | null, told: Partial<ToldTicket> = {}) =>
    tellTicket(connectionId, "SHOP-1", { logged_minutes: minutes, ...told });

  beforeEach(() => rule("logged_time_rule = 'time'"));

  it("is shared among the commits of the ticket to the minute", async () => {
    const ids = await pushForTicket(database(), workspace, logged(100), [
      { minutes: 30 },
      { minutes: 60 },
      { minutes: 30 },
    ]);
    expect(await minutesOf(ids)).toEqual([25, 50, 25]);
    const row = await draftRow(ids[1] ?? "");
    expect(row).toMatchObject({
      estimate_method: "logged",
      estimated_minutes: 50,
      own_estimate: { minutes: 60, method: "heuristic" },
    });
    expect(row["estimate_reason"]).toBe("SHOP-1 has 1 h 40 m logged; shared among the 3 lines of its commits.");
    expect(Number(row["estimate_low"])).toBeLessThanOrEqual(50);
    expect(Number(row["estimate_high"])).toBeGreaterThanOrEqual(50);
  });

  it("is never billed twice: what a person decided counts first", async () => {
    const first = await pushForTicket(database(), workspace, logged(120), [{ minutes: 60 }]);
    expect(await minutesOf(first)).toEqual([120]);
    await database().rpc(workspace.member, "update_drafts", { p_ids: first, p_changes: { minutes: 90 } });
    const second = await pushForTicket(database(), workspace, logged(120), [{ minutes: 60 }]);
    expect(await minutesOf([...first, ...second])).toEqual([90, 30]);
    expect((await draftRow(second[0] ?? ""))["estimate_reason"]).toBe(
      "SHOP-1 has 2 h logged, of which 1 h 30 m is in other lines.",
    );
    await database().rpc(workspace.member, "approve_drafts", { p_ids: first });
    const third = await pushForTicket(database(), workspace, logged(120), [{ minutes: 60 }]);
    expect((await minutesOf([...first, ...second, ...third])).reduce((sum, minutes) => sum + minutes, 0)).toBe(120);
  });

  it("leaves a time that the message names, and takes it off the rest", async () => {
    const ids = await pushForTicket(database(), workspace, logged(100), [
      { minutes: 45, estimate_method: "explicit" },
      { minutes: 20 },
    ]);
    expect(await minutesOf(ids)).toEqual([45, 55]);
  });

  it("gives way to the commits' own estimate when nothing is logged any more", async () => {
    const ids = await pushForTicket(database(), workspace, logged(100), [{ minutes: 30 }]);
    expect(await minutesOf(ids)).toEqual([100]);
    await save([logged(null)]);
    expect(await draftRow(ids[0] ?? "")).toMatchObject({
      minutes: 30,
      estimate_method: "heuristic",
      own_estimate: null,
    });
  });

  it("is one pot for a ticket known by the key it had and the key it has", async () => {
    const first = await pushForTicket(database(), workspace, logged(100, { external_id: "10001" }), [{ minutes: 30 }]);
    const moved = tellTicket(connectionId, "CORE-7", { external_id: "10001", logged_minutes: 100 });
    const second = await pushForTicket(database(), workspace, moved, [{ minutes: 30 }]);
    expect(await minutesOf([...first, ...second])).toEqual([50, 50]);
  });

  it("does not follow what is learned of the commit alone, and keeps it for later", async () => {
    const [id = ""] = await pushForTicket(database(), workspace, logged(100), [{ minutes: 30 }]);
    const { commit_id: commitId } = await database().one<{ commit_id: string }>(
      "select commit_id from public.commit_draft_items where draft_line_item_id = $1",
      [id],
    );
    await database().rpc(service, "estimate_again", {
      p_estimates: [
        { commit_id: commitId, minutes: 44, low: 20, high: 60, method: "calibrated", reason: "by its day" },
      ],
    });
    expect(await draftRow(id)).toMatchObject({
      minutes: 100,
      estimate_method: "logged",
      own_estimate: { minutes: 44 },
    });
  });

  it("counts lines of a project that does not want it with what they hold", async () => {
    const otherProject = await makeProject(database(), workspace, workspace.clientId, { rate: 9000 });
    const ids = await pushForTicket(database(), workspace, logged(100), [{ minutes: 30 }, { minutes: 30 }]);
    await database().rpc(workspace.member, "update_drafts", {
      p_ids: ids.slice(0, 1),
      p_changes: { project_id: otherProject },
    });
    await save([logged(100)]);
    expect(await minutesOf(ids)).toEqual([50, 50]);
  });
});

describe("a line whose ticket a person names anew", () => {
  const name = (id: string, key: string | null) =>
    database().rpc(workspace.member, "update_drafts", { p_ids: [id], p_changes: JSON.stringify({ ticket_key: key }) });
  const shown = (id: string) =>
    database().one("select ticket_key, ticket_title, ticket_state, ticket_url from public.inbox_drafts where id = $1", [
      id,
    ]);

  it("stands under that one, with its address", async () => {
    const told = [1, 2].map((n) =>
      tellTicket(connectionId, `SHOP-${n}`, { url: `https://jira.example.com/browse/SHOP-${n}` }),
    );
    const [id = ""] = await pushForTicket(database(), workspace, told[0] ?? tellTicket(connectionId, ""));
    await pushForTicket(database(), workspace, told[1] ?? tellTicket(connectionId, ""));
    await name(id, "SHOP-2");
    expect(await shown(id)).toMatchObject({
      ticket_title: "The title of SHOP-2",
      ticket_url: "https://jira.example.com/browse/SHOP-2",
    });
    await name(id, null);
    expect(await shown(id)).toMatchObject({ ticket_key: null, ticket_title: null, ticket_url: null });
  });

  it("waits for one nobody has asked for, of a connected project, and knows no other", async () => {
    const [id = ""] = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await name(id, "SHOP-77");
    expect(await shown(id)).toMatchObject({ ticket_key: "SHOP-77", ticket_state: "waiting" });
    const trackers = await database().rpc<DueTracker[]>(service, "due_tickets");
    expect(trackers.find((each) => each.id === connectionId)?.tickets.map(({ key }) => key)).toEqual(["SHOP-77"]);
    await name(id, "OTHER-1");
    expect(await shown(id)).toMatchObject({ ticket_key: "OTHER-1", ticket_state: null });
  });

  it("never stands under another workspace's", async () => {
    const other = await makeWorkspace(database());
    const foreign = await connectTracker(database(), other);
    await pushForTicket(database(), other, tellTicket(foreign, "SHOP-5"));
    await database().rpc(workspace.admin, "disconnect_tracker", { p_id: connectionId });
    const [id = ""] = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await name(id, "SHOP-5");
    expect((await draftRow(id))["ticket_id"]).toBeNull();
  });
});

describe("a line under a ticket that is split or merged", () => {
  const logged = (key = "SHOP-1") => tellTicket(connectionId, key, { logged_minutes: 100 });
  const madeLines = (id: string) =>
    database().query<{ ticket_id: string | null; minutes: number }>(
      "select ticket_id, minutes from public.draft_line_items where made_by = $1 order by minutes",
      [id],
    );

  beforeEach(() => rule("logged_time_rule = 'time'"));

  it("leaves its parts under the ticket, and its time counted once", async () => {
    const [first = ""] = await pushForTicket(database(), workspace, logged(), [{ minutes: 30 }]);
    const id = crypto.randomUUID();
    const parts = [40, 60].map((minutes) => ({ minutes }));
    await database().rpc(workspace.member, "split_draft", {
      p_id: id,
      p_draft_id: first,
      p_parts: JSON.stringify(parts),
    });
    const made = await madeLines(id);
    expect(made.map(({ minutes }) => minutes)).toEqual([40, 60]);
    expect(made.every(({ ticket_id: ticket }) => ticket !== null)).toBe(true);
    const [later] = await pushForTicket(database(), workspace, logged(), [{ minutes: 30 }]);
    expect((await draftRow(later ?? ""))["minutes"]).toBe(0);
    await save([logged()]);
    expect((await madeLines(id)).map(({ minutes }) => minutes)).toEqual([40, 60]);
  });

  it("merges into one under the ticket where all have the same", async () => {
    const ids = await pushForTicket(database(), workspace, logged(), [{ minutes: 30 }, { minutes: 30 }]);
    const id = crypto.randomUUID();
    await database().rpc(workspace.member, "merge_drafts", { p_id: id, p_ids: ids });
    const [made] = await madeLines(id);
    expect(made).toMatchObject({ minutes: 100, ticket_id: expect.any(String) as string });
    await save([logged()]);
    expect(await madeLines(id)).toEqual([made]);
  });
});

describe("connections", () => {
  it("are changed by managers only, and a disconnected one forgets its secrets", async () => {
    for (const person of [workspace.member, workspace.viewer]) {
      await expect(
        database().rpc(person, "change_tracker", { p_id: connectionId, p_changes: { name: "Mine" } }),
      ).rejects.toMatchObject({ code: "BH001" });
      await expect(database().rpc(person, "disconnect_tracker", { p_id: connectionId })).rejects.toMatchObject({
        code: "BH001",
      });
    }
    const stranger = (await makeWorkspace(database())).owner;
    await expect(database().rpc(stranger, "disconnect_tracker", { p_id: connectionId })).rejects.toMatchObject({
      code: "BH002",
    });
    await database().rpc(workspace.admin, "change_tracker", {
      p_id: connectionId,
      p_changes: { prefixes: ["SHOP", "WH"] },
    });
    await database().rpc(workspace.admin, "disconnect_tracker", { p_id: connectionId });
    const secrets = await database().query("select 1 from public.host_grant_secrets where workspace_id = $1", [
      workspace.id,
    ]);
    expect(secrets).toEqual([]);
  });

  it("that are refused are told of once, and mended by connecting again", async () => {
    for (const problem of ["Jira no longer lets Billhook in.", "Jira no longer lets Billhook in."]) {
      await database().rpc(service, "note_tracker", {
        p_connection_id: connectionId,
        p_problem: problem,
        p_is_refused: true,
      });
    }
    const matters = () =>
      database().query(
        "select occurrences from public.notifications where workspace_id = $1 and kind = 'tracker_refused'",
        [workspace.id],
      );
    expect(await matters()).toEqual([{ occurrences: 1 }]);
    await database().rpc(service, "connect_tracker", {
      p_workspace_id: workspace.id,
      p_user_id: workspace.owner.userId,
      p_connection: { id: connectionId, kind: "jira", name: "Our Jira", account_name: "Dev One" },
      p_grant: { id: crypto.randomUUID(), kind: "token", access: "k1.nonce.newer" },
    });
    expect(await matters()).toEqual([]);
    const [row] = await database().query(
      "select problem, grant_id is null as lost from public.tracker_connections where id = $1",
      [connectionId],
    );
    expect(row).toEqual({ problem: null, lost: false });
  });

  it("are made for people who manage the workspace, and never over another's", async () => {
    const connect = (userId: string, workspaceId: string) =>
      database().rpc(service, "connect_tracker", {
        p_workspace_id: workspaceId,
        p_user_id: userId,
        p_connection: { id: connectionId, kind: "jira", name: "Mine", account_name: "Dev One" },
        p_grant: { id: crypto.randomUUID(), kind: "token", access: "k1.nonce.ciphertext" },
      });
    await expect(connect(workspace.member.userId, workspace.id)).rejects.toMatchObject({ code: "BH001" });
    const other = await makeWorkspace(database());
    await expect(connect(other.owner.userId, other.id)).rejects.toMatchObject({ code: "BH002" });
  });
});

describe("approved time on its way to a ticket", () => {
  interface Taken {
    id: string;
    worklogs: { id: string; seconds: number; is_withdrawn: boolean; attempts: number; external_id: string | null }[];
  }
  const take = async () => {
    const taken = await database().rpc<Taken[]>(service, "take_worklogs");
    return taken.find(({ id }) => id === connectionId)?.worklogs ?? [];
  };
  const report = (id: string, outcome: string, externalId: string | null = null) =>
    database().rpc(service, "save_worklogs", { p_results: [{ id, outcome, external_id: externalId, reason: null }] });
  const approve = (ids: string[]) => database().rpc<DraftOutcome>(workspace.member, "approve_drafts", { p_ids: ids });
  const unapprove = (ids: string[]) =>
    database().rpc<DraftOutcome>(workspace.member, "unapprove_drafts", { p_ids: ids });
  const statuses = async () =>
    (
      await database().query<{ status: string }>(
        "select status from public.worklogs where workspace_id = $1 order by created_at",
        [workspace.id],
      )
    ).map(({ status }) => status);

  beforeEach(() => rule("write_worklogs = true"));

  it("is noted once with the approval, and taken by one worker", async () => {
    const ids = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await approve(ids);
    await approve(ids);
    const [worklog, ...others] = await take();
    expect(others).toEqual([]);
    expect(worklog).toMatchObject({ seconds: 3600, is_withdrawn: false, attempts: 1 });
    expect(await take()).toEqual([]);
    await report(worklog?.id ?? "", "sent", "worklog-1");
    expect(await statuses()).toEqual(["sent"]);
  });

  it("is taken with the workspace's time zone, for systems that keep a day alone", async () => {
    await database().query("update public.workspaces set timezone = 'Pacific/Auckland' where id = $1", [workspace.id]);
    await approve(await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1")));
    const taken = await database().rpc<(Taken & { timezone: string })[]>(service, "take_worklogs");
    expect(taken.find(({ id }) => id === connectionId)?.timezone).toBe("Pacific/Auckland");
  });

  it.each([
    ["Europe/Berlin", ["2026-03-28 07", "2026-03-29 06", "2026-10-24 06", "2026-10-25 07"]],
    ["America/New_York", ["2026-03-07 13", "2026-03-08 12", "2026-10-31 12", "2026-11-01 13"]],
  ])("begins with the working day in %s, also on a day when the clocks change", async (timezone, begins) => {
    await database().query("update public.workspaces set timezone = $2, working_from = 8 where id = $1", [
      workspace.id,
      timezone,
    ]);
    const told = tellTicket(connectionId, "SHOP-1");
    const days = begins.map((hour) => ({ work_date: hour.slice(0, 10), minutes: 1440 }));
    await approve(await pushForTicket(database(), workspace, told, days));
    const worklogs = await database().query<{ at: string; day: string; seconds: number }>(
      `select to_char(w.started_at at time zone 'UTC', 'YYYY-MM-DD HH24') as at, w.seconds::integer,
         to_char(w.started_at at time zone $2, 'YYYY-MM-DD') as day
       from public.worklogs w where w.workspace_id = $1 order by w.started_at`,
      [workspace.id, timezone],
    );
    expect(worklogs).toEqual(begins.map((at) => ({ at, seconds: 86_400, day: at.slice(0, 10) })));
  });

  it("is taken back with the approval, and written anew by the next", async () => {
    const ids = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await approve(ids);
    const [first] = await take();
    await report(first?.id ?? "", "sent", "worklog-1");
    await unapprove(ids);
    const [back] = await take();
    expect(back).toMatchObject({ id: first?.id, is_withdrawn: true, external_id: "worklog-1" });
    await report(first?.id ?? "", "withdrawn");
    await approve(ids);
    const [second] = await take();
    expect(second?.id).not.toBe(first?.id);
    expect(await statuses()).toEqual(["withdrawn", "queued"]);
  });

  it("that was never tried is not looked for when the approval is taken back", async () => {
    const ids = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await approve(ids);
    await unapprove(ids);
    expect(await statuses()).toEqual(["withdrawn"]);
    expect(await take()).toEqual([]);
  });

  it("is taken back after it was written, where the approval ended meanwhile", async () => {
    const ids = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await approve(ids);
    const [worklog] = await take();
    await unapprove(ids);
    await report(worklog?.id ?? "", "sent", "worklog-1");
    expect(await statuses()).toEqual(["withdrawing"]);
    expect(await take()).toMatchObject([{ is_withdrawn: true, external_id: "worklog-1" }]);
  });

  it("that failed is told of, and tried again by a person who may", async () => {
    const ids = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-1"));
    await approve(ids);
    const [worklog] = await take();
    await report(worklog?.id ?? "", "failed");
    expect(await statuses()).toEqual(["failed"]);
    await expect(database().rpc(workspace.viewer, "retry_worklogs", { p_draft_ids: ids })).rejects.toMatchObject({
      code: "BH001",
    });
    expect(await database().rpc(workspace.member, "retry_worklogs", { p_draft_ids: ids })).toBe(1);
    expect(await statuses()).toEqual(["queued"]);
  });

  it("is not written where the time came from the ticket, and is no evidence for the ticket's other lines", async () => {
    await rule("logged_time_rule = 'time'");
    const told = tellTicket(connectionId, "SHOP-1", { logged_minutes: 100 });
    const fromTicket = await pushForTicket(database(), workspace, told);
    await approve(fromTicket);
    expect(await statuses()).toEqual([]);
    const named = await pushForTicket(database(), workspace, tellTicket(connectionId, "SHOP-2"), [
      { minutes: 30, estimate_method: "explicit" },
    ]);
    await approve(named);
    const [worklog] = await take();
    await report(worklog?.id ?? "", "sent", "worklog-2");
    const next = await pushForTicket(
      database(),
      workspace,
      tellTicket(connectionId, "SHOP-2", { logged_minutes: 30 }),
      [{ minutes: 20 }],
    );
    expect(await minutesOf(next)).toEqual([20]);
  });
});
