import type { InvoiceDocument, InvoiceLogo } from "@billhook/billing/invoice-document";
import { renderInvoicePdf } from "@billhook/billing/pdf";
import { type InvoiceWithParties, saveInvoicePdf } from "@billhook/database/invoices";
import { readLogo } from "@billhook/database/logos";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { billerNow, documentOf } from "./invoice-document.ts";
import { invoiceFonts } from "./invoice-fonts.ts";

/**
 * An invoice's PDF. That of a finalised invoice is made once and kept: what the client got is what is shown again. That of
 * a draft is made anew and says that it is a draft; so is that of an invoice which is void, or of which something was paid
 * or credited, as it says so.
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
  const asFinalised =
    invoice.status !== "draft" &&
    invoice.status !== "void" &&
    (invoice.kind === "credit_note" || (read.payments.length === 0 && invoice.credited_minor === 0));
  if (asFinalised && invoice.pdf_key !== null) {
    const stored = await env.DOCUMENTS.get(invoice.pdf_key);
    if (stored !== null) return stored.body;
  }
  const logoId = billerNow(read).logo_id ?? null;
  const logo = logoId === null ? null : await loadLogo(settings, logoId);
  const pdf = await makePdf(env, documentOf(read, new Date(), logo));
  if (asFinalised) {
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

/** Throws where the database does not answer: what is kept of a finalised invoice is not to lack its logo. */
export async function loadLogo(settings: Settings, logoId: string): Promise<InvoiceLogo | null> {
  const read = await readLogo(serviceDatabase(settings), logoId);
  if (!read.ok) throw new Error(`logo not read: ${read.error.cause}`);
  return read.value;
}

/** Without the logo where its bytes turn out to be no picture: only its beginning was looked at when it was stored. */
export async function makePdf(env: Env, document: InvoiceDocument): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await renderInvoicePdf(document, invoiceFonts(env.ASSETS));
  } catch (error) {
    if (document.biller.logo === null) throw error;
    log("warn", "logo_not_set", { cause: String(error) });
    return await renderInvoicePdf(
      { ...document, biller: { ...document.biller, logo: null } },
      invoiceFonts(env.ASSETS),
    );
  }
}
