/**
 * Jira Cloud, and Jira Service Management on it, whose requests are issues with a kind of request.
 *
 * Base URL: the site, `https://team.atlassian.net`, with an API token (basic: e-mail address and token); none with OAuth,
 * where `site` is the cloud id. Issues are asked for with `POST /rest/api/3/issue/bulkfetch`, 100 at once: unlike a search,
 * it is consistent with what was just written, finds moved issues, and does not fail for a key that leads nowhere.
 */
import type { TrackerKind } from "@billhook/domain/tracker";
import { mapResult, readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEntries, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { checkCloudAccess } from "./jira-access.ts";
import { epicOf, isSubtask, issueFields, issueSchema, type JiraIssue, parentOf, toTicket } from "./jira-issue.ts";
import { matchIssues } from "./jira-keys.ts";
import { browseUrl, jiraHost, readJiraFields, toCloudSite } from "./jira-site.ts";
import { jiraWebhook } from "./jira-webhook.ts";
import { createJiraWorklog } from "./jira-worklog.ts";
import { createOAuth } from "./oauth.ts";
import { claimProjectKey, isProjectKey } from "./ticket-key.ts";
import type { TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

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
  const value = { issues: readEntries(issueSchema, issues), isComplete: (issueErrors ?? []).length === 0 };
  return {
    ok: true,
    value: { ...value, isComplete: value.isComplete && value.issues.length === issues.length },
    budget: read.budget,
  };
}

/** A sub-task's epic is its parent's: one more request for all of them. */
async function readEpicsOfParents(
  site: TrackerConnection,
  issues: readonly JiraIssue[],
): Promise<CallResult<Map<string, TicketGroup>>> {
  const parents = issues.filter(isSubtask).flatMap((issue) => parentOf(issue)?.key ?? []);
  if (parents.length === 0) return { ok: true, value: new Map(), budget: null };
  const read = await fetchIssues(site, [...new Set(parents)], ["parent", "issuetype"]);
  const epics = mapResult(read, ({ issues: found }) =>
    found.flatMap((parent): [string, TicketGroup][] => {
      const epic = epicOf(parent);
      return epic === null ? [] : [[parent.key, epic]];
    }),
  );
  return mapResult(orElse(epics, []), (entries) => new Map(entries));
}

function createJira(kind: TrackerKind, name: string, hasRequests: boolean): Tracker {
  async function readBatch(
    connection: TrackerConnection,
    keys: readonly string[],
  ): Promise<CallResult<Map<string, TicketOutcome>>> {
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
    if (!epics.ok) return epics;
    const outcomes = new Map<string, TicketOutcome>();
    for (const [key, issue] of matched.value) {
      const epic = epicOf(issue) ?? epics.value.get(parentOf(issue)?.key ?? "") ?? null;
      const url = browseUrl(connection, issue.key);
      outcomes.set(key, toOutcome(key, toTicket(issue, { epic, url, requestTypeField })));
    }
    const detail = "POST /rest/api/3/issue/bulkfetch left it out";
    for (const key of read.value.isComplete ? [] : keys) {
      if (!outcomes.has(key)) outcomes.set(key, { outcome: "failed", code: "unavailable", detail });
    }
    return { ok: true, value: outcomes, budget: epics.budget ?? read.budget };
  }

  return {
    kind,
    name,
    claim: claimProjectKey,

    readTickets: (connection, keys) =>
      readInBatches(keys, { size: mostIssues, atOnce: 1, isReadable: isProjectKey }, (batch) =>
        readBatch(connection, batch),
      ),

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
