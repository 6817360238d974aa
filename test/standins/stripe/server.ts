/**
 * A stand-in for Stripe's API as far as invoices go: accounts with their keys and webhook endpoints, customers, invoice
 * items, invoices with given taxes and their states, payments by card, debit and outside of Stripe, credit notes and
 * refunds, idempotency keys, signed webhooks with retries, and the hosted page where a client pays. Every request is
 * checked against what the
 * `stripe` package's types allow, so that a parameter Stripe would refuse is refused here; what Stripe would take and the
 * stand-in does not simulate is answered 501 and never ignored.
 */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { type Account, Accounts } from "./accounts.ts";
import { type Answer, faultAnswer } from "./answer.ts";
import { type Context, newId } from "./context.ts";
import { type PageFacts, renderInvoicePage } from "./invoice-page.ts";
import { StripeFault } from "./fault.ts";
import type { KeyPermissions } from "./permissions.ts";
import { intentOf, payInvoice, settleProcessing } from "./payments.ts";
import type { RequestSchemas } from "./schema.ts";
import type { WireInvoice } from "./wire.ts";

export interface StripeStandinOptions {
  /** 0 takes a free port. */
  port: number;
  /** Where the state is kept; made where it doesn't exist. */
  dataDir: string;
  /**
   * The accounts' names in lower case; a key names its own: `rk_test_harbour`, `sk_live_harbour_2`. `webhookUrl` hears of
   * the first one's test mode only; the others have the endpoints that are made through the API. `["standin"]` by default.
   */
  accounts?: readonly string[];
  webhookUrl: string;
  /** `whsec_…`, as the receiver has it. */
  webhookSecret: string;
  log?: (line: string) => void;
  /** How long a request takes: what lets two requests with one idempotency key meet. */
  latencyMs?: number;
  /** How old an object must be before a search finds it; at Stripe up to a minute. */
  searchDelaySeconds?: number;
}

export interface StripeStandin {
  /** To be given to the Stripe client as its API's base; the hosted pages are at `/i/{invoice id}`. */
  url: string;
  /** The same without a socket. */
  fetch: (request: Request) => Promise<Response>;
  /** From now on answered 401. */
  revokeKey: (key: string) => void;
  /** What a restricted key may do from now on: `{ customer: "write", invoice: "read" }`; null: everything. */
  restrictKey: (key: string, permissions: KeyPermissions | null) => void;
  /** May be called again. */
  close: () => Promise<void>;
}

function pageFacts(invoice: WireInvoice, notice: string | null, context: Context): PageFacts {
  const rates = new Map(context.data.list("taxrates").map((rate) => [rate.id, rate]));
  return { invoice, rates, notice, processing: intentOf(invoice, context)?.status === "processing" };
}

/** Listens on 127.0.0.1 only, and takes the keys of its own accounts only. */
export async function startStripeStandin(options: StripeStandinOptions): Promise<StripeStandin> {
  const schemas = JSON.parse(readFileSync(join(import.meta.dirname, "request-schemas.json"), "utf8")) as RequestSchemas;
  const log = options.log ?? (() => {});
  const app = new Hono();
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Accounts({
    names: options.accounts ?? ["standin"],
    dataDir: options.dataDir,
    operator: { url: options.webhookUrl, secret: options.webhookSecret },
    log,
    answerer: {
      schemas,
      baseUrl: url,
      latencyMs: options.latencyMs ?? 0,
      searchDelaySeconds: options.searchDelaySeconds ?? 0,
    },
  });
  const answer = async (request: Request): Promise<Answer> => {
    try {
      const { account, key, permissions } = accounts.find(request.headers.get("authorization") ?? "");
      return await account.answerer.answer(request, key, permissions);
    } catch (error) {
      if (error instanceof StripeFault) return faultAnswer(error, newId("req"));
      throw error;
    }
  };
  const accountOfInvoice = (id: string): Account | undefined =>
    accounts.all().find(({ store }) => store.begin().get("invoices", id) !== undefined);

  app.all("/v1/*", async (c) => {
    const { status, body, headers } = await answer(c.req.raw);
    log(`stripe stand-in: ${c.req.method} ${c.req.path} ${status}`);
    return new Response(`${JSON.stringify(body, null, 2)}\n`, {
      status,
      headers: { ...headers, "content-type": "application/json" },
    });
  });
  app.get("/i/:id", (c) => {
    const id = c.req.param("id");
    const account = accountOfInvoice(id);
    const invoice = account?.store.begin().get("invoices", id);
    if (account === undefined || invoice === undefined || invoice.status === "draft") {
      return c.text("There is no invoice here.", 404);
    }
    const notice = c.req.query("declined") === undefined ? null : "The card was declined.";
    return c.html(account.answerer.run((context) => renderInvoicePage(pageFacts(invoice, notice, context))));
  });
  app.post("/i/:id", async (c) => {
    const form = await c.req.parseBody();
    const id = c.req.param("id");
    const debit = typeof form["debit"] === "string" ? form["debit"] : "pm_card_visa";
    const method = form["card"] === "declined" ? "pm_card_chargeDeclined" : debit;
    try {
      accountOfInvoice(id)?.answerer.run((context) =>
        form["bank"] === undefined
          ? payInvoice({ payment_method: method }, context, id)
          : settleProcessing(id, form["bank"] === "accepted", context),
      );
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
      if (error.status === 402) return c.redirect(`/i/${id}?declined`, 303);
    }
    return c.redirect(`/i/${id}`, 303);
  });

  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
    await accounts.close();
  };
  return {
    url,
    fetch: async (request) => await app.fetch(request),
    revokeKey: (key) => accounts.revoke(key),
    restrictKey: (key, permissions) => accounts.restrict(key, permissions),
    close: () => (closed ??= close()),
  };
}
