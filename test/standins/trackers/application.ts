/** The pages on which people let an application in, below the API's own root: one address is that of both. */
import { addOAuth, type OAuthRules, type OAuthState } from "../service/oauth.ts";
import type { TrackerStandin, TrackerStandinOptions } from "./server.ts";

export interface ApplicationOptions extends TrackerStandinOptions {
  application?: { clientId: string; clientSecret: string };
}

export type ApplicationStandin = TrackerStandin & { oauth: OAuthState | null };

type Pages = Pick<OAuthRules, "authorise" | "token" | "hasPkce"> & Partial<OAuthRules>;

/** To be called before the guard, which lets nobody through without a token. */
export function addApplication(
  standin: TrackerStandin,
  { application }: ApplicationOptions,
  apiPath: string,
  pages: Pages,
): OAuthState | null {
  if (application === undefined) return null;
  const { authorise, token } = pages;
  return addOAuth(standin, {
    expiresIn: 3600,
    user: "/unused",
    account: {},
    ...application,
    ...pages,
    authorise: apiPath + authorise,
    token: apiPath + token,
  });
}
