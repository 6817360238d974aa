import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { giveToken, makeCommit, makeWorkspace, type Person, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
let other: Workspace;
beforeAll(async () => {
  other = await makeWorkspace(database());
});
beforeEach(async () => {
  workspace = await makeWorkspace(database());
  await giveToken(database(), workspace.owner, workspace.repositoryId);
});

const start = (more: Record<string, unknown> = {}, person: Person = workspace.owner): Promise<string> =>
  database().rpc<string>(person, "start_import", {
    p_repository_id: workspace.repositoryId,
    p_mode: "drafts",
    ...more,
  });
const begin = (id: string) =>
  database().rpc<{ job?: { id: string; cursor: string | null }; host?: unknown }>(service, "begin_import_page", {
    p_id: id,
  });
const write = (
  id: string,
  page: number,
  commits: object[],
  cursor: string | null,
  more: Record<string, unknown> = {},
) =>
  database().rpc<{ outcome: string; status: string }>(service, "record_import_page", {
    p_id: id,
    p_page: page,
    p_found: commits.length,
    p_results: JSON.stringify(commits),
    p_cursor: cursor,
    ...more,
  });
const read = (id: string) =>
  database().one(
    "select status, pages, cursor, found, imported, skipped, skipped_reasons, error from public.import_jobs where id = $1",
    [id],
  );
const act = (name: string, id: string, person: Person = workspace.owner) =>
  database().rpc<string>(person, name, { p_id: id });
const waiting = async (): Promise<unknown[]> =>
  (await database().as(service, "select * from public.waiting_imports(1000)")).rows.map(
    (row) => row["waiting_imports"],
  );

describe("an import", () => {
  it("is asked for by managers, with a token that works, one at a time, and within reason", async () => {
    for (const person of [workspace.member, workspace.viewer, other.owner])
      await expect(start({}, person)).rejects.toMatchObject({ code: expect.stringMatching(/^BH00[12]$/) as string });
    for (const wrong of [{ p_mode: "x" }, { p_last: 0 }, { p_last: 5, p_since: "2026-01-01" }])
      await expect(start(wrong)).rejects.toMatchObject({ code: "BH003" });
    await start();
    await expect(start()).rejects.toMatchObject({ code: "BH005" });
    await database().query(
      "update public.host_grants set revoked_at = now(), revoked_reason = 'x' where workspace_id = $1",
      [workspace.id],
    );
    await expect(start()).rejects.toMatchObject({ code: "BH005" });
  });

  it("is taken by one worker at a time, for as long as its lease, and each page is written once", async () => {
    const id = await start();
    expect(await begin(id)).toMatchObject({ job: { id, cursor: null } });
    expect(await begin(id)).toEqual({});
    await database().rpc(service, "pin_import", { p_id: id, p_head: "a".repeat(40), p_branch: "main" });
    await database().rpc(service, "pin_import", { p_id: id, p_head: "b".repeat(40) });
    const head = await database().one("select head, branch from public.import_jobs where id = $1", [id]);
    expect(head).toEqual({ head: "a".repeat(40), branch: "main" });
    const commits = [makeCommit(), makeCommit({ ignored_rule: "merge", ignored_reason: "A merge." })];
    expect(await write(id, 0, commits, "next", { p_ignored: JSON.stringify({ merge: 1 }) })).toMatchObject({
      outcome: "recorded",
      status: "running",
    });
    expect(await write(id, 0, commits, "next")).toMatchObject({ outcome: "passed over" });
    expect(await begin(id)).toMatchObject({ job: { cursor: "next" } });
    expect(await write(id, 1, commits, null)).toMatchObject({ outcome: "recorded", status: "done" });
    expect(await read(id)).toMatchObject({
      status: "done",
      pages: 2,
      found: 4,
      imported: 1,
      skipped: 3,
      skipped_reasons: { merge: 1, known: 2 },
    });
    const told = await database().query(
      "select kind from public.notifications where workspace_id = $1 and kind like 'import%'",
      [workspace.id],
    );
    expect(told).toEqual([{ kind: "import_done" }]);
  });

  it("that is stopped writes nothing more, and goes on from there when it is resumed", async () => {
    const id = await start();
    await begin(id);
    await write(id, 0, [makeCommit()], "next");
    for (const person of [workspace.member, other.owner])
      await expect(act("stop_import", id, person)).rejects.toMatchObject({
        code: expect.stringMatching(/^BH00[12]$/) as string,
      });
    expect(await act("stop_import", id)).toBe("stopped");
    expect(await act("stop_import", id)).toBe("stopped");
    expect(await write(id, 1, [makeCommit()], null)).toMatchObject({ outcome: "passed over", status: "stopped" });
    expect(await begin(id)).toEqual({});
    await expect(act("resume_import", id, workspace.viewer)).rejects.toMatchObject({ code: "BH001" });
    expect(await act("resume_import", id)).toBe("queued");
    expect(await begin(id)).toMatchObject({ job: { cursor: "next" } });
    await write(id, 1, [], null);
    for (const name of ["stop_import", "resume_import"])
      await expect(act(name, id)).rejects.toMatchObject({ code: "BH005" });
  });

  it("waits for its host until the moment it was told, is found then, and fails where there is none", async () => {
    const pause = (until: string | null) =>
      database().rpc<string>(service, "pause_import", {
        p_id: id,
        p_error: "It does not answer.",
        p_waits_until: until,
      });
    const id = await start();
    expect(await waiting()).not.toContain(id);
    await begin(id);
    expect(await pause(new Date(Date.now() + 3_600_000).toISOString())).toBe("waiting");
    expect(await begin(id)).toEqual({});
    expect(await waiting()).not.toContain(id);
    await database().query("update public.import_jobs set waits_until = now() - interval '1 second' where id = $1", [
      id,
    ]);
    expect(await waiting()).toContain(id);
    await begin(id);
    expect(await pause(null)).toBe("failed");
    expect(await read(id)).toMatchObject({ status: "failed", error: "It does not answer." });
    const told = await database().query(
      "select body from public.notifications where kind = 'import_failed' and workspace_id = $1",
      [workspace.id],
    );
    expect(told).toEqual([{ body: "It does not answer." }]);
    expect(await act("resume_import", id)).toBe("queued");
  });

  it("as billed leaves nothing to approve, and what a rule leaves out stays ignored", async () => {
    const id = await start({ p_mode: "billed" });
    await begin(id);
    const billed = { ...makeCommit(), draft: null };
    await write(id, 0, [billed, makeCommit({ ignored_rule: "bot", ignored_reason: "A program." })], null);
    const rows = await database().query(
      "select status, count(*)::integer as n from public.commits where workspace_id = $1 group by status order by status",
      [workspace.id],
    );
    expect(rows).toEqual([
      { status: "ignored", n: 1 },
      { status: "invoiced", n: 1 },
    ]);
  });
});
