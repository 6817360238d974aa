import { beforeAll, describe, expect, it } from "vitest";
import { service, useDatabase } from "./database.ts";
import { makeCommit, makeDrafts, makeWorkspace, type Person, push, type Workspace } from "./stories.ts";

const database = useDatabase();
let own: Workspace;
beforeAll(async () => {
  own = await makeWorkspace(database());
  await database().as(
    own.admin,
    "update public.project_git_configs set words_strategy = 'summary' where project_id = $1",
    [own.projectId],
  );
});

interface Begun {
  lines: { draft_id: string; description: string }[];
  examples: Record<string, { proposed: string; final: string }[]>;
}

const begin = (): Promise<Begun | null> => database().rpc(service, "begin_words", { p_workspace_id: own.id });
const finish = (lines: Record<string, unknown>[]): Promise<number> =>
  database().rpc(service, "finish_words", { p_workspace_id: own.id, p_lines: JSON.stringify(lines) });
const edit = (person: Person, id: string, description: string): Promise<unknown> =>
  database().rpc(person, "update_drafts", { p_ids: [id], p_changes: { description } });
const lineOf = (id: string) =>
  database().one<{ description: string; minutes: number; status: string; reason: string | null; waiting: boolean }>(
    `select d.description, d.minutes, w.status, w.reason, w.waits_until > now() as waiting
     from public.draft_line_items d join public.draft_words w on w.draft_line_item_id = d.id where d.id = $1`,
    [id],
  );

describe("a line of a project with summaries", () => {
  it("waits from the moment it is there, is taken by one at a time, and gets words and nothing else", async () => {
    const [id = ""] = await makeDrafts(database(), own.repositoryId, 1);
    const before = await lineOf(id);
    expect(before.status).toBe("waiting");
    const begun = await begin();
    expect(begun?.lines.map(({ draft_id: draft }) => draft)).toContain(id);
    expect(await begin()).toBeNull();
    await finish([{ draft_id: id, before: before.description, words: "Made a page", minutes: 2400 }]);
    expect(await lineOf(id)).toMatchObject({ description: "Made a page", minutes: before.minutes, status: "written" });
    // The words of somebody who comes late are for what it no longer says.
    await finish([{ draft_id: id, before: before.description, words: "Made another page" }]);
    expect((await lineOf(id)).description).toBe("Made a page");
  });

  it("keeps what a person made of it, and what was decided", async () => {
    const [edited = "", ignored = ""] = await makeDrafts(database(), own.repositoryId, 2);
    await begin();
    await edit(own.member, edited, "My words");
    await database().rpc(own.member, "ignore_drafts", { p_ids: [ignored] });
    await finish([edited, ignored].map((id) => ({ draft_id: id, before: "Added a page", words: "Made a page" })));
    expect(await lineOf(edited)).toMatchObject({ description: "My words", status: "kept" });
    expect(await lineOf(ignored)).toMatchObject({ description: "Added a page", status: "kept" });
  });

  it("is asked about again after what passes, four times at most", async () => {
    const [id = ""] = await makeDrafts(database(), own.repositoryId, 1);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      expect((await begin())?.lines.map(({ draft_id: draft }) => draft)).toContain(id);
      await finish([{ draft_id: id, before: "Added a page", words: null, reason: "It is away.", retry_seconds: 60 }]);
      const line = await lineOf(id);
      expect(line).toMatchObject({ status: attempt < 4 ? "waiting" : "kept", reason: "It is away.", waiting: true });
      await database().query("update public.draft_words set waits_until = null where draft_line_item_id = $1", [id]);
    }
    expect(await begin()).toBeNull();
  });

  it("is not wanted where a rule left it out, where it was merged, and where the template is enough", async () => {
    const ignored = makeCommit({ ignored_rule: "merge", ignored_reason: "A merge." });
    const [left = ""] = await push(database(), own.repositoryId, [ignored]);
    const ids = await makeDrafts(database(), own.repositoryId, 2);
    const merged = await database().rpc<{ changed: { id: string; made_by: string | null }[] }>(
      own.member,
      "merge_drafts",
      {
        p_id: crypto.randomUUID(),
        p_ids: ids,
      },
    );
    const made = merged.changed.find((row) => row.made_by !== null && !ids.includes(row.id))?.id;
    const other = await makeWorkspace(database());
    const [plain = ""] = await makeDrafts(database(), other.repositoryId, 1);
    const found = await database().query("select 1 from public.draft_words where draft_line_item_id = any ($1)", [
      [left, made, plain],
    ]);
    expect(found).toEqual([]);
    await begin();
  });
});

describe("examples", () => {
  const examples = async (): Promise<{ proposed: string; final: string }[]> => {
    await makeDrafts(database(), own.repositoryId, 1);
    return (await begin())?.examples[own.clientId] ?? [];
  };

  it("are what a person changed, from the approval on and until it is taken back; the five newest", async () => {
    const ids = await makeDrafts(database(), own.repositoryId, 7);
    for (const [index, id] of ids.entries()) await edit(own.member, id, `First try ${index}`);
    for (const [index, id] of ids.entries()) await edit(own.member, id, `Final words ${index}`);
    expect(await examples()).toEqual([]);
    for (const id of ids) await database().rpc(own.member, "approve_drafts", { p_ids: [id] });
    const shown = await examples();
    expect(shown).toHaveLength(5);
    expect(shown[0]).toEqual({ proposed: "Added a page", final: "Final words 6" });
    await database().rpc(own.member, "unapprove_drafts", { p_ids: ids });
    expect(await examples()).toEqual([]);
  });
});

