/**
 * Jira's issues by the keys they were asked by.
 *
 * Jira finds an issue that was moved by any key it had, and answers with the one it has. Where one key and one issue are
 * left over they are each other's; where there are more, each key is asked for by itself.
 */
import { readJson } from "@billhook/http/call";
import type { CallResult } from "@billhook/http/result";
import { type JiraIssue, issueSchema } from "./jira-issue.ts";
import { jiraHost } from "./jira-site.ts";
import type { TrackerConnection } from "./tracker.ts";

/** The issue each key leads to; a key that leads nowhere is left out. A key of its own that failed fails all. */
export async function matchIssues(
  connection: TrackerConnection,
  keys: readonly string[],
  issues: readonly JiraIssue[],
  single: { path: "/rest/api/2/issue" | "/rest/api/3/issue"; fields: readonly string[] },
): Promise<CallResult<Map<string, JiraIssue>>> {
  const matched = new Map<string, JiraIssue>();
  for (const issue of issues) if (keys.includes(issue.key)) matched.set(issue.key, issue);
  const left = keys.filter((key) => !matched.has(key));
  const [moved, ...others] = issues.filter(({ key }) => !keys.includes(key));
  if (moved === undefined || left.length === 0) return { ok: true, value: matched, budget: null };
  const [only] = left;
  if (only !== undefined && left.length === 1 && others.length === 0) {
    matched.set(only, moved);
    return { ok: true, value: matched, budget: null };
  }
  for (const key of left) {
    const read = await readJson(jiraHost, connection, issueSchema, {
      path: `${single.path}/${encodeURIComponent(key)}`,
      query: { fields: single.fields.join(",") },
    });
    if (read.ok) matched.set(key, read.value.body);
    else if (read.code !== "not_found") return read;
  }
  return { ok: true, value: matched, budget: null };
}
