/** OAuth 2.0's token endpoint (RFC 6749, sections 4.1.3 and 6), the same for whoever has one. */
import * as z from "zod";
import { basic } from "./call.ts";

/** An application as it is registered at one instance of a service. */
export interface OAuthApplication {
  clientId: string;
  clientSecret: string;
  /** As people open it in the browser; null: the public one. */
  baseUrl: string | null;
}

export interface OAuthTokens {
  access: string;
  refresh: string | null;
  /** Seconds from now; null where it does not expire. */
  expiresIn: number | null;
  scopes: string[];
}

/** `refused`: the host said no for good. `detail` is for the log, without the host's words and any secret. */
export type OAuthResult<T> = { ok: true; value: T } | { ok: false; code: "refused" | "unavailable"; detail: string };

/** What a person is sent to a service with. */
export interface AuthorisationRequest {
  redirectUri: string;
  state: string;
  /** S256 of a verifier (RFC 7636); null where the service knows no PKCE. */
  challenge: string | null;
}

/** Where a person allows access: the service's own page, with the parameters of RFC 6749, section 4.1.1. */
export function buildAuthorisationAddress(
  page: string,
  { clientId }: OAuthApplication,
  { redirectUri, state, challenge }: AuthorisationRequest,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(page);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("state", state);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (challenge !== null) {
    url.searchParams.set("code_challenge", challenge);
    url.searchParams.set("code_challenge_method", "S256");
  }
  return url.href;
}

export interface TokenEndpoint {
  url: string;
  /** The secret in the Authorization header instead of the body. */
  secretInHeader?: boolean;
  /** The grant as a JSON object instead of a form. */
  isJson?: boolean;
}

/** RFC 6749, section 5.1; Bitbucket calls the scopes `scopes`, GitHub separates them with commas, Linear lists them. */
const tokensSchema = z.object({
  access_token: z.string().min(1).max(10_000),
  refresh_token: z.string().min(1).max(10_000).nullish(),
  expires_in: z.coerce.number().positive().nullish(),
  scope: z.union([z.string(), z.array(z.string()).transform((scopes) => scopes.join(" "))]).nullish(),
  scopes: z.string().nullish(),
});
/** Section 5.2; GitHub and Zoho send it with 200. */
const refusalSchema = z.object({ error: z.string() });
/** What says that it is our fault or the person's, not the host's state: section 5.2, and GitHub's and Zoho's own codes. */
const refusals = new Set([
  "invalid_grant",
  "bad_verification_code",
  "bad_refresh_token",
  "incorrect_client_credentials",
  "invalid_client",
  "unauthorized_client",
  "redirect_uri_mismatch",
  "invalid_request",
  "unverified_user_email",
  "invalid_code",
  "invalid_client_secret",
  "invalid_redirect_uri",
]);

/** Exchanges a grant (`form` has its `grant_type` and what belongs to it) for tokens. */
export async function askForTokens(
  endpoint: TokenEndpoint,
  { clientId, clientSecret }: OAuthApplication,
  form: Readonly<Record<string, string>>,
): Promise<OAuthResult<OAuthTokens>> {
  const { url, secretInHeader = false, isJson = false } = endpoint;
  const grant = secretInHeader ? form : { ...form, client_id: clientId, client_secret: clientSecret };
  const answered = await askWithSecrets(url, {
    method: "POST",
    headers: {
      "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded",
      ...(secretInHeader ? { authorization: basic(clientId, clientSecret) } : {}),
    },
    body: isJson ? JSON.stringify(grant) : new URLSearchParams(grant).toString(),
  });
  if (!answered.ok) return answered;
  const { status, body } = answered.value;
  const refusal = refusalSchema.safeParse(body);
  if (refusal.success || status >= 400) {
    // The code is from a closed list; anything else the host says stays out of the log.
    const named = refusal.success && refusals.has(refusal.data.error) ? refusal.data.error : null;
    const isRefused = named !== null || (status >= 400 && status < 500 && status !== 408 && status !== 429);
    return {
      ok: false,
      code: isRefused ? "refused" : "unavailable",
      detail: `tokens: ${status} ${named ?? ""}`.trim(),
    };
  }
  const tokens = tokensSchema.safeParse(body);
  if (!tokens.success) return { ok: false, code: "unavailable", detail: "tokens: another form than expected" };
  const { access_token, refresh_token, expires_in, scope, scopes } = tokens.data;
  return {
    ok: true,
    value: {
      access: access_token,
      refresh: refresh_token ?? null,
      expiresIn: expires_in ?? null,
      scopes: (scope ?? scopes ?? "").split(/[\s,]+/).filter((part) => part !== ""),
    },
  };
}

const mostBytes = 64 * 1024;

/** Never follows a redirect: the request carries secrets for this address alone. */
export async function askWithSecrets(
  url: string,
  init: { method?: string; headers: Record<string, string>; body?: string },
): Promise<OAuthResult<{ status: number; body: unknown }>> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(8_000),
      headers: { accept: "application/json", "user-agent": "Billhook", ...init.headers },
    });
    const text = await response.text();
    if (text.length > mostBytes) return { ok: false, code: "unavailable", detail: "answered more than can be read" };
    const body: unknown = /^\s*\{/.test(text) ? JSON.parse(text) : null;
    return { ok: true, value: { status: response.status, body } };
  } catch {
    // What fetch throws may quote the request; its words stay here.
    return { ok: false, code: "unavailable", detail: "the host did not answer" };
  }
}
