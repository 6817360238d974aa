/** As much of Billhook as the command line speaks to, in memory: it checks signatures and reads pushes as the product does. */
import { createServer, type IncomingMessage } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PushedCommit, RefChange } from "@billhook/domain/push";
import { github } from "@billhook/forges/github";
import { afterEach } from "vitest";
import { makeFolder } from "./test-repository.ts";

export interface ReceivedCommit extends PushedCommit {
  branch: string;
}

export interface Receiver {
  url: string;
  /** A stack.json that leads here. */
  stackFile: string;
  /** Every push that was stored, in the order of arrival. */
  changes: RefChange[];
  /** By hash, as the product would have recorded them. */
  commits: Map<string, ReceivedCommit>;
  repositories: { id: string; secret: string; project: string; name: string; externalId: string | null }[];
  /** Delivery ids, repeats included. */
  deliveries: string[];
  /** Answers of the next webhook requests, before they are looked at; null goes on. */
  failures: ({ status: number; headers?: Record<string, string> } | null)[];
  /** Status that deliveries end with. */
  status: "done" | "failed" | "accepted";
  largestBody: number;
  close(): Promise<void>;
}

const open: Receiver[] = [];

afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});

const token = "access-token-of-the-demo-account";

export async function startReceiver(port = 0): Promise<Receiver> {
  const state: Omit<Receiver, "url" | "stackFile" | "close"> = {
    changes: [],
    commits: new Map(),
    repositories: [],
    deliveries: [],
    failures: [],
    status: "done",
    largestBody: 0,
  };
  const rows = new Map<string, string>();
  let url = "";

  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const answer = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
      };
      const { pathname, searchParams } = new URL(request.url ?? "/", url);
      const [, area, ...rest] = pathname.split("/");
      if (pathname === "/auth/v1/token") {
        const { password } = JSON.parse(body.toString()) as { password: string };
        return password === "right" ? answer(200, { access_token: token }) : answer(400, { error: "invalid_grant" });
      }
      if (area === "api" && rest[0] === "webhooks") return receive(request, body, rest[2] ?? "", answer);
      if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { detail: "Sign in." });
      if (pathname === "/api/repositories") {
        const asked = JSON.parse(body.toString()) as { project_id: string; name: string };
        const id = crypto.randomUUID();
        const secret = `secret-${state.repositories.length}`;
        state.repositories.push({ id, secret, project: asked.project_id, name: asked.name, externalId: null });
        return answer(201, { id, webhook_url: `${url}/api/webhooks/github/${id}`, webhook_secret: secret });
      }
      const is = (column: string): string | undefined => searchParams.get(column)?.replace(/^eq\./u, "");
      switch (pathname) {
        case "/rest/v1/repositories": {
          const found = state.repositories.filter(
            ({ id, externalId }) => (is("id") ?? id) === id && (is("external_id") ?? externalId) === externalId,
          );
          return answer(
            200,
            found.map(({ id, project }) => ({ id, project_id: project, archived_at: null })),
          );
        }
        case "/rest/v1/webhook_deliveries":
          return answer(
            200,
            (state.status === "accepted"
              ? []
              : (searchParams.get("id") ?? "").replace(/^in\.\(|\)$/gu, "").split(",")
            ).map((id) => ({ id, status: state.status, error: "no room" })),
          );
        case "/rest/v1/commits":
          return answer(200, listCommits(searchParams));
        default:
          return answer(404, {});
      }
    });
  });

  const recordedAt = new Map<string, string>();
  const listCommits = (query: URLSearchParams): unknown[] => {
    const after = query.get("created_at")?.replace(/^gt\./u, "") ?? "";
    const offset = Number(query.get("offset") ?? 0);
    const chosen = [...state.commits.values()]
      .map(({ hash, parents }) => {
        const merge = (parents?.length ?? 0) > 1;
        return {
          created_at: recordedAt.get(hash) ?? "",
          status: merge ? "ignored" : "drafted",
          ignored_rule: merge ? "merge" : null,
        };
      })
      .filter((row) => row.created_at > after);
    if (query.get("order") === "created_at.desc") chosen.reverse();
    return chosen.slice(offset, offset + Number(query.get("limit") ?? 1000));
  };

  const receive = async (
    request: IncomingMessage,
    body: Buffer,
    id: string,
    answer: (status: number, value: unknown, headers?: Record<string, string>) => void,
  ): Promise<void> => {
    const failure = state.failures.shift() ?? null;
    if (failure !== null) return answer(failure.status, { detail: "Not now." }, failure.headers);
    const repository = state.repositories.find((one) => one.id === id);
    if (repository === undefined) return answer(404, { detail: "There is no such connection." });
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const verified = await github.verify(headers, body, [repository.secret]);
    if (!verified.ok) return answer(401, { detail: verified.reason });
    const read = github.normalise(headers, body);
    if (read.kind !== "push") return answer(400, { detail: read.kind });
    repository.externalId ??= read.event.repository.externalId;
    if (repository.externalId !== read.event.repository.externalId)
      return answer(409, { detail: "Another repository." });
    state.largestBody = Math.max(state.largestBody, body.length);
    const delivery = await github.deliveryId(headers, body);
    state.deliveries.push(delivery);
    const known = rows.get(delivery);
    if (known !== undefined) return answer(202, { id: known });
    const row = crypto.randomUUID();
    rows.set(delivery, row);
    for (const change of read.event.changes) {
      state.changes.push(change);
      for (const commit of change.commits) {
        if (state.commits.has(commit.hash)) continue;
        state.commits.set(commit.hash, { ...commit, branch: change.branch });
        recordedAt.set(commit.hash, new Date(Date.UTC(2026, 0, 1) + state.commits.size).toISOString());
      }
    }
    answer(202, { id: row });
  };

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const stackFile = join(makeFolder(), "stack.json");
  const demo = { email: "demo@billhook.example", password: "right", project_id: "project-1" };
  writeFileSync(
    stackFile,
    JSON.stringify({ app_url: url, supabase_url: url, publishable_key: "key", secret_key: "s", demo }),
  );
  const receiver: Receiver = Object.assign(state, {
    url,
    stackFile,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  open.push(receiver);
  return receiver;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
