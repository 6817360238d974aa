import { findTicketMentions } from "@billhook/domain/tickets";
import { describe, expect, it } from "vitest";
import { assignTickets, type MentioningRepository, type TrackerTarget } from "./assign.ts";

const target = (id: string, kind: TrackerTarget["kind"], more: Partial<TrackerTarget> = {}): TrackerTarget => ({
  id,
  kind,
  baseUrl: null,
  webUrl: null,
  site: null,
  prefixes: [],
  ...more,
});

const shop: MentioningRepository = { provider: "github", url: "https://github.com/acme/shop", name: "acme/shop" };

function assign(
  message: string,
  targets: TrackerTarget[],
  { repository = shop, branch = null }: { repository?: MentioningRepository | null; branch?: string | null } = {},
): string[] {
  const mentions = findTicketMentions({ message, branch, pullRequestTitle: null });
  return assignTickets(mentions, targets, repository).map(
    ({ id, key, isCertain }) => `${id}: ${key}${isCertain ? "" : " ?"}`,
  );
}

describe("two Jiras", () => {
  const acme = target("acme", "jira", { baseUrl: "https://acme.atlassian.net", prefixes: ["SHOP", "OPS"] });
  const other = target("other", "jira-data-center", { baseUrl: "https://jira.example/j", prefixes: ["OPS", "BANK"] });

  it("are told apart by their projects, and the first of them has what both have", () => {
    expect(assign("SHOP-1, BANK-2 and OPS-3", [acme, other])).toEqual(["acme: SHOP-1", "other: BANK-2", "acme: OPS-3"]);
    expect(assign("OPS-3", [other, acme])).toEqual(["other: OPS-3"]);
  });

  it("are told apart by their addresses, whatever the project", () => {
    const text = "https://jira.example/j/browse/SHOP-4 https://acme.atlassian.net/browse/NEW-1";
    expect(assign(text, [acme, other])).toEqual(["other: SHOP-4", "acme: NEW-1"]);
    expect(
      assign("https://jira.example/browse/SHOP-4 https://jira.other.example/browse/SHOP-5", [acme, other]),
    ).toEqual([]);
  });

  it("leave a project alone that neither knows, where one of them alone is asked", () => {
    expect(assign("NEW-1", [acme, other])).toEqual([]);
    expect(assign("NEW-1", [acme])).toEqual(["acme: NEW-1 ?"]);
  });
});

describe("a project's key", () => {
  const jira = target("jira", "jira", { baseUrl: "https://acme.atlassian.net", prefixes: ["SHOP"] });
  const linear = target("linear", "linear", { webUrl: "https://linear.app/acme", prefixes: ["ENG"] });
  const zendesk = target("desk", "zendesk", { baseUrl: "https://acme.zendesk.com" });

  it("belongs to the tracker that has it, and the first named is the first", () => {
    const text = "ENG-3: refund (ZD-12), see SHOP-1 and https://linear.app/acme/issue/OPS-9/title";
    expect(assign(text, [jira, linear, zendesk])).toEqual([
      "linear: ENG-3",
      "desk: ZD-12",
      "jira: SHOP-1",
      "linear: OPS-9",
    ]);
    expect(assign("https://linear.app/other/issue/ENG-9", [linear])).toEqual([]);
  });

  it("counts once, as surely as it was named", () => {
    expect(assign("NEW-1 and https://acme.atlassian.net/browse/NEW-1", [jira])).toEqual(["jira: NEW-1"]);
    expect(assign("Fix", [jira, linear], { branch: "feature/eng-3-login" })).toEqual(["linear: ENG-3"]);
  });

  it("is nothing without a tracker that could have it", () => {
    expect(assign("SHOP-1 #2 CU-86b1c2d", [])).toEqual([]);
  });
});

describe("a number", () => {
  const github = target("github", "github-issues");
  const gitlab = target("gitlab", "gitlab-issues", { baseUrl: "https://git.example/gitlab/api/v4" });
  const lab: MentioningRepository = {
    provider: "gitlab",
    url: "https://git.example/gitlab/acme/web/shop",
    name: "acme/web/shop",
  };

  it("is of the repository's own host, and may be a pull request's", () => {
    expect(assign("Fix #12", [gitlab, github])).toEqual(["github: acme/shop#12 ?"]);
    expect(assign("Fix #12", [github, gitlab], { repository: lab })).toEqual(["gitlab: acme/web/shop#12 ?"]);
    expect(assign("Fix", [github], { branch: "12-fix-login" })).toEqual(["github: acme/shop#12 ?"]);
    expect(assign("Fix #12", [github, target("second", "github-issues")])).toEqual(["github: acme/shop#12 ?"]);
  });

  it("is nobody else's where that host is not connected", () => {
    const gitea: MentioningRepository = { provider: "gitea", url: "https://git.example/acme/shop", name: "acme/shop" };
    const sited = { ...github, site: "acme/shop" };
    expect(assign("Fix #12", [sited], { repository: gitea })).toEqual([]);
    expect(assign("Fix #12", [sited], { repository: lab })).toEqual([]);
    const enterprise = target("ghe", "github-issues", { baseUrl: "https://ghe.example/api/v3" });
    expect(assign("Fix #12", [enterprise])).toEqual([]);
  });

  it("is of the repository the connection is for, where the host numbers no issues", () => {
    const bitbucket: MentioningRepository = { provider: "bitbucket", url: null, name: "acme/shop" };
    expect(assign("Fix #12", [{ ...github, site: "acme/tracker" }], { repository: bitbucket })).toEqual([
      "github: acme/tracker#12 ?",
    ]);
    expect(assign("Fix #12", [github], { repository: bitbucket })).toEqual([]);
  });
});

describe("an issue of a named repository", () => {
  const github = target("github", "github-issues");

  it("is claimed in the repositories of the same owner, and is a stranger's elsewhere", () => {
    expect(assign("acme/ops#3, nodejs/node#4, Acme/Shop#5", [github])).toEqual([
      "github: acme/ops#3",
      "github: acme/shop#5",
    ]);
    const addresses = "https://github.com/acme/ops/issues/3 https://github.com/nodejs/node/issues/4";
    expect(assign(addresses, [github])).toEqual(["github: acme/ops#3"]);
    expect(assign("https://gitlab.com/acme/ops/-/issues/3", [github])).toEqual([]);
  });

  it("is found below the path that a server is installed at", () => {
    const gitlab = target("gitlab", "gitlab-issues", { baseUrl: "https://git.example/gitlab", site: "acme/web/shop" });
    const text = "https://git.example/gitlab/acme/web/ops/-/work_items/7 https://git.example/acme/web/ops/-/issues/8";
    expect(assign(text, [gitlab], { repository: null })).toEqual(["gitlab: acme/web/ops#7"]);
  });
});
