import { approveDrafts } from "@billhook/database/drafts";
import { changePerson, joinPeople, listPeople, separatePerson } from "@billhook/database/people";
import type { GitConfig } from "@billhook/domain/git-config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draftsBySubject, type EstimatedDraft, firstDrafts, send } from "./estimates-harness.ts";
import {
  connect,
  type ConnectedRepository,
  type Harness,
  type PersonOfWorkspace,
  signUpWithWorkspace,
  startHarness,
} from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const one = { name: "Dev One", email: "pair.one@example.com" };
const two = { name: "Dev Two", email: "pair.two@example.com" };
const assistant = "Co-authored-by: Claude Opus 4 <noreply@anthropic.com>";
const withTwo = `Co-authored-by: ${two.name} <${two.email}>`;

type Rules = Partial<Pick<GitConfig, "pair_rule" | "agent_rule" | "agent_hourly_rate_minor">>;

/** A workspace of two members, with the project's rules. */
async function makePair(rules: Rules): Promise<{ person: PersonOfWorkspace; repository: ConnectedRepository }> {
  const person = await signUpWithWorkspace(harness.stack);
  const other = await signUpWithWorkspace(harness.stack);
  await harness.stack.query("update public.members set email = $1, display_name = $2 where workspace_id = $3", [
    one.email,
    one.name,
    person.workspaceId,
  ]);
  await harness.stack.query(
    `insert into public.members (workspace_id, user_id, role, display_name, email)
     select $1, user_id, 'member', $2, $3 from public.members where workspace_id = $4`,
    [person.workspaceId, two.name, two.email, other.workspaceId],
  );
  await person.database.from("project_git_configs").update(rules).eq("project_id", person.projectId).throwOnError();
  return { person, repository: await connect(harness, "github", {}, person) };
}

const at = (clock: string, subject: string, trailer = "", author = one) => ({
  message: trailer === "" ? subject : `${subject}\n\n${trailer}`,
  author,
  timestamp: `2026-11-10T${clock}:00+01:00`,
});

const draftsFor = async (repository: ConnectedRepository, subject: string): Promise<EstimatedDraft[]> =>
  (await draftsBySubject(harness, repository.id)).get(subject) ?? [];

describe("a commit of two members", () => {
  test("is its author's alone, unless the project says otherwise", async () => {
    const { repository } = await makePair({});
    await send(harness, repository, [at("12:00", "Pair [2h]", withTwo)]);
    expect(await draftsFor(repository, "Pair [2h]")).toMatchObject([{ author: one.name, minutes: 120 }]);
  });

  test("is split so that the parts are the whole, and each part is its member's entry", async () => {
    const { person, repository } = await makePair({ pair_rule: "split" });
    await send(harness, repository, [at("12:00", "Odd [2h5m]", withTwo), at("13:00", "Estimated", withTwo)]);
    const odd = await draftsFor(repository, "Odd [2h5m]");
    expect(odd).toMatchObject([
      { author: one.name, minutes: 63 },
      { author: two.name, minutes: 62 },
    ]);
    expect(odd[0]?.messages).toContain("1 h 3 m of its 2 h 5 m is this person's share");
    const [own, others] = await draftsFor(repository, "Estimated");
    expect(Math.abs((own?.minutes ?? 0) - (others?.minutes ?? 0))).toBeLessThanOrEqual(1);

    const approved = await approveDrafts(
      person.database,
      odd.map(({ id }) => id),
    );
    expect(approved.ok).toBe(true);
    const entries = await harness.stack.query(
      `select m.display_name, e.billed_seconds::integer as seconds from public.time_entries e
       join public.members m on m.id = e.member_id where e.workspace_id = $1 order by 1`,
      [person.workspaceId],
    );
    expect(entries).toEqual([
      { display_name: one.name, seconds: 63 * 60 },
      { display_name: two.name, seconds: 62 * 60 },
    ]);
  });

  test("keeps its shares when the day moves", async () => {
    const { repository } = await makePair({ pair_rule: "split" });
    await send(harness, repository, [at("12:00", "Shared", withTwo)]);
    const before = await draftsFor(repository, "Shared");
    await send(harness, repository, [at("18:00", "Later")]);
    const after = await draftsFor(repository, "Shared");
    expect(after).toHaveLength(2);
    expect(after[0]?.minutes).not.toBe(before[0]?.minutes);
    expect(Math.abs((after[0]?.minutes ?? 0) - (after[1]?.minutes ?? 0))).toBeLessThanOrEqual(1);
  });

  test("is billed for each in full where the project says so", async () => {
    const { repository } = await makePair({ pair_rule: "each_in_full" });
    await send(harness, repository, [at("12:00", "Both [2h]", withTwo)]);
    expect(await draftsFor(repository, "Both [2h]")).toMatchObject([
      { author: one.name, minutes: 120, total: 18_000 },
      { author: two.name, minutes: 120, total: 18_000 },
    ]);
  });

  test("leaves out co-authors who are no members", async () => {
    const { repository } = await makePair({ pair_rule: "split" });
    await send(harness, repository, [at("12:00", "Guest [2h]", "Co-authored-by: Guest <guest@example.net>")]);
    expect(await draftsFor(repository, "Guest [2h]")).toMatchObject([{ author: one.name, minutes: 120 }]);
  });
});

