/**
 * Jira Data Center and Server: version 2 of the API at an own address with a personal access token.
 *
 * docs.atlassian.com, "Jira Server platform REST API": issues are searched for, with a query that is not validated, so that
 * a key that leads nowhere is left out in place of failing the rest. Epics are in custom fields whose ids differ by site.
 */
import { readJson } from "@billhook/http/call";
import type { CallResult, RateBudget } from "@billhook/http/result";
import * as z from "zod";
import { orElse, readEntries, readInBatches, type TicketOutcome, toOutcome } from "./batches.ts";
import { checkServerAccess } from "./jira-access.ts";
import {
  epicKeyOf,
  epicNameOf,
  epicOf,
  isSubtask,
  issueFields,
  issueSchema,
  type JiraIssue,
  parentOf,
  toTicket,
} from "./jira-issue.ts";
import { matchIssues } from "./jira-keys.ts";
import { browseUrl, jiraHost, type JiraFields, readJiraFields } from "./jira-site.ts";
import { jiraWebhook } from "./jira-webhook.ts";
import { createJiraWorklog } from "./jira-worklog.ts";
import { claimProjectKey, isProjectKey } from "./ticket-key.ts";
import type { TicketGroup, Tracker, TrackerConnection } from "./tracker.ts";

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
  return read.ok ? { ok: true, value: readEntries(issueSchema, read.value.body.issues), budget: read.budget } : read;
}

interface Epics {
  byKey: Map<string, TicketGroup>;
  /** An epic's key by the key of an issue in it. */
  ofIssue: Map<string, string>;
}

/** The epics that issues name, and those of their parents, which sub-tasks have theirs from: one or two requests. */
async function readEpics(
  connection: TrackerConnection,
  issues: readonly JiraIssue[],
  fields: JiraFields,
): Promise<CallResult<Epics>> {
  const epics: Epics = { byKey: new Map(), ofIssue: new Map() };
  const extra = [fields.epicLink, fields.epicName].filter((id) => id !== null);
  const parents = issues.filter(isSubtask).flatMap((issue) => parentOf(issue)?.key ?? []);
  let wanted = [...parents, ...issues.flatMap((issue) => epicKeyOf(issue, fields) ?? [])];
  let budget: RateBudget | null = null;
  for (let round = 0; round < 2 && extra.length > 0; round += 1) {
    const keys = [...new Set(wanted)].filter((key) => isProjectKey(key) && !epics.byKey.has(key));
    if (keys.length === 0) break;
    const read = orElse(await search(connection, keys, ["summary", ...extra]), []);
    if (!read.ok) return read;
    budget = read.budget;
    for (const issue of read.value) {
      const epic = epicKeyOf(issue, fields);
      if (epic !== null) epics.ofIssue.set(issue.key, epic);
      epics.byKey.set(issue.key, { key: issue.key, title: epicNameOf(issue, fields) });
    }
    wanted = [...epics.ofIssue.values()];
  }
  return { ok: true, value: epics, budget };
}

async function readBatch(
  connection: TrackerConnection,
  keys: readonly string[],
): Promise<CallResult<Map<string, TicketOutcome>>> {
  const known = await readJiraFields(connection, "/rest/api/2/field");
  if (!known.ok) return known;
  const { epicLink, epicName, requestType: requestTypeField } = known.value;
  const fields = [...issueFields, ...[epicLink, epicName, requestTypeField].filter((id) => id !== null)];
  const read = await search(connection, keys, fields);
  if (!read.ok) return read;
  const matched = await matchIssues(connection, keys, read.value, { path: "/rest/api/2/issue", fields });
  if (!matched.ok) return matched;
  const epics = await readEpics(connection, [...matched.value.values()], known.value);
  if (!epics.ok) return epics;
  const outcomes = new Map<string, TicketOutcome>();
  for (const [key, issue] of matched.value) {
    const epicKey = epicKeyOf(issue, known.value) ?? epics.value.ofIssue.get(parentOf(issue)?.key ?? "") ?? null;
    const epic =
      epicKey === null ? epicOf(issue) : (epics.value.byKey.get(epicKey) ?? { key: epicKey, title: epicKey });
    const url = browseUrl(connection, issue.key);
    outcomes.set(key, toOutcome(key, toTicket(issue, { epic, url, requestTypeField })));
  }
  return { ok: true, value: outcomes, budget: epics.budget ?? read.budget };
}

export const jiraDataCenter: Tracker = {
  kind: "jira-data-center",
  name: "Jira Data Center",
  claim: claimProjectKey,

  readTickets: (connection, keys) =>
    readInBatches(keys, { size: mostIssues, atOnce: 1, isReadable: isProjectKey }, (batch) =>
      readBatch(connection, batch),
    ),

  checkAccess: checkServerAccess,
  worklog: createJiraWorklog(2, (connection) => connection),
  webhook: jiraWebhook,
};
