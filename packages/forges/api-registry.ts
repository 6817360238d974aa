/** The one list of the hosts' APIs; a new one is a file beside this and a line here. */
import type { Provider } from "@billhook/domain/push";
import type { ForgeApi } from "./api.ts";
import { azureApi } from "./azure-api.ts";
import { bitbucketApi } from "./bitbucket-api.ts";
import { bitbucketServerApi } from "./bitbucket-server-api.ts";
import { giteaApi } from "./gitea-api.ts";
import { githubApi } from "./github-api.ts";
import { gitlabApi } from "./gitlab-api.ts";

const apis: Record<Provider, ForgeApi> = {
  github: githubApi,
  gitlab: gitlabApi,
  bitbucket: bitbucketApi,
  gitea: giteaApi,
  "bitbucket-server": bitbucketServerApi,
  azure: azureApi,
};

export function apiFor(provider: Provider): ForgeApi {
  return apis[provider];
}
