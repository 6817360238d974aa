/** How Azure DevOps is spoken to: the token, the version, and the way to a repository. */
import type { ForgeConnection, ForgeToken } from "./api.ts";
import { basic, bearer, type Host } from "./http.ts";

/** A personal access token goes as the password of nobody; tokens of Microsoft Entra are JWTs, and are bearers. */
function authorise(token: ForgeToken): string {
  return token.kind === "bearer" && token.value.split(".").length !== 3 ? basic("", token.value) : bearer(token);
}

export const azureHost: Host = { root: null, headers: {}, authorise };
export const version = { "api-version": "7.1" };

/** `project/name`, or the repository's id, which needs no project. */
export function pathOf({ repository }: ForgeConnection): string {
  const [first = "", ...rest] = repository.split("/");
  const of = rest.length === 0 ? "" : `/${encodeURIComponent(first)}`;
  return `${of}/_apis/git/repositories/${encodeURIComponent(rest.length === 0 ? first : rest.join("/"))}`;
}
