/**
 * How people allow Billhook in at a git host: OAuth 2.0 with an authorisation code (RFC 6749, section 4.1), and PKCE
 * (RFC 7636) where the host knows it.
 *
 * Sources: GitHub "Authorizing OAuth apps"; GitLab "OAuth 2.0 identity provider API"; Bitbucket Cloud "OAuth 2.0";
 * Gitea "OAuth2 provider". An application is known to one instance of a host, so its secret goes nowhere else.
 */
import {
  askForTokens as askEndpoint,
  askWithSecrets,
  type AuthorisationRequest,
  buildAuthorisationAddress,
  type OAuthApplication,
  type OAuthResult,
  type OAuthTokens,
} from "@billhook/http/oauth";
import * as z from "zod";

export type OAuthProvider = "github" | "gitlab" | "bitbucket" | "gitea";
export const oauthProviders: readonly OAuthProvider[] = ["github", "gitlab", "bitbucket", "gitea"];

interface OAuthHost {
  /** The public instance; null for hosts that have none. */
  root: string | null;
  authorise: string;
  token: string;
  /** Empty where the application itself says what it may do. */
  scopes: readonly string[];
  hasPkce: boolean;
  /** The secret in the Authorization header instead of the body. */
  secretInHeader: boolean;
  /** The signed-in person, and the root of the API on the public instance and below an own one. */
  user: { publicRoot: string | null; ownPath: string; path: string };
}

const hosts: Record<OAuthProvider, OAuthHost> = {
  github: {
    root: "https://github.com",
    authorise: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    // The least that reads private commits; it includes webhooks.
    scopes: ["repo"],
    hasPkce: true,
    secretInHeader: false,
    user: { publicRoot: "https://api.github.com", ownPath: "/api/v3", path: "/user" },
  },
  gitlab: {
    root: "https://gitlab.com",
    authorise: "/oauth/authorize",
    token: "/oauth/token",
    // `read_api` would read; making the webhook needs `api`.
    scopes: ["api"],
    hasPkce: true,
    secretInHeader: false,
    user: { publicRoot: "https://gitlab.com/api/v4", ownPath: "/api/v4", path: "/user" },
  },
  bitbucket: {
    root: "https://bitbucket.org",
    authorise: "/site/oauth2/authorize",
    token: "/site/oauth2/access_token",
    scopes: [],
    hasPkce: false,
    secretInHeader: true,
    user: { publicRoot: "https://api.bitbucket.org/2.0", ownPath: "/2.0", path: "/user" },
  },
  gitea: {
    root: null,
    authorise: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    scopes: ["read:user", "write:repository"],
    hasPkce: true,
    secretInHeader: false,
    user: { publicRoot: null, ownPath: "/api/v1", path: "/user" },
  },
};

export const isOAuthProvider = (name: string): name is OAuthProvider =>
  oauthProviders.some((provider) => provider === name);

export const hasPkce = (provider: OAuthProvider): boolean => hosts[provider].hasPkce;

/** The instance's address as people open it, without the API's path; null where it has none. */
function rootOf(provider: OAuthProvider, baseUrl: string | null): string | null {
  const { root, user } = hosts[provider];
  if (baseUrl === null) return root;
  const address = baseUrl.replace(/\/+$/, "");
  return address.endsWith(user.ownPath) ? address.slice(0, -user.ownPath.length) : address;
}

/** Where the person is sent; null where the instance has no address. */
export function authorisationAddress(
  provider: OAuthProvider,
  application: OAuthApplication,
  request: AuthorisationRequest,
): string | null {
  const root = rootOf(provider, application.baseUrl);
  if (root === null) return null;
  const { authorise, scopes } = hosts[provider];
  const scope = scopes.length > 0 ? { scope: scopes.join(" ") } : {};
  return buildAuthorisationAddress(root + authorise, application, request, scope);
}

export const exchangeCode = (
  provider: OAuthProvider,
  application: OAuthApplication,
  grant: { code: string; redirectUri: string; verifier: string | null },
): Promise<OAuthResult<OAuthTokens>> =>
  askForTokens(provider, application, {
    grant_type: "authorization_code",
    code: grant.code,
    redirect_uri: grant.redirectUri,
    ...(grant.verifier === null ? {} : { code_verifier: grant.verifier }),
  });

export const refreshTokens = (
  provider: OAuthProvider,
  application: OAuthApplication,
  refreshToken: string,
): Promise<OAuthResult<OAuthTokens>> =>
  askForTokens(provider, application, { grant_type: "refresh_token", refresh_token: refreshToken });

function askForTokens(
  provider: OAuthProvider,
  application: OAuthApplication,
  form: Record<string, string>,
): Promise<OAuthResult<OAuthTokens>> {
  const root = rootOf(provider, application.baseUrl);
  if (root === null) return Promise.resolve({ ok: false, code: "refused", detail: "the instance has no address" });
  const { token, secretInHeader } = hosts[provider];
  return askEndpoint({ url: root + token, secretInHeader }, application, form);
}

const userSchema = z.object({
  login: z.string().nullish(),
  username: z.string().nullish(),
  nickname: z.string().nullish(),
  display_name: z.string().nullish(),
});

/** The name of the account that the token belongs to. */
export async function readAccountName(
  provider: OAuthProvider,
  application: OAuthApplication,
  accessToken: string,
): Promise<OAuthResult<string>> {
  const { publicRoot, ownPath, path } = hosts[provider].user;
  const root = application.baseUrl === null ? publicRoot : `${rootOf(provider, application.baseUrl) ?? ""}${ownPath}`;
  if (root === null) return { ok: false, code: "refused", detail: "the instance has no address" };
  const answered = await askWithSecrets(root + path, { headers: { authorization: `Bearer ${accessToken}` } });
  if (!answered.ok) return answered;
  const user = userSchema.safeParse(answered.value.body);
  const { login, username, nickname, display_name } = user.data ?? {};
  const name = login ?? username ?? nickname ?? display_name ?? null;
  if (answered.value.status !== 200 || name === null) {
    return { ok: false, code: "unavailable", detail: `user: ${answered.value.status}` };
  }
  return { ok: true, value: name.slice(0, 300) };
}
