/** Every ticket system with its stand-in, and in what the systems differ, so that one table of tests is for them all. */
import type { TrackerKind } from "@billhook/domain/tracker";
import type { Token } from "@billhook/http/result";
import type { TrackerConnection } from "@billhook/trackers/tracker";
import { asanaWorkspace, startAsanaStandin } from "./asana.ts";
import { clickupTeam, startClickupStandin } from "./clickup.ts";
import { startFreshdeskStandin } from "./freshdesk.ts";
import { startGithubIssuesStandin } from "./github-issues.ts";
import { startGitlabIssuesStandin } from "./gitlab-issues.ts";
import { startHelpScoutStandin } from "./help-scout.ts";
import { startJiraStandin } from "./jira.ts";
import { startLinearStandin } from "./linear.ts";
import type { TrackerStandin, TrackerStandinOptions } from "./server.ts";
import { startZendeskStandin } from "./zendesk.ts";
import { startZohoDeskStandin, zohoOrganisation } from "./zoho-desk.ts";

export interface TrackerCase {
  kind: TrackerKind;
  start: (options: TrackerStandinOptions) => Promise<TrackerStandin>;
  token: (value: string) => Token;
  site: string | null;
  /** A ticket's key by its number. */
  key: (number: number) => string;
  /** The key it has after it went elsewhere; null where keys stay. */
  movedKey: string | null;
  /** At most so many requests for so many tickets. */
  requests: (tickets: number) => number;
  /** What a ticket of this system has; `epic` is a group above it that is not its parent. */
  has: readonly ("parent" | "epic" | "estimate" | "logged")[];
  /** The statuses as the system has them, of a ticket that is done. */
  doneStatus: string;
  /** What its project is called, where that is not its own. */
  project?: string;
  /** False where the system does not tell people's addresses. */
  hasEmails?: false;
  /** Time is written with mutations, which are POSTs as queries are. */
  isGraphql?: true;
}

const bearer = (value: string): Token => ({ kind: "bearer", value });

const inJira = {
  start: startJiraStandin,
  site: null,
  key: (number: number) => `SHOP-${number}`,
  movedKey: "OPS-7",
  doneStatus: "Closed",
};

export const cases: TrackerCase[] = [
  {
    ...inJira,
    kind: "jira",
    token: (value) => ({ kind: "basic", username: "dev.one@example.com", password: value }),
    requests: () => 1,
    has: ["parent", "estimate", "logged"],
  },
  {
    ...inJira,
    kind: "jira-service-management",
    token: (value) => ({ kind: "basic", username: "dev.one@example.com", password: value }),
    // The site's fields are asked for once an hour.
    requests: () => 2,
    has: ["parent", "estimate", "logged"],
  },
  {
    ...inJira,
    kind: "jira-data-center",
    token: bearer,
    requests: () => 2,
    has: ["parent", "epic", "estimate", "logged"],
  },
  {
    kind: "linear",
    start: startLinearStandin,
    token: bearer,
    site: "organisation-1",
    key: (number) => `SHOP-${number}`,
    movedKey: "OPS-7",
    // One, and one for each that is not there.
    requests: () => 2,
    has: ["parent", "epic"],
    doneStatus: "Shipped",
  },
  {
    kind: "github-issues",
    start: startGithubIssuesStandin,
    token: bearer,
    site: "acme/shop",
    key: (number) => `acme/shop#${number}`,
    movedKey: "acme/ops#7",
    // One, another where a ticket is not there, and one for those that are somewhere else.
    requests: () => 3,
    has: ["parent", "epic"],
    doneStatus: "Closed",
    project: "acme/shop",
    hasEmails: false,
  },
  {
    kind: "gitlab-issues",
    start: startGitlabIssuesStandin,
    token: bearer,
    site: "acme/web/shop",
    key: (number) => `acme/web/shop#${number}`,
    movedKey: "acme/ops#7",
    requests: () => 1,
    has: ["epic", "estimate", "logged"],
    doneStatus: "Closed",
    project: "acme/web/shop",
    hasEmails: false,
    isGraphql: true,
  },
  {
    kind: "asana",
    start: startAsanaStandin,
    token: bearer,
    site: asanaWorkspace.gid,
    key: (number) => `SHOP-${number}`,
    movedKey: "OPS-7",
    requests: (tickets) => Math.ceil(tickets / 10),
    has: ["parent", "estimate", "logged"],
    doneStatus: "Completed",
  },
  {
    kind: "clickup",
    start: startClickupStandin,
    token: bearer,
    site: clickupTeam.id,
    key: (number) => `SHOP-${number}`,
    movedKey: "OPS-7",
    // One each, the parent, and the types of the workspace.
    requests: (tickets) => tickets + 2,
    has: ["parent", "epic", "estimate", "logged"],
    doneStatus: "Done",
  },
  {
    kind: "zendesk",
    start: startZendeskStandin,
    token: (value) => ({ kind: "basic", username: "dev.one@example.com", password: value }),
    site: null,
    key: (number) => `ZD-${number}`,
    movedKey: null,
    // The tickets, the one of them that is not there, the account's statuses, the problems.
    requests: () => 4,
    has: ["parent"],
    doneStatus: "Done",
  },
  {
    kind: "freshdesk",
    start: startFreshdeskStandin,
    token: (value) => ({ kind: "basic", username: value, password: "X" }),
    site: null,
    key: (number) => `FD-${number}`,
    movedKey: null,
    // Each with its time, the agent, and the account's statuses.
    requests: (tickets) => 2 * tickets + 2,
    has: ["logged"],
    doneStatus: "Closed",
  },
  {
    kind: "zoho-desk",
    start: startZohoDeskStandin,
    token: bearer,
    site: zohoOrganisation.id,
    key: (number) => `ZOHO-${number}`,
    movedKey: null,
    // The search, and for each found its tags and its time.
    requests: (tickets) => 1 + 2 * tickets,
    has: ["logged"],
    doneStatus: "Done",
  },
  {
    kind: "help-scout",
    start: startHelpScoutStandin,
    token: bearer,
    site: null,
    key: (number) => `HS-${number}`,
    movedKey: null,
    // The searches, and the inboxes' names.
    requests: (tickets) => Math.ceil(tickets / 25) + 1,
    has: [],
    doneStatus: "closed",
  },
];

/** A secret that must stand in no answer. */
export const secret = "never-to-be-seen-0123456789";

export function connect(of: TrackerCase, standin: TrackerStandin): TrackerConnection {
  return {
    baseUrl: standin.url,
    webUrl: null,
    site: of.site,
    token: of.token(secret),
    limits: { timeoutMs: 8000, attempts: 3, longestWaitMs: 30 },
  };
}
