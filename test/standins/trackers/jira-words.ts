/** A ticket in Jira's words. */
import { secondsLogged, type StandinTicket, type StandinWorklog } from "./ticket.ts";
import type { TrackerStandin } from "./server.ts";

const epicLink = "customfield_10008";
const epicName = "customfield_10009";
const requestType = "customfield_10010";

/** Times as Jira writes them. */
const toTime = (iso: string): string => new Date(iso).toISOString().replace("Z", "+0000");

export function toFields(version: 2 | 3): object[] {
  const field = (id: string, name: string, custom: string): object => ({
    id,
    key: id,
    name,
    custom: true,
    orderable: true,
    navigable: true,
    searchable: true,
    clauseNames: [`cf[${id.slice(12)}]`, name],
    schema: { type: "any", custom, customId: Number(id.slice(12)) },
  });
  return [
    {
      id: "summary",
      key: "summary",
      name: "Summary",
      custom: false,
      orderable: true,
      navigable: true,
      searchable: true,
      clauseNames: ["summary"],
      schema: { type: "string", system: "summary" },
    },
    ...(version === 2
      ? [
          field(epicLink, "Epic Link", "com.pyxis.greenhopper.jira:gh-epic-link"),
          field(epicName, "Epic Name", "com.pyxis.greenhopper.jira:gh-epic-label"),
        ]
      : []),
    field(requestType, "Request Type", "com.atlassian.servicedesk:vp-origin"),
  ];
}

const typeOf = (name: string): object => ({
  id: "10001",
  name,
  subtask: name === "Sub-task",
  hierarchyLevel: name === "Epic" ? 1 : name === "Sub-task" ? -1 : 0,
});

const statusOf = ({ status, isDone }: Pick<StandinTicket, "status" | "isDone">): object => ({
  id: "3",
  name: status,
  statusCategory: isDone
    ? { id: 3, key: "done", colorName: "green", name: "Done" }
    : { id: 4, key: "indeterminate", colorName: "yellow", name: "In Progress" },
});

export function toIssue(
  standin: TrackerStandin,
  ticket: StandinTicket,
  version: 2 | 3,
): { id: string; key: string; self: string; fields: Record<string, unknown> } {
  const { epic, parent, project, assignee } = ticket;
  // Cloud has one parent, of whatever level; Data Center a field for the epic.
  const above = version === 3 ? (parent ?? epic) : parent;
  const seconds = ticket.estimateMinutes === null ? null : ticket.estimateMinutes * 60;
  const isEpic = ticket.type === "Epic";
  return {
    id: ticket.id,
    key: ticket.key,
    self: `${standin.url}/rest/api/${version}/issue/${ticket.id}`,
    fields: {
      summary: ticket.title,
      issuetype: typeOf(ticket.type === "Request" ? "Service Request" : ticket.type),
      status: statusOf(ticket),
      labels: ticket.labels,
      ...(above === null
        ? {}
        : {
            parent: {
              id: standin.find(above.key)?.id ?? "1",
              key: above.key,
              self: `${standin.url}/rest/api/${version}/issue/1`,
              fields: {
                summary: above.title,
                status: statusOf({ status: "To Do", isDone: false }),
                issuetype: typeOf(above === epic ? "Epic" : "Story"),
              },
            },
          }),
      project: { id: "10000", key: project.key, name: project.title, projectTypeKey: "software" },
      timeoriginalestimate: seconds,
      timespent: secondsLogged(ticket) || null,
      timetracking: {
        originalEstimateSeconds: seconds ?? undefined,
        timeSpentSeconds: secondsLogged(ticket) || undefined,
      },
      assignee: assignee === null ? null : { accountId: "1", displayName: assignee.name, emailAddress: assignee.email },
      updated: toTime(ticket.updatedAt),
      resolutiondate: ticket.isDone ? toTime(ticket.updatedAt) : null,
      ...(version === 2 && epic !== null ? { [epicLink]: epic.key } : {}),
      ...(version === 2 && isEpic ? { [epicName]: ticket.title.split(":")[0] } : {}),
      [requestType]:
        ticket.type === "Request"
          ? { requestType: { id: "11", name: "Ask for help" }, currentStatus: { status: "Waiting for you" } }
          : null,
    },
  };
}

export function toWorklog(standin: TrackerStandin, ticket: StandinTicket, log: StandinWorklog, version: 2 | 3): object {
  const author = { accountId: "dev-one", displayName: log.author, active: true };
  return {
    self: `${standin.url}/rest/api/${version}/issue/${ticket.id}/worklog/${log.id}`,
    id: log.id,
    issueId: ticket.id,
    author,
    updateAuthor: author,
    comment: log.comment.startsWith("{") ? (JSON.parse(log.comment) as unknown) : log.comment,
    created: toTime(log.startedAt),
    updated: toTime(log.startedAt),
    started: toTime(log.startedAt),
    timeSpent: `${Math.round(log.seconds / 60)}m`,
    timeSpentSeconds: log.seconds,
  };
}
