/** How Azure DevOps is spoken to: the token, the version, and the way to a repository. */
import { authorise as authoriseAs, basic, type Host } from "@billhook/http/call";
import type { ForgeConnection } from "./api.ts";

/** A personal access token goes as the password of nobody; tokens of Microsoft Entra are JWTs, and are bearers. */
const authorise: Host["authorise"] = (token) =>
  token.kind === "bearer" && token.value.split(".").length !== 3
    ? { authorization: basic("", token.value) }
    : authoriseAs(token);

export const azureHost: Host = { root: null, headers: {}, authorise };
export const version = { "api-version": "7.1" };

/** `project/name`, or the repository's id, which needs no project. */
export function pathOf({ repository }: ForgeConnection): string {
  const [first = "", ...rest] = repository.split("/");
  const of = rest.length === 0 ? "" : `/${encodeURIComponent(first)}`;
  return `${of}/_apis/git/repositories/${encodeURIComponent(rest.length === 0 ? first : rest.join("/"))}`;
}
