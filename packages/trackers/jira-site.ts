/**
 * How Jira is spoken to: the root of the API, the token, and the custom fields of a site.
 *
 * Jira Cloud takes an API token at the site's own address (`https://team.atlassian.net`), and an OAuth token at
 * `api.atlassian.com` with the site's cloud id (developer.atlassian.com, "OAuth 2.0 (3LO) apps"). Jira Data Center takes a
 * personal access token at its own address, with any path before it.
 */
import { authorise, type Host, readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import type { TrackerConnection } from "./tracker.ts";

export const jiraHost: Host = { root: null, headers: { "x-atlassian-token": "no-check" }, authorise };

const gateway = "https://api.atlassian.com";

export const isOAuth = (connection: TrackerConnection): boolean => connection.token?.kind === "bearer";

/** Atlassian's own API: the sites and the account of an OAuth token. */
export const toGateway = (connection: TrackerConnection): TrackerConnection => ({
  ...connection,
  baseUrl: connection.baseUrl ?? gateway,
});

/** The connection with the root of its site's API; without a site chosen, that of none. */
export function toCloudSite(connection: TrackerConnection): TrackerConnection {
  if (!isOAuth(connection)) return connection;
  const root = (connection.baseUrl ?? gateway).replace(/\/+$/, "");
  const baseUrl = connection.site === null ? "" : `${root}/ex/jira/${encodeURIComponent(connection.site)}`;
  return { ...connection, baseUrl };
}

/** Where people read a ticket; null where only the API's address is known. */
export function browseUrl(connection: TrackerConnection, key: string): string | null {
  const root = connection.webUrl ?? (isCloudGateway(connection) ? null : connection.baseUrl);
  return root === null ? null : `${root.replace(/\/+$/, "")}/browse/${key}`;
}

const isCloudGateway = ({ baseUrl }: TrackerConnection): boolean => baseUrl === null || /\/ex\/jira\//.test(baseUrl);

/** Ids of the custom fields that a site has, or null. */
export interface JiraFields {
  /** Data Center: the epic's key on an issue. */
  epicLink: string | null;
  /** Data Center: an epic's short name. */
  epicName: string | null;
  /** Service Management: what kind of request a customer made. */
  requestType: string | null;
}

const custom = {
  epicLink: "com.pyxis.greenhopper.jira:gh-epic-link",
  epicName: "com.pyxis.greenhopper.jira:gh-epic-label",
  requestType: "com.atlassian.servicedesk:vp-origin",
};

const fieldsSchema = z.array(
  z.object({
    id: z.string(),
    schema: z
      .object({ custom: z.string().optional().catch(undefined) })
      .nullish()
      .catch(null),
  }),
);

/** The fields of the sites asked lately: they change when an administrator reinstalls Jira Software, if ever. */
const fieldsCache = new Map<string, { fields: JiraFields; until: number }>();
const mostCached = 200;
const cachedForMs = 60 * 60 * 1000;

/** `connection` is at its site's root; `path` is where the fields are listed. */
export async function readJiraFields(
  connection: TrackerConnection,
  path: "/rest/api/2/field" | "/rest/api/3/field",
): Promise<CallResult<JiraFields>> {
  const name = connection.baseUrl ?? "";
  const cached = fieldsCache.get(name);
  if (cached !== undefined && cached.until > Date.now()) return { ok: true, value: cached.fields, budget: null };
  const read = await readJson(jiraHost, connection, fieldsSchema, { path });
  if (!read.ok) return read;
  const idOf = (type: string): string | null =>
    read.value.body.find(({ schema }) => schema?.custom === type)?.id ?? null;
  const fields: JiraFields = {
    epicLink: idOf(custom.epicLink),
    epicName: idOf(custom.epicName),
    requestType: idOf(custom.requestType),
  };
  fieldsCache.delete(name);
  const oldest = fieldsCache.keys().next().value;
  if (fieldsCache.size >= mostCached && oldest !== undefined) fieldsCache.delete(oldest);
  fieldsCache.set(name, { fields, until: Date.now() + cachedForMs });
  return { ok: true, value: fields, budget: read.budget };
}
