/**
 * A Jira issue as Cloud's and Data Center's APIs give it, read into a ticket.
 *
 * An epic is the parent of hierarchy level 1 on Cloud ("Issue type hierarchy"), and what the field Epic Link names on Data
 * Center. Times are seconds (`timeoriginalestimate`, `timespent`). A status is done by its category's key, `done`.
 */
import * as z from "zod";
import type { JiraFields } from "./jira-site.ts";
import { instant, labels, line, minutes, title, toLine } from "./ticket-text.ts";
import { isProjectKey } from "./ticket-key.ts";
import type { Ticket, TicketGroup } from "./tracker.ts";

const named = z
  .object({ name: line })
  .nullish()
  .transform((of) => of?.name ?? null)
  .catch(null);

const issueType = z
  .object({ name: line, hierarchyLevel: z.number().nullish().catch(null), subtask: z.boolean().nullish().catch(null) })
  .nullish()
  .catch(null);

export const issueSchema = z.object({
  id: z.string().regex(/^\d{1,30}$/),
  key: z.string().refine(isProjectKey),
  fields: z.looseObject({
    summary: title,
    issuetype: issueType,
    status: z
      .object({ name: line, statusCategory: z.object({ key: z.string() }).nullish().catch(null) })
      .nullish()
      .catch(null),
    labels,
    parent: z
      .object({ key: line, fields: z.object({ summary: title, issuetype: issueType }).nullish().catch(null) })
      .nullish()
      .catch(null),
    project: z.object({ key: line, name: line }).nullish().catch(null),
    timeoriginalestimate: minutes("seconds"),
    timespent: minutes("seconds"),
    assignee: z.object({ displayName: line, emailAddress: line }).nullish().catch(null),
    updated: instant,
  }),
});
export type JiraIssue = z.infer<typeof issueSchema>;

/** What is asked for; the rest of an issue may be large. */
export const issueFields = [
  "summary",
  "issuetype",
  "status",
  "labels",
  "parent",
  "project",
  "timeoriginalestimate",
  "timespent",
  "assignee",
  "updated",
];

const requestType = z.object({ requestType: z.object({ name: line }), currentStatus: named.optional() }).catch({
  requestType: { name: null },
});
const requestStatus = z
  .object({ currentStatus: z.object({ status: line }) })
  .catch({ currentStatus: { status: null } });

/** Only a sub-task has a parent that is no epic: its own epic is its parent's. */
export const isSubtask = ({ fields }: JiraIssue): boolean =>
  fields.issuetype?.subtask === true || (fields.issuetype?.hierarchyLevel ?? 0) < 0;

/** The parent where it is an epic or above: an initiative groups as well as an epic does. */
export function epicOf(issue: JiraIssue): TicketGroup | null {
  const { parent } = issue.fields;
  const level = parent?.fields?.issuetype?.hierarchyLevel ?? null;
  const isEpic = level === null ? parent?.fields?.issuetype?.name === "Epic" : level >= 1;
  return isEpic ? parentOf(issue) : null;
}

export function parentOf({ fields: { parent } }: JiraIssue): TicketGroup | null {
  if (parent === null || parent === undefined) return null;
  return { key: parent.key, title: parent.fields?.summary ?? "" };
}

/** The key in Data Center's field Epic Link. */
export function epicKeyOf({ fields }: JiraIssue, { epicLink }: JiraFields): string | null {
  const value = epicLink === null ? null : fields[epicLink];
  return typeof value === "string" ? toLine(value, 200) : null;
}

/** An epic's short name where Data Center has one, else its summary. */
export function epicNameOf({ fields }: JiraIssue, { epicName }: JiraFields): string {
  const value = epicName === null ? null : fields[epicName];
  return (typeof value === "string" ? toLine(value, 200) : null) ?? fields.summary;
}

export function toTicket(
  issue: JiraIssue,
  { epic, url, requestTypeField }: { epic: TicketGroup | null; url: string | null; requestTypeField: string | null },
): Ticket {
  const { fields } = issue;
  const request = requestTypeField === null ? null : fields[requestTypeField];
  return {
    externalId: issue.id,
    key: issue.key,
    url,
    title: fields.summary,
    type: requestType.parse(request).requestType.name ?? fields.issuetype?.name ?? null,
    status: requestStatus.parse(request).currentStatus.status ?? fields.status?.name ?? null,
    isDone: fields.status?.statusCategory?.key === "done",
    labels: fields.labels,
    epic,
    parent: parentOf(issue),
    project: fields.project
      ? { key: fields.project.key, title: fields.project.name ?? fields.project.key ?? "" }
      : null,
    estimateMinutes: fields.timeoriginalestimate,
    loggedMinutes: fields.timespent,
    assignee: fields.assignee ? { name: fields.assignee.displayName, email: fields.assignee.emailAddress } : null,
    updatedAt: fields.updated,
  };
}
