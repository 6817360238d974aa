/** A GitHub App: the page on which it is installed, whose installations a person sees, and the tokens it mints. */
import { createPublicKey, randomBytes, verify } from "node:crypto";
import type { ForgeStandin } from "../forge/server.ts";

export interface GithubStandinApp {
  id: number;
  slug: string;
  /** PEM. */
  publicKey: string;
  /** The account of each installation that the person sees, by its number. */
  installations: Map<number, string>;
  /** Where GitHub leads back to, with a code for the person. */
  callback: { address: string; codeFor: (redirectUri: string) => string };
  /** Seconds a minted token is valid. */
  expiresIn: number;
  /** How many tokens were minted. */
  minted: number;
}

/** What stands for a valid JSON Web Token behind the guard. */
export const appToken = "signed-by-the-app";

/** "Generating a JSON Web Token (JWT) for a GitHub App": RS256, ten minutes at most. */
export function isSignedByApp(app: GithubStandinApp, token: string): boolean {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const key = createPublicKey(app.publicKey);
  if (!verify("sha256", Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"))) return false;
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { iss: string; iat: number; exp: number };
  const now = Date.now() / 1000;
  return claims.iss === String(app.id) && claims.iat <= now && claims.exp > now && claims.exp - now <= 600;
}

export function addAppRoutes(standin: ForgeStandin, app: GithubStandinApp, tokens: Set<string>): void {
  standin.app.get(`/github-apps/${app.slug}/installations/new`, (c) => {
    const link = (installation: number): string => {
      const url = new URL(app.callback.address);
      url.searchParams.set("code", app.callback.codeFor(app.callback.address));
      url.searchParams.set("installation_id", String(installation));
      url.searchParams.set("setup_action", "install");
      url.searchParams.set("state", c.req.query("state") ?? "");
      return url.href.replaceAll("&", "&amp;");
    };
    const [installation = 0] = app.installations.keys();
    return c.html(`<!doctype html><title>Install</title><p><a id="allow" href="${link(installation)}">Install</a></p>`);
  });
  standin.route("GET", "/user/installations", (c) =>
    c.json({
      total_count: app.installations.size,
      installations: [...app.installations].map(([id, login]) => ({ id, app_id: app.id, account: { login } })),
    }),
  );
  standin.route("POST", "/app/installations/:id/access_tokens", (c) => {
    if (!app.installations.has(Number(c.req.param("id")))) return c.json({ message: "Not Found" }, 404);
    const token = `installation-${randomBytes(16).toString("hex")}`;
    app.minted += 1;
    tokens.add(token);
    standin.tokens.add(token);
    return c.json({ token, expires_at: new Date(Date.now() + app.expiresIn * 1000).toISOString() }, 201);
  });
}
