/** OAuth 2.0 with an authorisation code (RFC 6749, section 4.1), as most ticket systems have it. */
import { askForTokens, type OAuthApplication } from "@billhook/http/oauth";
import type { TrackerOAuth } from "./tracker.ts";

export interface CodeFlow {
  /** The public instance, as people open it; null for systems that have none. */
  root: string | null;
  authorise: string;
  /** An address, or a path below the root. */
  token: string;
  scopes: readonly string[];
  /** What stands between the scopes. */
  separator?: string;
  hasPkce: boolean;
  isJson?: boolean;
  /** What else the authorisation asks for. */
  query?: Readonly<Record<string, string>>;
}

export function codeFlow(flow: CodeFlow): TrackerOAuth {
  const tokenAddress = ({ baseUrl }: OAuthApplication): string | null => {
    if (baseUrl === null && URL.canParse(flow.token)) return flow.token;
    const root = baseUrl ?? flow.root;
    const path = URL.canParse(flow.token) ? new URL(flow.token).pathname : flow.token;
    return root === null ? null : trim(root) + path;
  };

  async function ask(application: OAuthApplication, form: Record<string, string>) {
    const url = tokenAddress(application);
    if (url === null) return { ok: false as const, code: "refused" as const, detail: "the instance has no address" };
    return askForTokens({ url, isJson: flow.isJson ?? false }, application, form);
  }

  return {
    scopes: flow.scopes,
    hasPkce: flow.hasPkce,

    authorisationAddress({ clientId, baseUrl }, { redirectUri, state, challenge }) {
      const root = baseUrl ?? flow.root;
      if (root === null) return null;
      const url = new URL(trim(root) + flow.authorise);
      url.searchParams.set("response_type", "code");
      url.searchParams.set("client_id", clientId);
      url.searchParams.set("redirect_uri", redirectUri);
      url.searchParams.set("state", state);
      if (flow.scopes.length > 0) url.searchParams.set("scope", flow.scopes.join(flow.separator ?? " "));
      for (const [name, value] of Object.entries(flow.query ?? {})) url.searchParams.set(name, value);
      if (flow.hasPkce && challenge !== null) {
        url.searchParams.set("code_challenge", challenge);
        url.searchParams.set("code_challenge_method", "S256");
      }
      return url.href;
    },

    exchangeCode: (application, { code, redirectUri, verifier }) =>
      ask(application, {
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUri,
        ...(flow.hasPkce && verifier !== null ? { code_verifier: verifier } : {}),
      }),

    refreshTokens: (application, refreshToken) =>
      ask(application, { grant_type: "refresh_token", refresh_token: refreshToken }),
  };
}

const trim = (address: string): string => address.replace(/\/+$/, "");
