/**
 * The OAuth pages of a stand-in: a page with one button to allow access, and the token endpoint. A code and a
 * refresh token count once; a refresh token used twice takes the whole grant away (RFC 9700, section 4.14.2).
 */
import { createHash, randomBytes } from "node:crypto";
import type { ServiceStandin } from "./server.ts";

export interface OAuthRules {
  clientId: string;
  clientSecret: string;
  /** Where its pages are below the server: `/login/oauth/authorize`. */
  authorise: string;
  token: string;
  /** Where the API tells who asks. */
  user: string;
  account: object;
  hasPkce: boolean;
  secretInHeader?: boolean;
  /** The grant comes as JSON instead of a form. */
  isJson?: boolean;
  /** GitHub refuses with 200. */
  refusesWith?: 200 | 400 | 401;
  /** Seconds an access token is valid; null: for good, and without a refresh token. */
  expiresIn?: number | null;
  /** A refresh token counts as often as it is used, and is given once. */
  keepsRefreshToken?: boolean;
}

interface Code {
  redirectUri: string;
  challenge: string | null;
}

/** What tests look at and turn. */
export interface OAuthState {
  exchanges: number;
  refreshes: number;
  /** Seconds an access token given from now on is valid. */
  expiresIn: number | null;
  /** Somebody took the access back at the host: every token and refresh token is worth nothing. */
  revoke(): void;
  /** A code for whoever is led back to the address, as after an App was installed. */
  codeFor(redirectUri: string): string;
  /** Set to let the token endpoint answer 503. */
  isDown: boolean;
}

export const oauthOf = {
  github: {
    authorise: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    user: "/api/v3/user",
    account: { login: "dev-one" },
    hasPkce: true,
    refusesWith: 200,
    expiresIn: null,
  },
  gitlab: {
    authorise: "/gitlab/oauth/authorize",
    token: "/gitlab/oauth/token",
    user: "/gitlab/api/v4/user",
    account: { username: "dev-one" },
    hasPkce: true,
    refusesWith: 400,
    expiresIn: 7200,
  },
  bitbucket: {
    authorise: "/site/oauth2/authorize",
    token: "/site/oauth2/access_token",
    user: "/2.0/user",
    account: { nickname: "dev-one", display_name: "Dev One" },
    hasPkce: false,
    secretInHeader: true,
    refusesWith: 400,
    expiresIn: 7200,
  },
  gitea: {
    authorise: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    user: "/api/v1/user",
    account: { login: "dev-one" },
    hasPkce: true,
    refusesWith: 400,
    expiresIn: 3600,
  },
} as const;

export function addOAuth(standin: ServiceStandin, rules: OAuthRules): OAuthState {
  const codes = new Map<string, Code>();
  const refreshTokens = new Set<string>();
  const given = new Set<string>();
  const state: OAuthState = {
    exchanges: 0,
    refreshes: 0,
    expiresIn: rules.expiresIn ?? null,
    isDown: false,
    codeFor(redirectUri) {
      const code = randomBytes(16).toString("hex");
      codes.set(code, { redirectUri, challenge: null });
      return code;
    },
    revoke() {
      for (const token of given) standin.tokens.delete(token);
      refreshTokens.clear();
    },
  };

  standin.app.get(rules.authorise, (c) => {
    const url = new URL(c.req.url);
    const redirectUri = url.searchParams.get("redirect_uri") ?? "";
    if (url.searchParams.get("client_id") !== rules.clientId || !URL.canParse(redirectUri)) {
      return c.text("unknown application", 400);
    }
    const challenge = url.searchParams.get("code_challenge");
    if (challenge !== null && (!rules.hasPkce || url.searchParams.get("code_challenge_method") !== "S256")) {
      return c.text("no such challenge", 400);
    }
    const code = randomBytes(16).toString("hex");
    codes.set(code, { redirectUri, challenge });
    const back = (parameters: Record<string, string>): string => {
      const target = new URL(redirectUri);
      target.searchParams.set("state", url.searchParams.get("state") ?? "");
      for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
      return escapeHtml(target.href);
    };
    return c.html(
      `<!doctype html><title>Allow access</title><p>Billhook would like to see your repositories.</p>
<p><a id="allow" href="${back({ code })}">Allow</a> <a id="deny" href="${back({ error: "access_denied" })}">Deny</a></p>`,
    );
  });

  standin.app.post(rules.token, async (c) => {
    if (state.isDown) return c.text("later", 503);
    const text = await c.req.text();
    const form = new URLSearchParams(rules.isJson === true ? (JSON.parse(text) as Record<string, string>) : text);
    const refuse = (error: string) => c.json({ error }, rules.refusesWith ?? 400);
    const [clientId, clientSecret] =
      rules.secretInHeader === true
        ? Buffer.from((c.req.header("authorization") ?? "").replace("Basic ", ""), "base64")
            .toString()
            .split(":")
        : [form.get("client_id"), form.get("client_secret")];
    if (clientId !== rules.clientId || clientSecret !== rules.clientSecret) return refuse("invalid_client");

    if (form.get("grant_type") === "refresh_token") {
      state.refreshes += 1;
      // A moment passes, in which a second caller would come with the same token.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const known = form.get("refresh_token") ?? "";
      if (rules.keepsRefreshToken === true && refreshTokens.has(known)) {
        return c.json({ ...issue(), refresh_token: undefined });
      }
      if (!refreshTokens.delete(known)) {
        state.revoke();
        return refuse("invalid_grant");
      }
      return c.json(issue());
    }
    const code = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (
      code === undefined ||
      code.redirectUri !== form.get("redirect_uri") ||
      (code.challenge !== null && code.challenge !== verifier)
    ) {
      return refuse(rules.refusesWith === 200 ? "bad_verification_code" : "invalid_grant");
    }
    state.exchanges += 1;
    return c.json(issue());
  });

  standin.app.get(rules.user, (c) => c.json(rules.account));

  function issue(): object {
    const access = `access-${randomBytes(16).toString("hex")}`;
    given.add(access);
    standin.tokens.add(access);
    if (state.expiresIn === null) return { access_token: access, token_type: "bearer", scope: "repo" };
    const refresh = `refresh-${randomBytes(16).toString("hex")}`;
    refreshTokens.add(refresh);
    return {
      access_token: access,
      token_type: "bearer",
      scope: "api",
      expires_in: state.expiresIn,
      refresh_token: refresh,
    };
  }
  return state;
}

const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
