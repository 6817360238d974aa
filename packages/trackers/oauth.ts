/** OAuth 2.0 with an authorisation code, as a ticket system has it. */
import {
  askForTokens,
  buildAuthorisationAddress,
  type OAuthApplication,
  type TokenEndpoint,
} from "@billhook/http/oauth";
import type { TrackerOAuth } from "./tracker.ts";

export interface OAuthPages {
  /** Where people sign in; null for systems that have no public one. */
  root: string | null;
  /** Where tokens are given, if not there. */
  tokenRoot?: string;
  /** Below the roots. An application with a base URL of its own has both there. */
  authorise: string;
  token: string;
  scopes: readonly string[];
  /** Between the scopes; a space where it is not said. */
  separator?: string;
  hasPkce: boolean;
  secretInHeader?: boolean;
  isJson?: boolean;
  /** Besides those of RFC 6749. */
  parameters?: Readonly<Record<string, string>>;
}

export function createOAuth(pages: OAuthPages): TrackerOAuth {
  const { root, tokenRoot, scopes, separator = " ", hasPkce, secretInHeader = false, isJson = false } = pages;
  const withoutSlash = (address: string): string => address.replace(/\/+$/, "");
  const refuse = { ok: false, code: "refused", detail: "the instance has no address" } as const;

  function endpointOf({ baseUrl }: OAuthApplication): TokenEndpoint | null {
    const at = baseUrl ?? tokenRoot ?? root;
    return at === null ? null : { url: withoutSlash(at) + pages.token, secretInHeader, isJson };
  }

  return {
    scopes,
    hasPkce,
    authorisationAddress(application, request) {
      const at = application.baseUrl ?? root;
      if (at === null) return null;
      const scope = scopes.length > 0 ? { scope: scopes.join(separator) } : {};
      return buildAuthorisationAddress(withoutSlash(at) + pages.authorise, application, request, {
        ...scope,
        ...pages.parameters,
      });
    },
    async exchangeCode(application, { code, redirectUri, verifier }) {
      const endpoint = endpointOf(application);
      if (endpoint === null) return refuse;
      return askForTokens(endpoint, application, {
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUri,
        ...(verifier === null ? {} : { code_verifier: verifier }),
      });
    },
    async refreshTokens(application, refreshToken) {
      const endpoint = endpointOf(application);
      if (endpoint === null) return refuse;
      return askForTokens(endpoint, application, { grant_type: "refresh_token", refresh_token: refreshToken });
    },
  };
}