describe("a coding assistant", () => {
  const bot = { name: "copilot-swe-agent[bot]", email: "198982749+Copilot@users.noreply.github.com" };

  test("named beside a person changes nothing unless the project says so", async () => {
    const { repository } = await makePair({});
    await send(harness, repository, [at("12:00", "Assisted [1h]", assistant)]);
    expect(await draftsFor(repository, "Assisted [1h]")).toMatchObject([{ rate: 9000, billable: true, total: 9000 }]);
  });

  test("is billed at its own rate, or not at all", async () => {
    const rated = await makePair({ agent_rule: "at_rate", agent_hourly_rate_minor: 4000 });
    await send(harness, rated.repository, [at("12:00", "Assisted [1h]", assistant), at("13:00", "Alone [1h]")]);
    expect(await draftsFor(rated.repository, "Assisted [1h]")).toMatchObject([{ rate: 4000, total: 4000 }]);
    expect(await draftsFor(rated.repository, "Alone [1h]")).toMatchObject([{ rate: 9000, total: 9000 }]);

    const unbilled = await makePair({ agent_rule: "not_billed" });
    await send(harness, unbilled.repository, [at("12:00", "Assisted [1h]", assistant)]);
    const [draft] = await draftsFor(unbilled.repository, "Assisted [1h]");
    expect(draft).toMatchObject({ billable: false, total: 0 });
    expect(draft?.codes).toContain("agent_not_billed");
  });

  test("that is the author works for the person it names", async () => {
    const { repository, person } = await makePair({});
    await send(harness, repository, [at("12:00", "Written for me", `Co-authored-by: ${one.name} <${one.email}>`, bot)]);
    expect(await draftsFor(repository, "Written for me")).toMatchObject([{ status: "draft", billable: true }]);
    const owners = await harness.stack.query(
      `select p.member_id is not null as member from public.draft_line_items d join public.people p on p.id = d.person_id
       where d.workspace_id = $1`,
      [person.workspaceId],
    );
    expect(owners).toEqual([{ member: true }]);
  });

  test("is who an admin says it is", async () => {
    const { person, repository } = await makePair({ agent_rule: "not_billed" });
    const claude = { name: "Claude One", email: "claude.martin@example.com" };
    await send(harness, repository, [at("12:00", "By a person [1h]", "", claude)]);
    expect(await draftsFor(repository, "By a person [1h]")).toMatchObject([{ billable: true }]);
    const people = await listPeople(person.database, person.workspaceId);
    const id = people.ok ? (people.value.find(({ display_name }) => display_name === claude.name)?.id ?? "") : "";
    expect(await changePerson(person.database, id, { kind: "agent" })).toMatchObject({ ok: true });
    await send(harness, repository, [at("13:00", "By a program [1h]", "", claude)]);
    expect(await draftsFor(repository, "By a program [1h]")).toMatchObject([{ billable: false }]);
    await changePerson(person.database, id, { kind: "bot" });
    await send(harness, repository, [at("14:00", "By a bot [1h]", "", claude)]);
    expect(await draftsFor(repository, "By a bot [1h]")).toMatchObject([{ status: "rejected" }]);
  });
});

describe("one person under two addresses", () => {
  const home = { name: "Dev Three", email: "home@example.com" };
  const work = { name: "D. Three", email: "77+dev3@users.noreply.github.com" };

  test("is joined once, remembered, and can be taken apart again", async () => {
    const { person, repository } = await makePair({});
    await send(harness, repository, [at("10:00", "At home", "", home), at("10:30", "At work", "", work)]);
    expect((await firstDrafts(harness, repository.id))["At work"]?.reason).toContain("no earlier commit");
    const before = await listPeople(person.database, person.workspaceId);
    if (!before.ok) throw new Error(before.error.cause);
    expect(before.value).toHaveLength(2);
    const idOf = (name: string): string => before.value.find((each) => each.display_name === name)?.id ?? "";
    expect(await joinPeople(person.database, idOf(work.name), idOf(home.name))).toMatchObject({ ok: true });

    // Under the old login, with the same number: the same account, renamed.
    const renamed = { name: "D. Three", email: "77+dev-three@users.noreply.github.com" };
    await send(harness, repository, [at("11:30", "Renamed", "", renamed)]);
    expect((await firstDrafts(harness, repository.id))["Renamed"]?.reason).toContain(
      "1 h since the previous commit at 10:30",
    );
    const joined = await listPeople(person.database, person.workspaceId);
    expect(joined.ok && joined.value).toMatchObject([
      { commits: 3, identities: ["77@users.noreply.github.com", "home@example.com"] },
    ]);

    const key = "77@users.noreply.github.com";
    expect(await separatePerson(person.database, person.workspaceId, key)).toMatchObject({ ok: true });
    const apart = await listPeople(person.database, person.workspaceId);
    expect(apart.ok && apart.value.map(({ commits, identities }) => [commits, identities])).toEqual([
      [2, [key]],
      [1, ["home@example.com"]],
    ]);
    expect(await separatePerson(person.database, person.workspaceId, key)).toMatchObject({
      ok: false,
      error: { code: "invalid_input" },
    });
  });
});
