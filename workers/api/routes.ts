import { readKeyMode } from "@billhook/billing/stripe-account";
import { isProvider } from "@billhook/forges/registry";
import { type Context, Hono } from "hono";
import { createClientPages } from "../client-page/routes.ts";
import { readSettings, type Settings } from "../env.ts";
import { problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { isTrackerKind } from "../tickets/session.ts";
import type { Reception } from "../webhooks/acceptance.ts";
import { receiveTrackerWebhook } from "../webhooks/tracker.ts";
import { receiveProviderWideWebhook, receiveWebhook } from "../webhooks/receive.ts";
import { replay } from "./deliveries.ts";
import { sendInvoice, settleInvoice, showSavedMethod, showInvoicePdf, voidInvoiceEverywhere } from "./invoices.ts";
import { createClientPage, showClientPageAddress } from "./invoice-links.ts";
import { previewInvoice, replaceLogo } from "./invoice-look.ts";
import { createImport, resume, stop } from "./imports.ts";
import { createRepository, replaceToken, rotateSecret } from "./repositories.ts";
import { changeGrant, connectFromGrant, listGrantRepositories } from "./grants.ts";
import { finishOAuth, startOAuth } from "./oauth.ts";
import { finishTrackerOAuth, startTrackerOAuth } from "./tracker-oauth.ts";
import { chooseTrackerSite, createTracker, showTrackerAccess } from "./trackers.ts";
import {
  checkStripeAccountAgain,
  compareStripeAccount,
  createStripeAccount,
  removeStripeAccount,
  replaceStripeWebhookSecret,
} from "./stripe-accounts.ts";
import { chooseStripeCustomer, searchStripeCustomers } from "./stripe-customers.ts";
import { receiveOperatorStripeWebhook, receiveStripeWebhook } from "./stripe-webhook.ts";
import { previewProjectWords, replaceWordKey, wordRollUp } from "./words.ts";

interface Bindings {
  Bindings: Env;
  Variables: { settings: Settings };
}

/** Everything under /api and the clients' pages. The web app and its assets are served before the Worker is asked. */
export function createApi(): Hono<Bindings> {
  const api = new Hono<Bindings>();

  api.use(async (context, next) => {
    context.set("settings", readSettings(context.env));
    await next();
  });

  api.get("/api/config", ({ var: { settings } }) =>
    Response.json(publicConfig(settings), { headers: { "cache-control": "no-store" } }),
  );
  api.post("/api/repositories", ({ req, env, var: { settings } }) => createRepository(req.raw, env, settings));
  api.post("/api/repositories/:id/token", ({ req, env, var: { settings } }) =>
    replaceToken(req.raw, env, settings, req.param("id")),
  );
  api.post("/api/repositories/:id/grant", ({ req, env, var: { settings } }) =>
    changeGrant(req.raw, env, settings, req.param("id")),
  );
  api.post("/api/repositories/:id/secret/rotate", ({ req, var: { settings } }) =>
    rotateSecret(req.raw, settings, req.param("id")),
  );
  api.post("/api/repositories/:id/imports", ({ req, env, var: { settings } }) =>
    createImport(req.raw, env, settings, req.param("id")),
  );
  api.post("/api/imports/:id/stop", ({ req, var: { settings } }) => stop(req.raw, settings, req.param("id")));
  api.post("/api/imports/:id/resume", ({ req, env, var: { settings } }) =>
    resume(req.raw, env, settings, req.param("id")),
  );
  api.get("/api/oauth/:provider/start", ({ req, var: { settings } }) => {
    const provider = req.param("provider");
    return isTrackerKind(provider)
      ? startTrackerOAuth(req.raw, settings, provider)
      : startOAuth(req.raw, settings, provider);
  });
  api.get("/api/oauth/:provider/callback", ({ req, env, var: { settings } }) => {
    const provider = req.param("provider");
    return isTrackerKind(provider)
      ? finishTrackerOAuth(req.raw, env, settings, provider)
      : finishOAuth(req.raw, settings, provider);
  });
  api.post("/api/trackers", ({ req, env, var: { settings } }) => createTracker(req.raw, env, settings));
  api.get("/api/trackers/:id/access", ({ req, var: { settings } }) =>
    showTrackerAccess(req.raw, settings, req.param("id")),
  );
  api.post("/api/trackers/:id/site", ({ req, env, var: { settings } }) =>
    chooseTrackerSite(req.raw, env, settings, req.param("id")),
  );
  api.get("/api/grants/:id/repositories", ({ req, var: { settings } }) =>
    listGrantRepositories(req.raw, settings, req.param("id")),
  );
  api.post("/api/grants/:id/repositories", ({ req, env, var: { settings } }) =>
    connectFromGrant(req.raw, env, settings, req.param("id")),
  );
  api.post("/api/deliveries/replay", ({ req, env, var: { settings } }) => replay(req.raw, env, settings));
  api.post("/api/words/key", ({ req, var: { settings } }) => replaceWordKey(req.raw, settings));
  api.post("/api/words/roll-up", ({ req, var: { settings } }) => wordRollUp(req.raw, settings));
  api.post("/api/projects/:id/words", ({ req, var: { settings } }) =>
    previewProjectWords(req.raw, settings, req.param("id")),
  );
  api.get("/api/invoices/:id/pdf", ({ req, env, var: { settings } }) =>
    showInvoicePdf(req.raw, env, settings, req.param("id")),
  );
  api.put("/api/workspaces/:id/logo", ({ req, var: { settings } }) => replaceLogo(req.raw, settings, req.param("id")));
  api.post("/api/workspaces/:id/invoice-preview", ({ req, env, var: { settings } }) =>
    previewInvoice(req.raw, env, settings, req.param("id")),
  );
  api.post("/api/invoices/:id/send", ({ req, var: { settings } }) => sendInvoice(req.raw, settings, req.param("id")));
  api.get("/api/invoices/:id/stripe", ({ req, var: { settings } }) =>
    showSavedMethod(req.raw, settings, req.param("id")),
  );
  api.post("/api/invoices/:id/settle", ({ req, var: { settings } }) =>
    settleInvoice(req.raw, settings, req.param("id")),
  );
  api.post("/api/invoices/:id/void", ({ req, var: { settings } }) =>
    voidInvoiceEverywhere(req.raw, settings, req.param("id")),
  );
  api.post("/api/invoices/:id/link", ({ req, var: { settings } }) =>
    createClientPage(req.raw, settings, req.param("id")),
  );
  api.get("/api/invoices/:id/link", ({ req, var: { settings } }) =>
    showClientPageAddress(req.raw, settings, req.param("id")),
  );
  api.post("/api/stripe/accounts", ({ req, var: { settings } }) => createStripeAccount(req.raw, settings));
  api.post("/api/stripe/accounts/:id/check", ({ req, var: { settings } }) =>
    checkStripeAccountAgain(req.raw, settings, req.param("id")),
  );
  api.post("/api/stripe/accounts/:id/compare", ({ req, var: { settings } }) =>
    compareStripeAccount(req.raw, settings, req.param("id")),
  );
  api.post("/api/stripe/accounts/:id/webhook-secret", ({ req, var: { settings } }) =>
    replaceStripeWebhookSecret(req.raw, settings, req.param("id")),
  );
  api.delete("/api/stripe/accounts/:id", ({ req, var: { settings } }) =>
    removeStripeAccount(req.raw, settings, req.param("id")),
  );
  api.get("/api/stripe/accounts/:id/customers", ({ req, var: { settings } }) =>
    searchStripeCustomers(req.raw, settings, req.param("id"), req.query("query") ?? ""),
  );
  api.post("/api/stripe/accounts/:id/customers", ({ req, var: { settings } }) =>
    chooseStripeCustomer(req.raw, settings, req.param("id")),
  );
  api.post("/api/webhooks/stripe", ({ req, var: { settings } }) => receiveOperatorStripeWebhook(req.raw, settings));
  api.post("/api/webhooks/stripe/:id", ({ req, var: { settings } }) =>
    receiveStripeWebhook(req.raw, settings, req.param("id")),
  );
  api.post("/api/webhooks/:provider/:repository", (context) => {
    const provider = context.req.param("provider");
    if (isTrackerKind(provider)) {
      const { req, env } = context;
      return receiveTrackerWebhook(req.raw, env, context.var.settings, provider, req.param("repository"));
    }
    return isProvider(provider)
      ? receiveWebhook(context.req.raw, receptionOf(context), provider, context.req.param("repository"))
      : unknownProvider();
  });
  api.post("/api/webhooks/:provider", (context) => {
    const provider = context.req.param("provider");
    return isProvider(provider)
      ? receiveProviderWideWebhook(context.req.raw, receptionOf(context), provider)
      : unknownProvider();
  });

  api.route("/i", createClientPages());

  api.notFound(() => problem(404, "There is nothing at this address."));
  api.onError((error, context) => {
    log("error", "request_failed", { path: context.req.path, cause: error.stack ?? String(error) });
    return problem(503, "Something went wrong on our side. Nothing was lost; try again.", { retryAfterSeconds: 30 });
  });
  return api;
}

const receptionOf = ({ env, executionCtx, var: { settings } }: Context<Bindings>): Reception => ({
  env,
  settings,
  waitUntil: (promise) => executionCtx.waitUntil(promise),
});

const unknownProvider = (): Response => problem(404, "There is no such git host here.");

/** What the web app needs before anybody has signed in. Nothing here is secret; the demo account exists embedded only. */
const publicConfig = (settings: Settings) => ({
  supabase_url: settings.supabase.url,
  publishable_key: settings.supabase.publishableKey,
  embedded: settings.demo !== null,
  demo: settings.demo,
  // Hosts with an OAuth application; the address where it is not the public one.
  oauth: Object.fromEntries(
    Object.entries(settings.oauth).map(([provider, { baseUrl }]) => [provider, { base_url: baseUrl }]),
  ),
  // Whether lines can be worded by a model without a key of the workspace's own.
  words: settings.anthropic !== null,
  // Ticket systems with one.
  tracker_oauth: Object.keys(settings.trackerOAuth),
  // The installation's own account; a workspace may have one of its own.
  stripe:
    settings.stripe.apiBase !== null
      ? "stand-in"
      : settings.stripe.operator === null
        ? "off"
        : (readKeyMode(settings.stripe.operator.secretKey) ?? "test"),
});
