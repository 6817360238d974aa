import { approveDrafts, updateDrafts } from "@billhook/database/drafts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ClonedCommit,
  draftsOf,
  type EstimatedDraft,
  expectSound,
  firstDrafts,
  send,
} from "./estimates-harness.ts";
import { connect, type Harness, type PersonOfWorkspace, signUpWithWorkspace, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const author = (name: string) => ({ name, email: `${name.toLowerCase().replaceAll(" ", ".")}@example.com` });
/** A workday of this person alone, at local times of Berlin in winter. */
const at = (day: string, clock: string, message: string, name = "Dev One"): ClonedCommit => ({
  message,
  author: author(name),
  timestamp: `${day}T${clock}:00+01:00`,
});
const minutesOf = (drafts: Record<string, EstimatedDraft>): number =>
  Object.values(drafts).reduce((sum, draft) => sum + draft.minutes, 0);

describe("odd commits become estimates with a flag, and never an error or a bill", () => {
  test("a pattern that would keep a backtracking engine busy forever is answered at once", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    await person.database
      .from("project_git_configs")
      .update({ explicit_pattern: "((a+)+)+$", exclude_patterns: ["^(a|a)*$", "(x+x+)+y"] })
      .eq("project_id", person.projectId)
      .throwOnError();
    const bomb = `${"a".repeat(5000)}!`;
    const started = Date.now();
    const drafts = await draftsOf(harness, [{ message: bomb, author: author("Bomb One") }], person);
    expectSound(drafts[bomb]);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("a pattern that cannot be linear is not used, and the draft says so", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    await person.database
      .from("project_git_configs")
      .update({ explicit_pattern: String.raw`(\d+)h(?=\1)` })
      .eq("project_id", person.projectId)
      .throwOnError();
    const { Fix: draft } = await draftsOf(harness, [at("2026-11-10", "11:00", "Fix", "Pattern One")], person);
    expectSound(draft);
    expect(draft?.codes).toContain("explicit_pattern_invalid");
  });

  test("dates of 1970 and 2106 are flagged", async () => {
    const drafts = await draftsOf(harness, [
      { message: "Old", author: author("Old One"), timestamp: "1970-01-01T00:00:00Z" },
      { message: "New", author: author("New One"), timestamp: "2106-02-07T06:28:15Z" },
    ]);
    for (const draft of Object.values(drafts)) expectSound(draft);
    expect(drafts["Old"]?.codes).toContain("date_before_2000");
    expect(drafts["New"]?.codes).toContain("date_in_future");
  });

  test("a commit authored after it was committed, or long ago, is flagged", async () => {
    const drafts = await draftsOf(harness, [
      {
        message: "Backwards",
        author: author("Clock One"),
        authoredAt: "2026-11-10T15:00:00+01:00",
        committedAt: "2026-11-10T11:00:00+01:00",
      },
      at("2026-03-02", "10:00", "Forgotten", "Clock Two"),
    ]);
    for (const draft of Object.values(drafts)) expectSound(draft);
    expect(drafts["Backwards"]?.codes).toContain("authored_after_committed");
    expect(drafts["Forgotten"]?.codes).toContain("commit_old");
    expect(drafts["Forgotten"]?.messages).toMatch(/from 2026-03-02, \d+ days before it arrived/);
  });

  test("ten thousand commits of one minute are one piece of work", async () => {
    const person = await signUpWithWorkspace(harness.stack);
    const repository = await connect(harness, "github", {}, person);
    for (let push = 0; push < 5; push += 1) {
      const commits = Array.from({ length: 2000 }, (_, index) => ({
        ...at("2026-11-11", "10:30", `Step ${push} ${index}`),
        timestamp: `2026-11-11T10:30:${String(Math.floor(index / 40)).padStart(2, "0")}+01:00`,
      }));
      await send(harness, repository, commits);
    }
    const [{ drafts, minutes, odd } = {}] = await harness.stack.query<{ drafts: number; minutes: number; odd: number }>(
      `select count(*)::integer as drafts, sum(minutes)::integer as minutes,
         count(*) filter (where status <> 'draft' or minutes not between estimate_low and estimate_high)::integer as odd
       from public.draft_line_items where repository_id = $1`,
      [repository.id],
    );
    expect(drafts).toBe(10_000);
    expect(odd).toBe(0);
    expect(minutes).toBeLessThanOrEqual(16 * 60);
  }, 180_000);

  test("a commit of nobody is estimated and flagged", async () => {
    const { Anonymous: draft } = await draftsOf(harness, [
      { message: "Anonymous", author: { name: "", email: "" }, timestamp: "2026-11-12T10:00:00+01:00" },
    ]);
    expectSound(draft);
    expect(draft?.codes).toContain("no_author");
  });

  test.each([
    ["spring", "2026-03-29", "+01:00", "+02:00"],
    ["autumn", "2026-10-25", "+02:00", "+01:00"],
  ])("the day the clocks change in %s is one day, and as long as it was", async (season, day, before, after) => {
    const name = `Summer ${season}`;
    const drafts = await draftsOf(harness, [
      { message: "Before", author: author(name), timestamp: `${day}T01:30:00${before}` },
      { message: "After", author: author(name), timestamp: `${day}T05:00:00${after}` },
      { message: "Noon", author: author(name), timestamp: `${day}T12:00:00${after}` },
    ]);
    for (const draft of Object.values(drafts)) expectSound(draft);
    const days = await harness.stack.query<{ day: string; hours: number }>(
      `select w.day::text, w.bounded_hours as hours from public.work_days w join public.people p on p.id = w.person_id
       where p.display_name = $1 order by 1`,
      [name],
    );
    // Half past one at night belongs to the day before, as anywhere.
    expect(days.map((each) => each.day)).toEqual([day.replace(/\d\d$/, (d) => String(Number(d) - 1)), day]);
    for (const { hours } of days) expect(hours).toBeLessThanOrEqual(16);
  });

  test("an author who moves between time zones has one day, measured by instants", async () => {
    const name = author("Traveller One");
    const drafts = await draftsOf(harness, [
      { message: "Berlin", author: name, timestamp: "2026-11-10T09:00:00+01:00" },
      { message: "London", author: name, timestamp: "2026-11-10T09:30:00+00:00" },
      { message: "New York", author: name, timestamp: "2026-11-10T08:00:00-05:00" },
    ]);
    for (const draft of Object.values(drafts)) expectSound(draft);
    expect(drafts["London"]?.reason).toContain("1 h 30 m since the previous commit");
    expect(drafts["New York"]?.reason).toContain("3 h 30 m since the previous commit");
  });

  test("negative and absurd counts are passed over or bounded, and flagged", async () => {
    const drafts = await draftsOf(harness, [
      { ...at("2026-11-10", "10:00", "Negative", "Count One"), files: [["src/a.ts", -500, 3]] },
      { ...at("2026-11-10", "11:00", "Absurd", "Count Two"), files: [["src/a.ts", 9_007_199_254_740_991, 5]] },
      { ...at("2026-11-10", "12:00", "Fraction", "Count Three"), files: [["src/a.ts", 1.5, 0.25]] },
    ]);
    for (const draft of Object.values(drafts)) {
      expectSound(draft);
      expect(draft.minutes).toBeLessThanOrEqual(16 * 60);
    }
    expect(Object.values(drafts)).toHaveLength(3);
    expect(drafts["Absurd"]?.codes).toContain("implausible_counts");
    expect(drafts["Negative"]?.codes.some((code) => code.endsWith("counts"))).toBe(true);
  });

  test("a time of more than a day in the message is not billed", async () => {
    const drafts = await draftsOf(harness, [at("2026-11-10", "10:00", "Budget [2024h]", "Absurd One")]);
    const [draft] = Object.values(drafts);
    expectSound(draft);
    expect(draft?.codes).toContain("explicit_implausible");
    expect(draft?.minutes).toBeLessThan(1440);
  });
});

describe("the day", () => {
  let person: PersonOfWorkspace;
  beforeAll(async () => {
    person = await signUpWithWorkspace(harness.stack);
  });

  test("moves what nobody touched as commits come, and never what somebody edited or approved", async () => {
    const repository = await connect(harness, "github", {}, person);
    const names = ["One", "Two", "Three"];
    await send(
      harness,
      repository,
      names.map((name, index) => at("2026-11-10", `${10 + index}:00`, name, "Mover One")),
    );
    const before = await firstDrafts(harness, repository.id);
    const [one, two, three] = names.map((name) => before[name]);
    const edited = await updateDrafts(person.database, [one?.id ?? ""], { minutes: 17 });
    const approved = await approveDrafts(person.database, [two?.id ?? ""]);
    expect([edited.ok, approved.ok]).toEqual([true, true]);
    await send(harness, repository, [
      { ...at("2026-11-10", "18:30", "Late", "Mover One"), files: [["src/late.ts", 400, 80]] },
    ]);
    const after = await firstDrafts(harness, repository.id);
    expect(after["One"]?.minutes).toBe(17);
    expect(after["Two"]).toMatchObject({ minutes: two?.minutes, reason: two?.reason, status: "approved" });
    expect(after["Three"]?.reason).not.toBe(three?.reason);
    expect(after["Three"]?.minutes).not.toBe(three?.minutes);
  });

  test("learns from what is approved", async () => {
    const repository = await connect(harness, "github", {}, person);
    const day = (date: string) => [
      at(date, "10:00", `Morning ${date}`, "Learner One"),
      at(date, "15:00", `Afternoon ${date}`, "Learner One"),
    ];
    const dates = ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-09"];
    for (const date of dates) await send(harness, repository, day(date));
    const cold = await firstDrafts(harness, repository.id);
    for (const { id } of Object.values(cold)) {
      await updateDrafts(person.database, [id], { minutes: 45 });
      await approveDrafts(person.database, [id]);
    }
    await send(harness, repository, day("2026-11-10"));
    const drafts = await firstDrafts(harness, repository.id);
    const taught = minutesOf({
      morning: drafts["Morning 2026-11-10"] as EstimatedDraft,
      afternoon: drafts["Afternoon 2026-11-10"] as EstimatedDraft,
    });
    expect(taught).toBeLessThan((minutesOf(cold) / dates.length) * 0.7);
    expect(drafts["Morning 2026-11-10"]?.reason).toContain("6 approved days");
  });

  test("is each person's own, though they push to one repository", async () => {
    const drafts = await draftsOf(
      harness,
      [at("2026-11-10", "10:00", "Mine", "Pairless One"), at("2026-11-10", "10:20", "Theirs", "Pairless Two")],
      person,
    );
    // Twenty minutes after somebody else's commit is no gap of one's own.
    expect(drafts["Theirs"]?.reason).toContain("with no earlier commit to count from");
    const days = await harness.stack.query(
      `select 1 from public.work_days w join public.people p on p.id = w.person_id
       where p.display_name in ('Pairless One', 'Pairless Two')`,
    );
    expect(days).toHaveLength(2);
  });

  test("is one over all repositories of a person", async () => {
    const [first, second] = [
      await connect(harness, "github", {}, person),
      await connect(harness, "github", {}, person),
    ];
    await send(harness, first, [at("2026-11-10", "10:00", "Here", "Everywhere One")]);
    await send(harness, second, [at("2026-11-10", "10:45", "There", "Everywhere One")]);
    expect((await firstDrafts(harness, second.id))["There"]?.reason).toContain(
      "45 m since the previous commit at 10:00",
    );
  });

  test("flags what it cannot hold, with the arithmetic, and takes it back once it can", async () => {
    const repository = await connect(harness, "github", {}, person);
    await send(harness, repository, [at("2026-11-10", "10:00", "Whole day [8h]", "Budget One")]);
    await send(harness, repository, [at("2026-11-10", "11:00", "Three [3h]", "Budget One")]);
    const drafts = await firstDrafts(harness, repository.id);
    expect(drafts["Whole day [8h]"]?.messages).toBe("8 h for one commit; 2 h passed between 08:00 and 10:00.");
    expect(drafts["Three [3h]"]?.messages).toBe(
      "3 h for one commit; the day holds 8 h of other work: 11 h together, while 3 h passed between 08:00 and 11:00.",
    );
    const { data } = await person.database.rpc("day_budget", { p_draft_id: drafts["Three [3h]"]?.id ?? "" });
    expect(data).toMatchObject({ minutes: 180, other_drafts: 480, approved: 0, entries: 0, passed: 180 });

    const morning: ClonedCommit = { ...at("2026-11-11", "08:20", "Early", "Budget Two"), files: [["a.ts", 900, 90]] };
    await send(harness, repository, [morning]);
    expect((await firstDrafts(harness, repository.id))["Early"]?.codes).toContain("over_day");
    await send(harness, repository, [at("2026-11-11", "17:30", "Evening", "Budget Two")]);
    expect((await firstDrafts(harness, repository.id))["Early"]?.codes).not.toContain("over_day");
  });

  test("counts timers and manual entries against the hours that passed, and flags the overlap", async () => {
    const [{ id: member } = {}] = await harness.stack.query<{ id: string }>(
      "select id from public.members where workspace_id = $1",
      [person.workspaceId],
    );
    await draftsOf(harness, [at("2026-11-09", "10:00", "Known", "Timed One")], person);
    const { data } = await person.database.from("people_list").select("id").eq("display_name", "Timed One").single();
    const linked = await person.database.rpc("change_person", {
      p_person_id: data?.id ?? "",
      p_changes: { member_id: member ?? "" },
    });
    expect(linked.error).toBeNull();
    await harness.stack.query(
      `insert into public.time_entries (workspace_id, client_id, project_id, member_id, source, description, entry_date,
         started_at, ended_at, worked_seconds, billed_seconds, currency)
       values ($1, $2, $3, $4, 'timer', 'Workshop', '2026-11-10', '2026-11-10T08:00Z', '2026-11-10T10:30Z', 9000, 9000, 'EUR')`,
      [person.workspaceId, person.clientId, person.projectId, member],
    );
    const drafts = await draftsOf(harness, [at("2026-11-10", "11:45", "Page [2h]", "Timed One")], person);
    expect(drafts["Page [2h]"]?.messages).toContain("A timer ran from 09:00 to 11:30 that day (2 h 30 m)");
    expect(drafts["Page [2h]"]?.messages).toContain("the day holds 2 h 30 m of other work");
  });
});
