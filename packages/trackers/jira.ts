/**
 * Jira Cloud, and Jira Service Management on it, whose requests are issues with a kind of request.
 *
 * Base URL: the site, `https://team.atlassian.net`, with an API token (basic: e-mail address and token); none with OAuth,
 * where `site` is the cloud id. Issues are asked for with `POST /rest/api/3/issue/bulkfetch`, 100 at once: unlike a search,
 * it is consistent with what was just written, finds moved issues, and does not fail for a key that leads nowhere.
 */
import type { TrackerKind } from "@billhook/domain/tracker";
import { readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { answerInParts, toAnswer } from "./answers.ts";
import { checkCloudAccess } from "./jira-access.ts";
import { epicOf, isSubtask, issueFields, type JiraIssue, parentOf, toTicket } from "./jira-issue.ts";
import { matchIssues, readIssues } from "./jira-keys.ts";
import { browseUrl, jiraHost, readJiraFields, toCloudSite } from "./jira-site.ts";
import { jiraWebhook } from "./jira-webhook.ts";
import { createJiraWorklog } from "./jira-worklog.ts";
import { createOAuth } from "./oauth.ts";
import { claimProjectKey, isProjectKey } from "./ticket-key.ts";
import type { TicketAnswer, TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

const mostIssues = 100;

const bulkSchema = z.object({
  issues: z.array(z.unknown()),
  issueErrors: z.array(z.unknown()).nullish().catch(null),
});

async function fetchIssues(
  site: TrackerConnection,
  keys: readonly string[],
  fields: readonly string[],
): Promise<CallResult<{ issues: JiraIssue[]; isComplete: boolean }>> {
  const read = await readJson(jiraHost, site, bulkSchema, {
    method: "POST",
    isRead: true,
    path: "/rest/api/3/issue/bulkfetch",
    body: { issueIdsOrKeys: keys, fields },
  });
  if (!read.ok) return read;
  const { issues, issueErrors } = read.value.body;
  const value = { issues: readIssues(issues), isComplete: (issueErrors ?? []).length === 0 };
  return {
    ok: true,
    value: { ...value, isComplete: value.isComplete && value.issues.length === issues.length },
    budget: read.budget,
  };
}

/** A sub-task's epic is its parent's: one more request for all of them. Without an answer they have none. */
async function readEpicsOfParents(
  site: TrackerConnection,
  issues: readonly JiraIssue[],
): Promise<Map<string, TicketGroup>> {
  const parents = issues.filter(isSubtask).flatMap((issue) => parentOf(issue)?.key ?? []);
  const epics = new Map<string, TicketGroup>();
  if (parents.length === 0) return epics;
  const read = await fetchIssues(site, [...new Set(parents)], ["parent", "issuetype"]);
  for (const parent of read.ok ? read.value.issues : []) {
    const epic = epicOf(parent);
    if (epic !== null) epics.set(parent.key, epic);
  }
  return epics;
}

function createJira(kind: TrackerKind, name: string, hasRequests: boolean): Tracker {
  async function readPart(connection: TrackerConnection, keys: string[]): Promise<CallResult<TicketAnswer[]>> {
    const site = toCloudSite(connection);
    const known = hasRequests ? await readJiraFields(site, "/rest/api/3/field") : null;
    if (known !== null && !known.ok) return known;
    const requestTypeField = known?.value.requestType ?? null;
    const fields = requestTypeField === null ? issueFields : [...issueFields, requestTypeField];
    const read = await fetchIssues(site, keys, fields);
    if (!read.ok) return read;
    const matched = await matchIssues(site, keys, read.value.issues, { path: "/rest/api/3/issue", fields });
    if (!matched.ok) return matched;
    const epics = await readEpicsOfParents(site, [...matched.value.values()]);
    const value = keys.map((key): TicketAnswer => {
      const issue = matched.value.get(key);
      if (issue === undefined && !read.value.isComplete) {
        return { key, outcome: "failed", code: "unavailable", detail: "POST /rest/api/3/issue/bulkfetch left it out" };
      }
      if (issue === undefined) return toAnswer(key, null);
      const epic = epicOf(issue) ?? epics.get(parentOf(issue)?.key ?? "") ?? null;
      return toAnswer(key, toTicket(issue, { epic, url: browseUrl(connection, issue.key), requestTypeField }));
    });
    return { ok: true, value, budget: read.budget };
  }

  return {
    kind,
    name,
    claim: claimProjectKey,

    readTickets: (connection, keys) =>
      answerInParts(keys, { size: mostIssues, isReadable: isProjectKey }, (part) => readPart(connection, part)),

    checkAccess: checkCloudAccess,
    worklog: createJiraWorklog(3, toCloudSite),
    webhook: jiraWebhook,
    oauth: createOAuth({
      root: "https://auth.atlassian.com",
      authorise: "/authorize",
      token: "/oauth/token",
      // `offline_access` is what makes a refresh token come, and another with each use of it.
      scopes: ["read:jira-work", "write:jira-work", "read:jira-user", "read:me", "offline_access"],
      hasPkce: false,
      isJson: true,
      parameters: { audience: "api.atlassian.com", prompt: "consent" },
    }),
  };
}

export const jira = createJira("jira", "Jira", false);
export const jiraServiceManagement = createJira("jira-service-management", "Jira Service Management", true);
