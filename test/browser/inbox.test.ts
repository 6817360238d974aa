import { formatDuration } from "@billhook/domain/duration";
import { formatMoney, lineTotalMinor } from "@billhook/domain/money";
import { localDay } from "@billhook/domain/timezone";
import { createClient } from "@supabase/supabase-js";
import type { BrowserContext, BrowserContextOptions, Page, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  countOf,
  type Draft,
  editLine,
  expectSoon,
  expectText,
  gridOf,
  headingOf,
  inboxReady,
  lineOf,
  moveTo,
  pressOn,
  readDraft,
  readDrafts,
  sumOf,
  tabOf,
  toastOf,
} from "./inbox-page.ts";
import { setUpProduct } from "./product.ts";

const product = setUpProduct();

const drafts = (): Promise<Draft[]> => readDrafts(product.demo.database, product.demo.workspaceId);
const draft = (words: string): Promise<Draft> => readDraft(product.demo.database, product.demo.workspaceId, words);
const isOpen = ({ status, deferred_until: until }: Draft): boolean => status === "draft" && until === null;

async function openInbox(search = "", options?: BrowserContextOptions) {
  const page = await product.openSignedIn(`/inbox${search}`, options);
  await inboxReady(page);
  return page;
}

describe("grouping", () => {
  const day = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  /** With the weekday in the present year, and the year in any other: the demo's week may lie before New Year. */
  const dayOf = (date: string): string =>
    new Intl.DateTimeFormat("en", {
      ...day,
      ...(date.startsWith(localDay(new Date().toISOString(), "Europe/Berlin").slice(0, 4))
        ? { weekday: "short" }
        : { year: "numeric" }),
    }).format(new Date(`${date}T00:00:00Z`));
  const nameOf = {
    project: (row: Draft) => `${row.client_name} / ${row.project_name}`,
    ticket: (row: Draft) => row.ticket_key ?? "No ticket",
    epic: (row: Draft) => row.epic ?? "No epic",
    date: (row: Draft) => dayOf(row.start_date),
    repository: (row: Draft) => row.repository_name ?? "No repository",
  };

  test.each(Object.keys(nameOf) as (keyof typeof nameOf)[])(
    "by %s shows each group once with its hours and amounts, and stays when the page is loaded again",
    async (grouping) => {
      const page = await openInbox();
      await page.getByLabel("Group by").selectOption(grouping);
      const groups = Map.groupBy((await drafts()).filter(isOpen), nameOf[grouping]);
      const heading = gridOf(page).getByRole("checkbox", { name: /^Select all of /u });
      const names = () =>
        heading.evaluateAll((boxes) =>
          boxes.map((box) => box.getAttribute("aria-label")?.slice("Select all of ".length)),
        );
      await expectSoon(async () => (await names()).toSorted()).toEqual([...groups.keys()].toSorted());
      for (const [name, rows] of groups) {
        const text = await headingOf(page, name).innerText();
        expect(text).toContain(
          formatDuration(
            rows.reduce((sum, { minutes }) => sum + minutes, 0),
            "hm",
            "en",
          ),
        );
        for (const { currency } of rows) expect(text).toContain(formatMoney(sumOf(rows, currency), currency, "en"));
      }
      const before = await names();
      await page.reload();
      await expectSoon(names).toEqual(before);
    },
  );
});

