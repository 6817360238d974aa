/**
 * Time written to Jira as worklogs. developer.atlassian.com, "Issue worklogs": a log has at least a minute; its start is
 * in a form without a colon in the offset; a comment is Atlassian's document format in version 3 of the API, and plain text
 * in version 2.
 */
import { failure, readJson, send } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { jiraHost } from "./jira-site.ts";
import { isProjectKey } from "./ticket-key.ts";
import type { TrackerConnection, TrackerWorklog } from "./tracker.ts";
import { markedComment } from "./worklog-text.ts";

const shortestSeconds = 60;
const pageSize = 1000;
/** More logs than anybody writes on one issue. */
const mostPages = 20;

const logsSchema = z.object({ total: z.int().catch(0), worklogs: z.array(z.unknown()) });
const logSchema = z.object({ id: z.string().min(1).max(200), comment: z.unknown().optional() });

/** `at` gives the connection at the site's root. */
export function createJiraWorklog(
  version: 2 | 3,
  at: (connection: TrackerConnection) => TrackerConnection,
): TrackerWorklog {
  const pathOf = (key: string): string => `/rest/api/${version}/issue/${encodeURIComponent(key)}/worklog`;
  const quietly = version === 3 ? { notifyUsers: "false", adjustEstimate: "auto" } : { adjustEstimate: "auto" };

  async function find(connection: TrackerConnection, key: string, marker: string): Promise<CallResult<string | null>> {
    for (let page = 0; ; page += 1) {
      const read = await readJson(jiraHost, connection, logsSchema, {
        path: pathOf(key),
        query: { startAt: page * pageSize, maxResults: pageSize },
      });
      if (!read.ok) return read;
      const { worklogs, total } = read.value.body;
      for (const entry of worklogs) {
        const log = logSchema.safeParse(entry);
        // The marker is one of ours and stands in one piece, so the comment need not be understood.
        if (log.success && JSON.stringify(log.data.comment ?? "").includes(marker)) {
          return { ok: true, value: log.data.id, budget: read.budget };
        }
      }
      const isLast = worklogs.length === 0 || page * pageSize + worklogs.length >= total || page + 1 >= mostPages;
      if (isLast) return { ok: true, value: null, budget: read.budget };
    }
  }

  return {
    async log(connection, { key, startedAt, seconds, comment, marker }) {
      if (!isProjectKey(key)) return failure("not_found", { path: pathOf("") }, "was not asked: it is no key");
      const site = at(connection);
      const known = await find(site, key, marker);
      if (!known.ok) return known;
      if (known.value !== null) return { ...known, value: { id: known.value, wasThere: true } };
      const written = await readJson(jiraHost, site, z.object({ id: z.string().min(1).max(200) }), {
        method: "POST",
        path: pathOf(key),
        query: quietly,
        body: {
          started: new Date(startedAt).toISOString().replace("Z", "+0000"),
          timeSpentSeconds: Math.max(shortestSeconds, Math.round(seconds)),
          comment: version === 3 ? toDocument(markedComment(comment, marker)) : markedComment(comment, marker),
        },
      });
      return written.ok ? { ...written, value: { id: written.value.body.id, wasThere: false } } : written;
    },

    async withdraw(connection, { key, id }) {
      const path = `${pathOf(key)}/${encodeURIComponent(id)}`;
      const sent = await send(jiraHost, at(connection), { method: "DELETE", path, query: quietly });
      if (!sent.ok && sent.code !== "not_found") return sent;
      return { ok: true, value: null, budget: sent.budget };
    },
  };
}

/** Paragraphs in Atlassian's document format; it has no empty text. */
function toDocument(text: string): object {
  return {
    type: "doc",
    version: 1,
    content: text
      .split("\n")
      .filter((paragraph) => paragraph !== "")
      .map((paragraph) => ({ type: "paragraph", content: [{ type: "text", text: paragraph }] })),
  };
}
