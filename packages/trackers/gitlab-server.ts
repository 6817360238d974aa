/** Where a GitLab server's two APIs are, from its address as people open it or either API's. */
import { authorise, type Host } from "@billhook/http/call";
import type { TrackerConnection } from "./tracker.ts";

export const gitlabWebRoot = "https://gitlab.com";

export const gitlabHost: Host = { root: `${gitlabWebRoot}/api/v4`, headers: {}, authorise };

/** The server as people open it, with any path in front; null for gitlab.com. */
export function gitlabServerOf(baseUrl: string | null): string | null {
  const root = baseUrl?.replace(/\/+$/, "").replace(/\/api(?:\/v4|\/graphql)?$/, "") ?? null;
  return root === gitlabWebRoot ? null : root;
}

export function atGitlab(connection: TrackerConnection, path: "/api" | "/api/v4"): TrackerConnection {
  return { ...connection, baseUrl: (gitlabServerOf(connection.baseUrl) ?? gitlabWebRoot) + path };
}
