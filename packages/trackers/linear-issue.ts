/**
 * An issue of Linear, as it is asked for and as a ticket. Linear counts points and no time; what its importer makes of an
 * epic is a project, and what it calls a team has the keys.
 */
import * as z from "zod";
import { labelsBy } from "./label-names.ts";
import { isProjectKey } from "./ticket-key.ts";
import { instant, line, link, title } from "./ticket-text.ts";
import type { Ticket } from "./tracker.ts";

export const issueFields = `
  id identifier title url updatedAt trashed
  state { name type }
  team { key name }
  parent { identifier title }
  project { name }
  labels(first: 50) { nodes { name } }
  assignee { name email }
`;

const id = z.string().regex(/^[\w-]{1,100}$/);

export const issueSchema = z.object({
  id,
  identifier: z.string().refine(isProjectKey),
  title,
  url: link,
  updatedAt: instant,
  trashed: z.boolean().nullish().catch(null),
  state: z.object({ name: line, type: line }).nullish().catch(null),
  team: z.object({ key: line, name: line }).nullish().catch(null),
  parent: z.object({ identifier: line, title }).nullish().catch(null),
  project: z.object({ name: line }).nullish().catch(null),
  labels: z
    .object({ nodes: labelsBy("name") })
    .transform(({ nodes }) => nodes)
    .catch([]),
  assignee: z.object({ name: line, email: line }).nullish().catch(null),
});
export type LinearIssue = z.infer<typeof issueSchema>;

/** States that nothing follows ("Configuring workflows"): what was cancelled is as finished as what was completed. */
const doneTypes = new Set(["completed", "canceled", "duplicate"]);

export function toTicket(issue: LinearIssue): Ticket {
  const { team, parent, project, assignee, state } = issue;
  return {
    externalId: issue.id,
    key: issue.identifier,
    url: issue.url,
    title: issue.title,
    type: null,
    status: state?.name ?? null,
    isDone: doneTypes.has(state?.type ?? ""),
    labels: issue.labels,
    epic: project ? { key: null, title: project.name ?? "" } : null,
    parent: parent ? { key: parent.identifier, title: parent.title } : null,
    project: team ? { key: team.key, title: team.name ?? team.key ?? "" } : null,
    estimateMinutes: null,
    loggedMinutes: null,
    assignee: assignee ?? null,
    updatedAt: issue.updatedAt,
  };
}
