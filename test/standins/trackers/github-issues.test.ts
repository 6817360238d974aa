/** What only GitHub's issues have. */
import { trackerFor } from "@billhook/trackers/registry";
import type { TrackerConnection } from "@billhook/trackers/tracker";
import { expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import { type GithubIssuesOptions, startGithubIssuesStandin } from "./github-issues.ts";
import type { TrackerStandin } from "./server.ts";

const tracker = trackerFor("github-issues");

async function withStandin(
  options: Partial<GithubIssuesOptions>,
  test: (standin: TrackerStandin, connection: TrackerConnection) => Promise<void>,
): Promise<void> {
  const standin = await startGithubIssuesStandin({ tokens: ["t"], ...options });
  const token = { kind: "bearer", value: "t" } as const;
  try {
    await test(standin, { baseUrl: standin.url, webUrl: null, site: "acme/shop", token, limits: { attempts: 1 } });
  } finally {
    await standin.close();
  }
}

it("takes a pull request's number for no ticket", async () => {
  const tickets = [{ key: "acme/shop#1", title: "One" }];
  await withStandin({ tickets, pullRequests: ["acme/shop#700"] }, async (standin, connection) => {
    const answers = valueOf(await tracker.readTickets(connection, ["acme/shop#700", "acme/shop#1"]));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["gone", "found"]);
    expect(standin.requests).toEqual(["POST /api/graphql"]);
  });
});

it("asks for issues of several repositories at once, of which one may be gone", async () => {
  const tickets = ["acme/shop#1", "acme/ops#1", "acme/ops#2"].map((key) => ({ key, title: key }));
  await withStandin({ tickets }, async (standin, connection) => {
    const keys = ["acme/ops#2", "acme/gone#1", "acme/shop#1", "acme/ops#1"];
    const answers = valueOf(await tracker.readTickets(connection, keys));
    expect(answers.map(({ outcome }) => outcome)).toEqual(["found", "gone", "found", "found"]);
    expect(standin.requests).toEqual(["POST /api/graphql", "GET /api/v3/repos/acme/gone/issues/1"]);
  });
});

it("does without what an older server does not know", async () => {
  const parent = { key: "acme/shop#2", title: "Above" };
  const tickets = [{ key: "acme/shop#1", title: "One", labels: ["billable"], parent }];
  await withStandin({ tickets, without: ["parent"] }, async (_standin, connection) => {
    const [answer] = valueOf(await tracker.readTickets(connection, ["acme/shop#1"]));
    expect(answer).toMatchObject({ outcome: "found", ticket: { labels: ["billable"], parent: null } });
  });
});

it("finds the API from the server's address, or its own", async () => {
  await withStandin({ tickets: [{ key: "acme/shop#1", title: "One" }] }, async (standin, connection) => {
    for (const baseUrl of ["", "/", "/api", "/api/v3", "/api/v3/", "/api/graphql"].map((end) => standin.url + end)) {
      const [answer] = valueOf(await tracker.readTickets({ ...connection, baseUrl }, ["acme/shop#1"]));
      expect(answer?.outcome).toBe("found");
    }
  });
});
