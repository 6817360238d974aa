/** What people read about a host that could not be asked. */
import type { Provider } from "@billhook/domain/push";
import type { ForgeFailureCode } from "@billhook/forges/api";

const names: Record<Provider, string> = {
  github: "GitHub",
  gitlab: "GitLab",
  bitbucket: "Bitbucket",
  gitea: "Gitea",
  "bitbucket-server": "Bitbucket",
  azure: "Azure DevOps",
};

export const nameOfHost = (provider: Provider): string => names[provider];

/** What happened, and what to do about it where something can be done. */
export function describeFailure(provider: Provider, code: ForgeFailureCode, repository: string | null): string {
  const host = names[provider];
  const which = repository ?? "the repository";
  switch (code) {
    case "unauthorised":
      return `${host} no longer lets Billhook in: the access was taken back there, or has ended. Connect ${host} again, or give the repository a new access token, under Repositories.`;
    case "forbidden":
      return `The access token may not read the commits of ${which} at ${host}. Let it read them there, or give the repository another one.`;
    case "not_found":
      return `${host} shows no ${which} to the access token. It may have moved, or the token lost its access: give the repository another one.`;
    case "unknown_commit":
      return `${host} no longer has some of the commits, because the branch was rewritten.`;
    case "rate_limited":
      return `The requests that ${host} allows are used up for now.`;
    case "unavailable":
      return `${host} does not answer.`;
    case "unexpected":
      return `${host} answered in a way that makes no sense.`;
  }
}
