import { openInvoiceLink, readLinkedInvoice } from "@billhook/database/invoice-links";
import type { DatabaseError } from "@billhook/database/errors";
import { Hono } from "hono";
import { html } from "hono/html";
import { billerNow } from "../documents/invoice-document.ts";
import { answerInvoicePdf, loadLogo } from "../documents/invoice-pdf.ts";
import { readSettings, serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { invoicePageOf } from "./invoice-page.ts";
import { answerPage, privateHeaders } from "./page-shell.ts";
import { pageWords, preferredLanguage } from "./page-words.ts";
import { renderInvoice } from "./render-invoice.ts";
import { hashLinkToken, isLinkToken } from "./token.ts";
import { isVisit } from "./visit.ts";

/** Everything under /i: invoices for whoever has the address. Tokens are in no log. */
export function createClientPages(): Hono<{ Bindings: Env }> {
  const pages = new Hono<{ Bindings: Env }>();
  pages.get("/:token", ({ req, env }) => showInvoice(req.raw, readSettings(env), req.param("token")));
  pages.get("/:token/pdf", ({ req, env }) => showPdf(req.raw, env, readSettings(env), req.param("token")));
  pages.all("*", ({ req }) => sayGone(req.raw));
  pages.onError((error, { req }) => {
    log("error", "client_page_failed", { cause: error.stack ?? String(error) });
    return sayBusy(req.raw);
  });
  return pages;
}

async function showInvoice(request: Request, settings: Settings, token: string): Promise<Response> {
  if (!isLinkToken(token)) return sayGone(request);
  const opened = await openInvoiceLink(serviceDatabase(settings), await hashLinkToken(token), isVisit(request));
  if (!opened.ok) return sayWhy(request, opened.error);
  const logoId = billerNow(opened.value.document).logo_id ?? null;
  const logo = logoId === null ? null : await loadLogo(settings, logoId);
  return answerPage(200, renderInvoice(invoicePageOf(opened.value, new Date(), logo), `/i/${token}`));
}

async function showPdf(request: Request, env: Env, settings: Settings, token: string): Promise<Response> {
  if (!isLinkToken(token)) return sayGone(request);
  const read = await readLinkedInvoice(serviceDatabase(settings), await hashLinkToken(token));
  if (!read.ok) return sayWhy(request, read.error);
  const answer = await answerInvoicePdf(env, settings, read.value.document, "attachment");
  for (const [name, value] of Object.entries(privateHeaders)) answer.headers.set(name, value);
  return answer;
}

/** Unknown, revoked and expired are one. */
function sayWhy(request: Request, error: DatabaseError): Promise<Response> {
  if (error.code === "not_found") return sayGone(request);
  log("error", "client_page_failed", { cause: error.cause });
  return sayBusy(request);
}

function sayGone(request: Request): Promise<Response> {
  const { language, words } = wordsFor(request);
  return sayPlainly(404, language, words.goneTitle, words.gone);
}

function sayBusy(request: Request): Promise<Response> {
  const { language, words } = wordsFor(request);
  return sayPlainly(503, language, words.busyTitle, words.busy, { "retry-after": "10" });
}

function wordsFor(request: Request) {
  const language = preferredLanguage(request.headers.get("accept-language"));
  return { language, words: pageWords(language) };
}

const sayPlainly = (
  status: number,
  language: string,
  title: string,
  sentence: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  answerPage(
    status,
    {
      language,
      title,
      accentColor: null,
      body: html`<main class="message">
        <h1>${title}</h1>
        <p>${sentence}</p>
      </main>`,
    },
    headers,
  );