describe("the budget", () => {
  const reserve = (micros: number): Promise<boolean> =>
    database().rpc(service, "reserve_words", {
      p_workspace_id: own.id,
      p_request: {
        id: crypto.randomUUID(),
        kind: "lines",
        model: "m",
        prompt_version: 1,
        lines: 1,
        sent: { lines: [] },
        reserved_micros: micros,
      },
    });
  const spent = async (): Promise<number> =>
    (await database().rpc<{ spent_micros: number }>(own.viewer, "word_spending", { p_workspace_id: own.id }))
      .spent_micros;

  const told = async () =>
    (await database().as(own.viewer, "select * from public.read_matters($1)", [own.id])).rows.filter(
      ({ kind }) => kind === "words_budget",
    );

  it("counts what is reserved until it is settled, and all of it where nobody knows", async () => {
    await database().as(
      own.owner,
      "update public.word_settings set monthly_budget_micros = 1000 where workspace_id = $1",
      [own.id],
    );
    expect(await reserve(600)).toBe(true);
    expect(await reserve(600)).toBe(false);
    expect(await reserve(600)).toBe(false);
    // Told once a month, however many lines ask.
    expect(await told()).toMatchObject([{ kind: "words_budget", count: 1, is_unread: true }]);
    const request = await database().one<{ id: string }>(
      "select id from public.word_requests where workspace_id = $1",
      [own.id],
    );
    await database().rpc(service, "settle_words", {
      p_workspace_id: own.id,
      p_request: { id: request.id, cost_micros: 100, input_tokens: 10, output_tokens: 1, error: null },
    });
    expect(await spent()).toBe(100);
    expect(await reserve(600)).toBe(true);
    // The one who reserved it died; ten minutes later it counts in full and for good.
    await database().query(
      "update public.word_requests set created_at = now() - interval '11 minutes' where workspace_id = $1 and status = 'reserved'",
      [own.id],
    );
    expect(await reserve(301)).toBe(false);
    const states = await database().query(
      "select status, cost_micros from public.word_requests where workspace_id = $1",
      [own.id],
    );
    expect(states).toContainEqual({ status: "failed", cost_micros: 600 });
  });

  it("begins anew with the month, and what was sent is forgotten after thirty days", async () => {
    await database().query(
      "update public.word_requests set created_at = created_at - interval '32 days' where workspace_id = $1",
      [own.id],
    );
    expect(await spent()).toBe(0);
    await database().rpc(service, "forget_words");
    const kept = await database().query(
      "select sent from public.word_requests where workspace_id = $1 and sent is not null",
      [own.id],
    );
    expect(kept).toEqual([]);
  });
});

describe("a key", () => {
  it("is set and removed by those who manage, with the address it is for", async () => {
    const set = (person: Person, ciphertext: string | null) =>
      database().rpc(person, "set_word_key", {
        p_workspace_id: own.id,
        p_ciphertext: ciphertext,
        p_hint: "1234",
        p_base_url: "https://models.example.com",
      });
    await expect(set(own.member, "k1.a.b")).rejects.toMatchObject({ code: "BH001" });
    await set(own.admin, "k1.a.b");
    const settings = () =>
      database().one(
        "select key_hint, base_url, key_set_at is not null as has_key from public.word_settings where workspace_id = $1",
        [own.id],
      );
    expect(await settings()).toEqual({ key_hint: "1234", base_url: "https://models.example.com", has_key: true });
    await expect(
      database().as(
        own.owner,
        "update public.word_settings set base_url = 'https://elsewhere.example' where workspace_id = $1",
        [own.id],
      ),
    ).rejects.toMatchObject({ code: "42501" });
    await set(own.admin, null);
    expect(await settings()).toEqual({ key_hint: null, base_url: null, has_key: false });
    expect(await database().query("select 1 from public.word_keys where workspace_id = $1", [own.id])).toEqual([]);
  });
});

describe("lines that are worded as one", () => {
  it("are one client's, asked about by those who work the inbox", async () => {
    const ids = await makeDrafts(database(), own.repositoryId, 2);
    const lines = await database().rpc<{ client_id: string; lines: string[] }>(own.member, "roll_up_lines", {
      p_ids: ids,
    });
    expect(lines).toMatchObject({ client_id: own.clientId, lines: ["Added a page", "Added a page"] });
    await expect(database().rpc(own.viewer, "roll_up_lines", { p_ids: ids })).rejects.toMatchObject({ code: "BH001" });
    const other = await makeWorkspace(database());
    await expect(database().rpc(other.owner, "roll_up_lines", { p_ids: ids })).rejects.toMatchObject({ code: "BH002" });
    const paths = await database().rpc(other.owner, "draft_paths", { p_ids: ids });
    expect(paths).toEqual({});
  });
});
