/** The one list of hosts; a new one is a file beside this and a line here. */
import { type Provider, providers } from "@billhook/domain/push";
import { azure } from "./azure.ts";
import { bitbucketServer } from "./bitbucket-server.ts";
import { bitbucket } from "./bitbucket.ts";
import type { Forge } from "./forge.ts";
import { gitea } from "./gitea.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";

const forges: Record<Provider, Forge> = {
  github,
  gitlab,
  bitbucket,
  gitea,
  "bitbucket-server": bitbucketServer,
  azure,
};

/** Is this path segment the name of a host Billhook knows? */
export function isProvider(name: string): name is Provider {
  return providers.some((provider) => provider === name);
}

export function forgeFor(provider: Provider): Forge {
  return forges[provider];
}