describe("the keyboard", () => {
  test("moves with j and k, selects with x, and clears the selection with Escape", async () => {
    const page = await openInbox("?q=LARK-9");
    const lines = gridOf(page).locator("[data-draft]");
    const ids = await lines.evaluateAll((rows) => rows.map((row) => row.id));
    expect(ids.length).toBeGreaterThan(2);
    const active = () => gridOf(page).getAttribute("aria-activedescendant");
    await page.keyboard.press("j");
    expect(await active()).toBe(ids[0]);
    await page.keyboard.press("j");
    expect(await active()).toBe(ids[1]);
    await page.keyboard.press("k");
    expect(await active()).toBe(ids[0]);
    await page.keyboard.press("x");
    expect(await lines.nth(0).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Shift+J");
    await expectText(page.getByRole("toolbar", { name: "Selected lines" })).toContain("2 selected");
    await page.keyboard.press("Escape");
    await page.getByRole("toolbar", { name: "Selected lines" }).waitFor({ state: "detached" });
  });

  test("finds with /, and Enter gives the keys back to the list", async () => {
    const page = await openInbox();
    await page.keyboard.press("/");
    await page.keyboard.type("SHOP-156 missing");
    await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.keyboard.press("j");
    expect(await gridOf(page).getAttribute("aria-activedescendant")).toMatch(/^draft-/u);
    expect(new URL(page.url()).searchParams.get("q")).toBe("SHOP-156 missing");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await expectSoon(() => gridOf(page).locator("[data-draft]").count()).toBeGreaterThan(30);
  });

  test("approves with a, ignores with i, defers with d, and u takes each back", async () => {
    const page = await openInbox();
    const open = await countOf(page, "Open");
    const steps = [
      { words: "Cached the tiles", key: "a", told: "Approved 1 line", status: "approved" },
      { words: "Explained why a chart is empty", key: "i", told: "Ignored 1 line", status: "rejected" },
    ];
    for (const { words, key, told, status } of steps) {
      await moveTo(page, lineOf(page, words));
      await page.keyboard.press(key);
      await toastOf(page, told).waitFor();
      await expectSoon(async () => (await draft(words)).status).toBe(status);
      expect(await countOf(page, "Open")).toBe(open - 1);
      await page.keyboard.press("u");
      // The toast of the undo before may still be there.
      await expectSoon(async () => (await draft(words)).status).toBe("draft");
      await expectSoon(() => countOf(page, "Open")).toBe(open);
      await lineOf(page, words).waitFor();
    }
    await moveTo(page, lineOf(page, "Cached the tiles"));
    await page.keyboard.press("d");
    await page.getByRole("dialog", { name: "Defer the line" }).waitFor();
    await page.keyboard.press("2");
    await expectSoon(async () => (await draft("Cached the tiles")).deferred_until).not.toBeNull();
    await lineOf(page, "Cached the tiles").waitFor({ state: "detached" });
    await page.keyboard.press("u");
    await expectSoon(async () => (await draft("Cached the tiles")).deferred_until).toBeNull();
  });
});

describe("editing in place", () => {
  test("takes hours as 1:30, 1.5 and 90m, and words for the client", async () => {
    const page = await openInbox();
    const line = lineOf(page, "Renamed accounts");
    for (const [typed, minutes] of [
      ["1:30", 90],
      ["2", 120],
      ["1.5", 90],
      ["45m", 45],
      ["90m", 90],
    ] as const) {
      const { hours } = await editLine(page, line);
      await hours.fill(typed);
      await page.keyboard.press("Enter");
      await expectText(line).toContain(formatDuration(minutes, "hm", "en"));
      await expectSoon(async () => (await draft("Renamed accounts")).minutes).toBe(minutes);
    }
    await expectText(line).toContain(formatMoney(lineTotalMinor(5400, 12_000), "USD", "en-US"));

    const { description } = await editLine(page, line);
    await description.fill("Accounts can be renamed");
    await page.keyboard.press("Enter");
    await lineOf(page, "Accounts can be renamed").waitFor();
    await expectSoon(async () => (await drafts()).some((row) => row.description === "Accounts can be renamed")).toBe(
      true,
    );
  });

  test.each([
    ["-1", "Time can't be negative. Enter 0 or more."],
    ["25", "A number alone means hours, and a day has 24. For minutes write 25m."],
    ["abc", "This is not a time. Write it as 1:30, 1.5, 90m or 1h 30m."],
  ])("refuses %s as hours at the field, and Escape leaves the line as it was", async (typed, message) => {
    const page = await openInbox();
    const before = await draft("Showed when the figures");
    const { hours } = await editLine(page, lineOf(page, "Showed when the figures"));
    await hours.fill(typed);
    await page.keyboard.press("Enter");
    await expectText(gridOf(page).getByRole("alert")).toBe(message);
    expect(await hours.getAttribute("aria-invalid")).toBe("true");
    const describedBy = await hours.getAttribute("aria-describedby");
    expect(await gridOf(page).getByRole("alert").getAttribute("id")).toBe(describedBy);
    await page.keyboard.press("Escape");
    await expectText(lineOf(page, "Showed when the figures")).toContain(formatDuration(before.minutes, "hm", "en"));
    expect(await draft("Showed when the figures")).toEqual(before);
  });

  test("changes the totals of line, group, selection and page with each key", async () => {
    const page = await openInbox();
    const group = "Larkmoor Analytics, Inc. / Reporting dashboard";
    const open = (await drafts()).filter(isOpen);
    const edited = open.find((row) => row.description.includes("large reports instead"));
    const rows = open.filter((row) => `${row.client_name} / ${row.project_name}` === group);
    if (edited === undefined) throw new Error("the demo has no such line");
    const typedAs = (list: Draft[], minutes: number): Draft[] =>
      list.map((row) => (row.id === edited.id ? { ...row, minutes } : row));

    await headingOf(page, group).getByRole("checkbox").check();
    const bar = page.getByRole("toolbar", { name: "Selected lines" });
    await expectText(bar).toContain(`${rows.length} selected`);
    const { hours, rate } = await editLine(page, lineOf(page, "large reports instead"));
    for (const [typed, minutes] of [
      ["2", 120],
      ["2.", 120],
      ["2.3", 138],
      ["2.35", 141],
      ["0:01", 1],
    ] as const) {
      await hours.fill(typed);
      const expected = formatMoney(sumOf(typedAs(rows, minutes), "USD"), "USD", "en");
      await expectText(headingOf(page, group)).toContain(expected);
      await expectText(bar).toContain(expected);
      await expectText(page.getByRole("banner").or(page.locator("header")).first()).toContain(expected);
      const line = gridOf(page).locator(`[data-draft="${edited.id}"]`);
      await expectText(line).toContain(formatMoney(lineTotalMinor(minutes * 60, 12_000), "USD", "en"));
    }
    await rate.fill("99.99");
    const priced = typedAs(rows, 1).map((row) => (row.id === edited.id ? { ...row, hourly_rate_minor: 9999 } : row));
    await expectText(headingOf(page, group)).toContain(formatMoney(sumOf(priced, "USD"), "USD", "en"));
    await page.keyboard.press("Escape");
    await expectText(headingOf(page, group)).toContain(formatMoney(sumOf(rows, "USD"), "USD", "en"));
  });
});

describe("triage", () => {
  test("a line is approved with its button, and Undo in the toast takes it back", async () => {
    const page = await openInbox();
    await pressOn(lineOf(page, "Fixed the week's first day"), "Approve");
    await toastOf(page, "Approved 1 line").getByRole("button", { name: "Undo" }).click();
    await lineOf(page, "Fixed the week's first day").waitFor();
    await expectSoon(async () => (await draft("Fixed the week's first day")).status).toBe("draft");
  });

  test("an ignored line is kept under Ignored, and can be brought back", async () => {
    const page = await openInbox();
    const words = "Cleared the cache";
    await pressOn(lineOf(page, words), "Ignore");
    await toastOf(page, "Ignored 1 line").waitFor();
    await tabOf(page, "Ignored").click();
    await pressOn(lineOf(page, words), "Bring back");
    await lineOf(page, words).waitFor({ state: "detached" });
    await tabOf(page, "Open").click();
    await lineOf(page, words).waitFor();
    await expectSoon(async () => (await draft(words)).status).toBe("draft");
  });

  test("a deferred line waits under Deferred with its day, and can be brought back", async () => {
    const page = await openInbox();
    const words = "Sent exports as a spreadsheet";
    await pressOn(lineOf(page, words), "Defer");
    await page
      .getByRole("dialog", { name: "Defer the line" })
      .getByRole("button", { name: /Next month/u })
      .click();
    await toastOf(page, /^Deferred 1 line until/u).waitFor();
    await lineOf(page, words).waitFor({ state: "detached" });
    await tabOf(page, "Deferred").click();
    const { deferred_until: until } = await draft(words);
    expect(until).toMatch(/-01$/u);
    await lineOf(page, words)
      .getByText(/^until /u)
      .waitFor();
    await pressOn(lineOf(page, words), "Bring back");
    await tabOf(page, "Open").click();
    await lineOf(page, words).waitFor();
  });

  test("a whole selection is approved at once, and taken back at once", async () => {
    const page = await openInbox("?group=ticket");
    const [open, approved] = [await countOf(page, "Open"), await countOf(page, "Approved")];
    const rows = (await drafts()).filter(
      (row) => isOpen(row) && ["SHOP-142", "SHOP-143"].includes(row.ticket_key ?? ""),
    );
    for (const ticket of ["SHOP-142", "SHOP-143"]) await headingOf(page, ticket).getByRole("checkbox").check();
    const bar = page.getByRole("toolbar", { name: "Selected lines" });
    await expectText(bar).toContain(`${rows.length} selected`);
    await expectText(bar).toContain(formatMoney(sumOf(rows, "EUR"), "EUR", "en"));
    await bar.getByRole("button", { name: "Approve" }).click();
    await toastOf(page, `Approved ${rows.length} lines`).waitFor();
    expect([await countOf(page, "Open"), await countOf(page, "Approved")]).toEqual([
      open - rows.length,
      approved + rows.length,
    ]);
    await page.keyboard.press("u");
    await toastOf(page, `Brought ${rows.length} lines back`).waitFor();
    expect([await countOf(page, "Open"), await countOf(page, "Approved")]).toEqual([open, approved]);
  });
});

describe("two people on one line", () => {
  let colleague: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;

  /** Another member of the workspace, Dev Two, with a browser and an account of their own. */
  async function openColleague(search: string): Promise<Page> {
    if (colleague === undefined) {
      const { stack, demo } = product;
      const account = { email: "dev-two@example.com", password: "correct horse battery" };
      const auth = createClient(stack.supabaseUrl, stack.publishableKey, { auth: { persistSession: false } });
      const { data } = await auth.auth.signUp(account);
      await stack.query(
        `insert into public.members (workspace_id, user_id, role, display_name, email) values ($1, $2, 'member', 'Dev Two', $3)`,
        [demo.workspaceId, data.user?.id, account.email],
      );
      const page = await product.open("/sign-in");
      await page.getByLabel("Email").fill(account.email);
      await page.getByLabel("Password").fill(account.password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await inboxReady(page);
      colleague = await page.context().storageState();
      await page.context().close();
    }
    const page = await product.open(`/inbox${search}`, { storageState: colleague });
    await inboxReady(page);
    return page;
  }

  test("who saves second is told who was first, keeps the words typed, and may put them over the other's", async () => {
    const words = "Counted each returned copy";
    const search = `?q=${encodeURIComponent(words)}`;
    const [first, second] = await Promise.all([openColleague(search), openInbox(search)]);
    const theirs = await editLine(second, lineOf(second, words));
    const ours = await editLine(first, lineOf(first, words));
    await ours.hours.fill("2:10");
    await ours.rate.fill("77");
    await first.keyboard.press("Enter");
    await toastOf(first, "Saved 1 line").waitFor();
    await theirs.hours.fill("3:20");
    await second.keyboard.press("Enter");
    const told = toastOf(second, "1 line was left as it was");
    await expectText(told).toMatch(/Dev Two edited it \(/u);
    await expectText(lineOf(second, words)).toContain("2 h 10 m");
    await told.getByRole("button", { name: "Save mine" }).click();
    await expectText(lineOf(second, words)).toContain("3 h 20 m");
    await expectText(lineOf(first, words)).toContain("3 h 20 m");
    // What only the other had changed stays.
    expect((await draft(words)).hourly_rate_minor).toBe(7700);
    await moveTo(second, lineOf(second, words));
    await second.keyboard.press("Space");
    const history = second.getByRole("complementary", { name: "Evidence" }).getByRole("list").last();
    await expectText(history).toMatch(/Demo Developer edited it: hours 2 h 10 m → 3 h 20 m/u);
    await expectText(history).toMatch(/Dev Two edited it: hours .+ → 2 h 10 m; rate .+ → €77\.00/u);
  });

  test("what one types while the other decides about the line is not lost, and the keys go on", async () => {
    const words = "Matched the old and the new number";
    const search = "?q=Matched";
    const [first, second] = await Promise.all([openColleague(search), openInbox(search)]);
    const typing = await editLine(second, lineOf(second, words));
    await typing.description.fill("Matched both numbers of one title");
    await moveTo(first, lineOf(first, words));
    await first.keyboard.press("a");
    const told = toastOf(second, "1 line was left as it was");
    await expectText(told).toMatch(/Dev Two approved it \(/u);
    await told.getByRole("button", { name: "Bring it back with mine" }).click();
    await lineOf(second, "Matched both numbers of one title").waitFor();
    await expectSoon(async () => (await draft("Matched both numbers")).status).toBe("draft");
    await second.keyboard.press("?");
    await second.getByRole("dialog").waitFor();
  });

  test("parts that one splits and the other joins again stay whole: nobody's minute is counted twice", async () => {
    const words = "Tested the import";
    const search = `?q=${encodeURIComponent(words)}`;
    const [first, second] = await Promise.all([openColleague(search), openInbox(search)]);
    const { minutes } = await draft(words);
    await moveTo(first, lineOf(first, words));
    await first.keyboard.press("s");
    await first.getByRole("button", { name: "Split into 2" }).click();
    await expectSoon(() => lineOf(second, words).count()).toBe(2);
    await moveTo(second, lineOf(second, words).first());
    await second.keyboard.press("Shift+S");
    await expectSoon(() => lineOf(first, words).count()).toBe(1);
    await first.keyboard.press("u");
    await expectSoon(() => lineOf(second, words).count()).toBe(1);
    const open = (await drafts()).filter((row) => row.description.includes(words) && row.status === "draft");
    expect(open.map((row) => row.minutes)).toEqual([minutes]);
  });

  test("what one approves leaves the other's list without a reload", async () => {
    const words = "Moved credentials";
    const search = `?q=${encodeURIComponent(words)}`;
    const [first, second] = await Promise.all([openColleague(search), openInbox(search)]);
    await lineOf(second, words).waitFor();
    await pressOn(lineOf(first, words), "Approve");
    await lineOf(second, words).waitFor({ state: "detached" });
    await first.keyboard.press("u");
    await lineOf(second, words).waitFor();
  });
});

describe("a server that does not answer", () => {
  const failing = (route: Route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" });
  const offline = (route: Route) => route.abort("internetdisconnected");

  test("and fails: the line comes back with a reason, and trying again does it", async () => {
    const page = await openInbox();
    const words = "Alerted when the feed";
    const open = await countOf(page, "Open");
    await page.route("**/rest/v1/rpc/**", failing);
    await moveTo(page, lineOf(page, words));
    await page.keyboard.press("a");
    const told = toastOf(page, "The database cannot be reached. Nothing was changed; try again.");
    await told.waitFor();
    await lineOf(page, words).waitFor();
    expect(await countOf(page, "Open")).toBe(open);
    expect((await draft(words)).status).toBe("draft");
    await page.unroute("**/rest/v1/rpc/**");
    await told.getByRole("button", { name: "Try again" }).click();
    await toastOf(page, "Approved 1 line").waitFor();
    expect((await draft(words)).status).toBe("approved");
    await page.keyboard.press("u");
    await toastOf(page, "Brought 1 line back").waitFor();
  });

  test("keeps what was done while there is no connection, even over a reload, and sends it by itself", async () => {
    const page = await openInbox();
    const [edited, approved] = ["Documented the nightly run", "Alerted when the feed"];
    await page.route("**/rest/v1/rpc/**", offline);
    const { hours } = await editLine(page, lineOf(page, edited));
    await hours.fill("0:50");
    await page.keyboard.press("Enter");
    await toastOf(page, "Kept in this browser").waitFor();
    await moveTo(page, lineOf(page, approved));
    await page.keyboard.press("a");
    await lineOf(page, approved).waitFor({ state: "detached" });
    expect([(await draft(edited)).minutes, (await draft(approved)).status]).toEqual([30, "draft"]);
    await page.reload();
    await inboxReady(page);
    await expectText(lineOf(page, edited)).toContain("50 m");
    await page.unroute("**/rest/v1/rpc/**");
    await expectSoon(async () => (await draft(edited)).minutes).toBe(50);
    await expectSoon(async () => (await draft(approved)).status).toBe("approved");
    await expectText(lineOf(page, edited)).toContain("50 m");
  });

  test("keeps what is being typed over a reload", async () => {
    const page = await openInbox();
    const words = "Documented the nightly run";
    const { description } = await editLine(page, lineOf(page, words));
    await description.fill("Half a sentence about the nightly r");
    await page.reload();
    await inboxReady(page);
    const kept = gridOf(page).getByRole("textbox", { name: "Description", exact: true });
    await expectSoon(() => kept.inputValue()).toBe("Half a sentence about the nightly r");
    await kept.press("Escape");
    await lineOf(page, words).waitFor();
  });

  test("is said while it lasts, and the list goes on when it is back", async () => {
    const page = await openInbox();
    await page.route("**/rest/v1/**", (route) => route.abort("internetdisconnected"));
    await page.getByText("No answer, retrying").waitFor();
    await page.unroute("**/rest/v1/**");
    await page.getByText("No answer, retrying").waitFor({ state: "detached" });
  });
});

describe("what a line stands on", () => {
  test("a flag's reason is read out, and shown beside the line on hover", async () => {
    const flagged = (await drafts()).find((row) => isOpen(row) && row.flags.length > 0);
    if (flagged === undefined) throw new Error("the demo has no flagged line");
    const [reason] = flagged.flags.map(({ message }) => message);
    const page = await openInbox();
    const mark = gridOf(page)
      .locator(`[data-draft="${flagged.id}"]`)
      .getByText(/^(?:Flagged|Noted): /u);
    expect(await mark.textContent()).toContain(reason);
    await mark.locator("..").hover();
    await expectText(page.getByRole("tooltip")).toContain(reason);
  });

  test("Space opens the evidence: commit, files, where the hours come from, and who did what", async () => {
    const page = await openInbox();
    await moveTo(page, lineOf(page, "Found titles with accents"));
    await page.keyboard.press("Space");
    const pane = page.getByRole("complementary", { name: "Evidence" });
    await pane.getByText("fix(search): find titles with accents (SHOP-152)").waitFor();
    await pane.getByText("Estimated from the change.").waitFor();
    await pane.getByText("Billhook made this line").waitFor();
    expect(await pane.getByRole("link", { name: /^[0-9a-f]{7}/u }).getAttribute("href")).toContain(
      "https://github.com/quillhaven/web-shop/commit/",
    );
    await page.keyboard.press("j");
    await pane.getByText("fix(search): find titles with accents (SHOP-152)").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await pane.waitFor({ state: "detached" });
  });
});
