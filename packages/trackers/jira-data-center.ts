/**
 * Jira Data Center and Server: version 2 of the API at an own address with a personal access token.
 *
 * docs.atlassian.com, "Jira Server platform REST API": issues are searched for, with a query that is not validated, so that
 * a key that leads nowhere is left out in place of failing the rest. Epics are in custom fields whose ids differ by site.
 */
import { readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { answerInParts, toAnswer } from "./answers.ts";
import { checkServerAccess } from "./jira-access.ts";
import {
  epicKeyOf,
  epicNameOf,
  epicOf,
  isSubtask,
  issueFields,
  type JiraIssue,
  parentOf,
  toTicket,
} from "./jira-issue.ts";
import { matchIssues, readIssues } from "./jira-keys.ts";
import { browseUrl, jiraHost, type JiraFields, readJiraFields } from "./jira-site.ts";
import { jiraWebhook } from "./jira-webhook.ts";
import { createJiraWorklog } from "./jira-worklog.ts";
import { claimProjectKey, isProjectKey } from "./ticket-key.ts";
import type { TicketAnswer, TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

const mostIssues = 50;

async function search(
  connection: TrackerConnection,
  keys: readonly string[],
  fields: readonly string[],
): Promise<CallResult<JiraIssue[]>> {
  const read = await readJson(jiraHost, connection, z.object({ issues: z.array(z.unknown()) }), {
    method: "POST",
    isRead: true,
    path: "/rest/api/2/search",
    body: { jql: `key in (${keys.join(",")})`, fields, maxResults: keys.length, validateQuery: false },
  });
  return read.ok ? { ok: true, value: readIssues(read.value.body.issues), budget: read.budget } : read;
}

/** The epics that issues name, by their keys, and the epic's key of each parent. */
async function readEpics(
  connection: TrackerConnection,
  issues: readonly JiraIssue[],
  fields: JiraFields,
): Promise<{ epics: Map<string, TicketGroup>; ofParents: Map<string, string> }> {
  const epics = new Map<string, TicketGroup>();
  const ofParents = new Map<string, string>();
  const extra = [fields.epicLink, fields.epicName].filter((id) => id !== null);
  if (extra.length === 0) return { epics, ofParents };
  const note = (found: readonly JiraIssue[]): void => {
    for (const issue of found) {
      const epic = epicKeyOf(issue, fields);
      if (epic !== null) ofParents.set(issue.key, epic);
      epics.set(issue.key, { key: issue.key, title: epicNameOf(issue, fields) });
    }
  };
  const parents = issues.filter(isSubtask).flatMap((issue) => parentOf(issue)?.key ?? []);
  const named = issues.flatMap((issue) => epicKeyOf(issue, fields) ?? []);
  const wanted = [...new Set([...parents, ...named])].filter(isProjectKey);
  if (wanted.length === 0) return { epics, ofParents };
  const first = await search(connection, wanted, ["summary", ...extra]);
  if (first.ok) note(first.value);
  const further = [...new Set(ofParents.values())].filter((key) => isProjectKey(key) && !epics.has(key));
  const second = further.length === 0 ? null : await search(connection, further, ["summary", ...extra]);
  if (second?.ok === true) note(second.value);
  return { epics, ofParents };
}

async function readPart(connection: TrackerConnection, keys: string[]): Promise<CallResult<TicketAnswer[]>> {
  const known = await readJiraFields(connection, "/rest/api/2/field");
  if (!known.ok) return known;
  const { epicLink, epicName, requestType } = known.value;
  const fields = [...issueFields, ...[epicLink, epicName, requestType].filter((id) => id !== null)];
  const read = await search(connection, keys, fields);
  if (!read.ok) return read;
  const matched = await matchIssues(connection, keys, read.value, { path: "/rest/api/2/issue", fields });
  if (!matched.ok) return matched;
  const { epics, ofParents } = await readEpics(connection, [...matched.value.values()], known.value);
  const value = keys.map((key): TicketAnswer => {
    const issue = matched.value.get(key);
    if (issue === undefined) return toAnswer(key, null);
    const epicKey = epicKeyOf(issue, known.value) ?? ofParents.get(parentOf(issue)?.key ?? "") ?? null;
    const epic = epicKey === null ? epicOf(issue) : (epics.get(epicKey) ?? { key: epicKey, title: epicKey });
    const url = browseUrl(connection, issue.key);
    return toAnswer(key, toTicket(issue, { epic, url, requestTypeField: requestType }));
  });
  return { ok: true, value, budget: read.budget };
}

export const jiraDataCenter: Tracker = {
  kind: "jira-data-center",
  name: "Jira Data Center",
  claim: claimProjectKey,

  readTickets: (connection, keys) =>
    answerInParts(keys, { size: mostIssues, isReadable: isProjectKey }, (part) => readPart(connection, part)),

  checkAccess: checkServerAccess,
  worklog: createJiraWorklog(2, (connection) => connection),
  webhook: jiraWebhook,
};
