import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import {
  createInvoice,
  makeCommit,
  makeDrafts,
  makeOpenInvoice,
  makeWorkspace,
  type Person,
  push,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

interface Trace {
  action: string;
  actor: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const traceOf = (entityId: string): Promise<Trace[]> =>
  database().query<Trace>(
    `select action, actor_id as actor, before, after from public.audit_events where entity_id = $1 order by id`,
    [entityId],
  );
const ask = (person: Person, name: string, ids: string[], parameters: Record<string, unknown> = {}) =>
  database().rpc(person, name, { p_ids: ids, ...parameters });

describe("the audit", () => {
  it("tells each step of a draft: who, what, before and after", async () => {
    const db = database();
    const commit = makeCommit();
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    const { member, admin, owner } = workspace;
    await ask(member, "update_drafts", [id], { p_changes: { minutes: 90 } });
    await ask(owner, "defer_drafts", [id], { p_until: "2026-12-01" });
    await ask(owner, "defer_drafts", [id], { p_until: null });
    await ask(member, "ignore_drafts", [id], { p_reason: "a duplicate" });
    await ask(admin, "restore_drafts", [id]);
    await ask(member, "approve_drafts", [id]);
    await ask(admin, "unapprove_drafts", [id]);
    await ask(owner, "approve_drafts", [id]);
    expect(await traceOf(id)).toMatchObject([
      {
        action: "edit",
        actor: member.userId,
        before: { minutes: 60, total_minor: 9000 },
        after: { minutes: 90, total_minor: 13_500 },
      },
      {
        action: "defer",
        actor: owner.userId,
        before: { deferred_until: null },
        after: { deferred_until: "2026-12-01" },
      },
      { action: "undefer", actor: owner.userId, after: { deferred_until: null } },
      {
        action: "ignore",
        actor: member.userId,
        before: { status: "draft" },
        after: { status: "rejected", rejected_reason: "a duplicate" },
      },
      { action: "restore", actor: admin.userId, before: { status: "rejected" }, after: { status: "draft" } },
      {
        action: "approve",
        actor: member.userId,
        before: { approved_by: null },
        after: { status: "approved", approved_by: member.userId },
      },
      { action: "unapprove", actor: admin.userId, before: { status: "approved" }, after: { status: "draft" } },
      { action: "approve", actor: owner.userId },
    ]);
    expect((await traceOf(commit.id)).map((trace) => trace.action)).toEqual(["ignore", "restore"]);
    const entries = await db.query<{ action: string }>(
      `select action from public.audit_events where entity_type = 'time_entries'
       and coalesce(after, before) ->> 'draft_line_item_id' = $1 order by id`,
      [id],
    );
    expect(entries.map((entry) => entry.action)).toEqual(["approve", "unapprove", "approve"]);
  });

  it("tells each step of an invoice, from Stripe with no person", async () => {
    const db = database();
    const { id } = await makeOpenInvoice(db, workspace, 1);
    await db.rpc(service, "apply_stripe_event", {
      p_event_id: "evt_1",
      p_event_type: "invoice.voided",
      p_event_at: "2026-04-01T00:00:00Z",
      p_stripe_invoice_id: "in_1",
      p_invoice_id: id,
      p_status: "void",
    });
    expect(await traceOf(id)).toMatchObject([
      { action: "invoice", actor: workspace.admin.userId, before: null, after: { status: "draft", total_minor: 0 } },
      { action: "invoice", before: { total_minor: 0 }, after: { total_minor: 9000 } },
      {
        action: "finalise",
        actor: workspace.admin.userId,
        before: { status: "draft", number: null },
        after: { status: "open" },
      },
      { action: "void", actor: null, before: { status: "open" }, after: { status: "void" } },
      { action: "invoice.voided", actor: null, after: { stripe_status: "void" } },
    ]);
  });

  it("keeps what a discarded invoice draft and a line taken off it were", async () => {
    const db = database();
    const drafts = await makeDrafts(db, workspace.repositoryId, 2);
    await ask(workspace.member, "approve_drafts", drafts);
    const id = await createInvoice(db, workspace, drafts);
    const lines = await db.query<{ id: string }>("select id from public.invoice_lines where invoice_id = $1", [id]);
    await db.rpc(workspace.admin, "remove_from_invoice", { p_line_ids: [lines[0]?.id] });
    await db.rpc(workspace.admin, "delete_invoice", { p_invoice_id: id });
    expect(await traceOf(lines[0]?.id ?? "")).toMatchObject([
      { action: "remove_from_invoice", before: { seconds: 3600 }, after: null },
    ]);
    expect((await traceOf(lines[1]?.id ?? "")).at(-1)).toMatchObject({ action: "discard", before: { seconds: 3600 } });
    expect((await traceOf(id)).at(-1)).toMatchObject({ action: "discard", before: { status: "draft" }, after: null });
  });

  it("tells of changed settings, and says nothing where nothing changed", async () => {
    const db = database();
    const before = (await traceOf(workspace.projectId)).length;
    const change = (rate: number) =>
      db.as(workspace.owner, "update public.projects set hourly_rate_minor = $1 where id = $2", [
        rate,
        workspace.projectId,
      ]);
    await change(9100);
    await change(9100);
    expect((await traceOf(workspace.projectId)).slice(before)).toEqual([
      {
        action: "update",
        actor: workspace.owner.userId,
        before: { hourly_rate_minor: 9000 },
        after: { hourly_rate_minor: 9100 },
      },
    ]);
    await db.as(workspace.owner, "update public.project_git_configs set factor = 2 where project_id = $1", [
      workspace.projectId,
    ]);
    await db.as(workspace.owner, "update public.workspaces set name = 'Renamed'");
    expect((await traceOf(workspace.projectId)).at(-1)).toMatchObject({ after: { factor: 2 } });
    expect(await traceOf(workspace.id)).toMatchObject([{ before: { name: "Studio" }, after: { name: "Renamed" } }]);
    expect((await traceOf(workspace.repositoryId))[0]).toMatchObject({
      action: "create",
      actor: workspace.owner.userId,
    });
  });

  it("holds no secret, encrypted or not", async () => {
    expect(
      await database().query(
        "select 1 from public.audit_events where before::text || after::text like '%ciphertext%' or after::text like '%ciphertext%'",
      ),
    ).toEqual([]);
  });

  it("is written and changed by nobody, the service role included", async () => {
    const db = database();
    for (const caller of [workspace.owner, workspace.viewer, service]) {
      for (const sql of [
        "insert into public.audit_events (workspace_id, entity_type, entity_id, action) select id, 'x', id, 'x' from public.workspaces",
        "update public.audit_events set action = 'x'",
        "delete from public.audit_events",
        "truncate public.audit_events",
      ]) {
        await expect(db.as(caller, sql), sql).rejects.toMatchObject({ code: "42501" });
      }
      expect((await db.as(caller, "select count(*)::integer > 0 as any from public.audit_events")).rows).toEqual([
        { any: true },
      ]);
    }
  });
});
