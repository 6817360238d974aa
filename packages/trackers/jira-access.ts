/** Who a Jira token belongs to, and the projects it sees. */
import { mapResult, readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { isOAuth, jiraHost, toCloudSite, toGateway } from "./jira-site.ts";
import { link, line } from "./ticket-text.ts";
import type { TrackerAccess, TrackerConnection } from "./tracker.ts";

const person = z.object({ displayName: line, emailAddress: line, name: line });
const account = z.object({ name: line, email: line });
const sites = z.array(z.object({ id: z.string().min(1).max(200), name: line, url: link }));
const projectList = z.array(z.object({ key: line }).nullable().catch(null));
const projectPage = z.object({ isLast: z.boolean().catch(true), values: projectList });

const pageSize = 50;
/** A site with more projects is asked for a thousand of them; a key of another is still found, as less certain. */
const mostPages = 20;

/** Cloud: the sites an OAuth token may be used for, and the projects of the one that is chosen or alone. */
export async function checkCloudAccess(connection: TrackerConnection): Promise<CallResult<TrackerAccess>> {
  if (!isOAuth(connection)) return readSiteAccess(connection, []);
  const read = await readJson(jiraHost, toGateway(connection), sites, { path: "/oauth/token/accessible-resources" });
  if (!read.ok) return read;
  const found = [...new Map(read.value.body.map(({ id, name, url }) => [id, { id, name: name ?? id, url }])).values()];
  const chosen = connection.site ?? (found.length === 1 ? found[0]?.id : undefined);
  if (chosen !== undefined) return readSiteAccess(toCloudSite({ ...connection, site: chosen }), found);
  const me = await readJson(jiraHost, toGateway(connection), account, { path: "/me" });
  return mapResult(me, ({ body }) => ({ account: body.name ?? body.email ?? "Atlassian", sites: found, prefixes: [] }));
}

async function readSiteAccess(
  connection: TrackerConnection,
  found: TrackerAccess["sites"],
): Promise<CallResult<TrackerAccess>> {
  const me = await readJson(jiraHost, connection, person, { path: "/rest/api/3/myself" });
  if (!me.ok) return me;
  const prefixes: string[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const read = await readJson(jiraHost, connection, projectPage, {
      path: "/rest/api/3/project/search",
      query: { startAt: page * pageSize, maxResults: pageSize },
    });
    if (!read.ok) return read;
    prefixes.push(...keysOf(read.value.body.values));
    if (read.value.body.isLast || read.value.body.values.length === 0) break;
  }
  return mapResult(me, ({ body }) => ({ account: nameOf(body), sites: found, prefixes }));
}

/** Data Center lists all projects at once. */
export async function checkServerAccess(connection: TrackerConnection): Promise<CallResult<TrackerAccess>> {
  const me = await readJson(jiraHost, connection, person, { path: "/rest/api/2/myself" });
  if (!me.ok) return me;
  const read = await readJson(jiraHost, connection, projectList, { path: "/rest/api/2/project" });
  return mapResult(read, ({ body }) => ({ account: nameOf(me.value.body), sites: [], prefixes: keysOf(body) }));
}

const nameOf = ({ displayName, emailAddress, name }: z.infer<typeof person>): string =>
  displayName ?? emailAddress ?? name ?? "Jira";

const keysOf = (projects: z.infer<typeof projectList>): string[] =>
  projects.flatMap((project) => (project?.key ? [project.key.toUpperCase()] : []));
