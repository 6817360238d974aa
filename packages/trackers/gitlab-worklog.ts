/**
 * Time on GitLab's issues as timelogs (docs.gitlab.com, "Time tracking", and the GraphQL API's `timelogCreate` and
 * `timelogDelete`). REST adds time too, but can neither say when it was spent, nor list it, nor take it back.
 */
import { failure, mapResult } from "@billhook/http/call";
import { askGraphql } from "@billhook/http/graphql";
import type { CallResult } from "@billhook/http/result";
import * as z from "zod";
import { atGitlab, gitlabHost } from "./gitlab-server.ts";
import { readRepositoryKey } from "./repository-key.ts";
import type { TrackerConnection, TrackerWorklog } from "./tracker.ts";
import { markedComment } from "./worklog-text.ts";

const path = "/graphql";
/** A summary is cut at 255 characters, which would cost it the marker. */
const longestSummary = 255;
const mostPages = 20;

const timelogsDocument = `query Timelogs($project: ID!, $issue: String!, $after: String) {
  project(fullPath: $project) {
    issue(iid: $issue) {
      id
      timelogs(first: 100, after: $after) { nodes { id summary } pageInfo { hasNextPage endCursor } }
    }
  }
}`;
const createDocument = `mutation CreateTimelog($input: TimelogCreateInput!) {
  timelogCreate(input: $input) { timelog { id } errors }
}`;
const deleteDocument =
  "mutation DeleteTimelog($input: TimelogDeleteInput!) { timelogDelete(input: $input) { errors } }";

const id = z.string().min(1).max(200);
const timelogsSchema = z.object({
  project: z
    .object({
      issue: z
        .object({
          id,
          timelogs: z.object({
            nodes: z.array(
              z
                .object({ id, summary: z.string().nullish().catch(null) })
                .nullable()
                .catch(null),
            ),
            pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
          }),
        })
        .nullable(),
    })
    .nullable(),
});
const createSchema = z.object({ timelogCreate: z.object({ timelog: z.object({ id }).nullable() }).nullable() });
const deleteSchema = z.object({ timelogDelete: z.object({ errors: z.array(z.string()) }).nullable() });

interface Timelogs {
  issue: string;
  /** The log with the marker. */
  marked: string | null;
  ids: string[];
}

type TimelogPage = NonNullable<NonNullable<z.infer<typeof timelogsSchema>["project"]>["issue"]>;

/** Null where there is no such issue. */
async function readPage(
  connection: TrackerConnection,
  { repository, number }: { repository: string; number: number },
  after: string | null,
): Promise<CallResult<TimelogPage | null>> {
  const asked = await askGraphql(gitlabHost, atGitlab(connection, "/api"), timelogsSchema, {
    path,
    document: timelogsDocument,
    variables: { project: repository, issue: String(number), after },
  });
  return mapResult(asked, ({ data }) => data.project?.issue ?? null);
}

async function readTimelogs(connection: TrackerConnection, key: string, marker: string): Promise<CallResult<Timelogs>> {
  const of = readRepositoryKey(key);
  if (of === null) return failure("not_found", { method: "POST", path }, "was asked for no issue");
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; ; page += 1) {
    const read: CallResult<TimelogPage | null> = await readPage(connection, of, after);
    if (!read.ok) return read;
    const issue = read.value;
    if (issue === null) return failure("not_found", { method: "POST", path }, "found no such issue", read.budget);
    const { nodes, pageInfo } = issue.timelogs;
    ids.push(...nodes.flatMap((node) => node?.id ?? []));
    const marked = nodes.find((node) => node?.summary?.includes(marker) === true)?.id ?? null;
    after = pageInfo.endCursor ?? null;
    if (marked !== null || !pageInfo.hasNextPage || after === null || page + 1 >= mostPages) {
      return { ok: true, value: { issue: issue.id, marked, ids }, budget: read.budget };
    }
  }
}

/** As `/spend` has it: whole minutes and seconds. */
const toSpent = (seconds: number): string => `${Math.floor(seconds / 60)}m${seconds % 60}s`;

export const gitlabWorklog: TrackerWorklog = {
  async log(connection, { key, startedAt, seconds, comment, marker }) {
    const known = await readTimelogs(connection, key, marker);
    if (!known.ok) return known;
    const { issue, marked } = known.value;
    if (marked !== null) return { ok: true, value: { id: marked, wasThere: true }, budget: known.budget };
    const input = {
      issuableId: issue,
      timeSpent: toSpent(Math.max(1, Math.round(seconds))),
      spentAt: new Date(startedAt).toISOString(),
      summary: markedComment(comment.slice(0, longestSummary - marker.length - 1), marker),
    };
    const created = await askGraphql(gitlabHost, atGitlab(connection, "/api"), createSchema, {
      path,
      document: createDocument,
      variables: { input },
    });
    if (!created.ok) return created;
    const log = created.value.data.timelogCreate?.timelog ?? null;
    // A right that is lacking is said in `errors`, in words.
    if (log === null) return failure("forbidden", { method: "POST", path }, "wrote no time", created.budget);
    return { ok: true, value: { id: log.id, wasThere: false }, budget: created.budget };
  },

  async withdraw(connection, { key, id: log, marker }) {
    const known = await readTimelogs(connection, key, marker);
    if (!known.ok) return known.code === "not_found" ? { ok: true, value: null, budget: known.budget } : known;
    const { marked, ids } = known.value;
    const wanted = ids.includes(log) ? log : marked;
    if (wanted === null) return { ok: true, value: null, budget: known.budget };
    const deleted = await askGraphql(gitlabHost, atGitlab(connection, "/api"), deleteSchema, {
      path,
      document: deleteDocument,
      variables: { input: { id: wanted } },
    });
    if (!deleted.ok) return deleted;
    const isDone = deleted.value.data.timelogDelete?.errors.length === 0;
    if (!isDone) return failure("forbidden", { method: "POST", path }, "took no time back", deleted.budget);
    return { ok: true, value: null, budget: deleted.budget };
  },
};
