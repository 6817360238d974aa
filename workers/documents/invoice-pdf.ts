import { renderInvoicePdf } from "@billhook/billing/pdf";
import { type InvoiceWithParties, saveInvoicePdf } from "@billhook/database/invoices";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { documentOf } from "./invoice-document.ts";
import { invoiceFonts } from "./invoice-fonts.ts";

/**
 * An invoice's PDF. That of a finalised invoice is made once and kept: what the client got is what is shown again. That of
 * a draft is made anew and says that it is a draft.
 */
export async function answerInvoicePdf(
  env: Env,
  settings: Settings,
  read: InvoiceWithParties,
  disposition: "inline" | "attachment",
): Promise<Response> {
  const { invoice } = read;
  const fileName = (invoice.number ?? "draft").replaceAll(/[^A-Za-z0-9._-]/g, "-");
  return new Response(await loadPdf(env, settings, read), {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `${disposition}; filename="${fileName}.pdf"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

async function loadPdf(env: Env, settings: Settings, read: InvoiceWithParties): Promise<BodyInit> {
  const { invoice, workspace } = read;
  if (invoice.pdf_key !== null) {
    const stored = await env.DOCUMENTS.get(invoice.pdf_key);
    if (stored !== null) return stored.body;
  }
  const pdf = await renderInvoicePdf(documentOf(read, new Date()), invoiceFonts(env.ASSETS));
  if (invoice.status !== "draft") {
    const key = `${workspace.id}/invoices/${invoice.id}.pdf`;
    // Two first readers at once render the same bytes; the first to store wins.
    await env.DOCUMENTS.put(key, pdf, {
      onlyIf: { etagDoesNotMatch: "*" },
      httpMetadata: { contentType: "application/pdf" },
    });
    const saved = await saveInvoicePdf(serviceDatabase(settings), invoice.id, key);
    if (!saved.ok) log("warn", "pdf_key_not_saved", { invoice: invoice.id, cause: saved.error.cause });
  }
  return pdf;
}
