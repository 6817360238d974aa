import { pushInvoice, voidStripeInvoice } from "@billhook/billing/stripe";
import { checkInvoiceManager, readInvoice, saveStripeProgress, voidInvoice } from "@billhook/database/invoices";
import { stripeInputOf } from "../documents/invoice-document.ts";
import { answerInvoicePdf } from "../documents/invoice-pdf.ts";
import { serviceDatabase, type Settings } from "../env.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { openStripeForInvoice, stripeProblem } from "../payments/session.ts";

/** GET /api/invoices/:id/pdf: of a draft as well. */
export async function showInvoicePdf(
  request: Request,
  env: Env,
  settings: Settings,
  invoiceId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const read = await readInvoice(db, invoiceId);
  return read.ok ? answerInvoicePdf(env, settings, read.value, "inline") : databaseProblem(read.error);
}

/** POST /api/invoices/:id/send: brings the invoice to Stripe and sends it. Asked again, it completes the same invoice. */
export async function sendInvoice(request: Request, settings: Settings, invoiceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open"]);
  if (!allowed.ok) return databaseProblem(allowed.error);
  const read = await readInvoice(db, invoiceId);
  if (!read.ok) return databaseProblem(read.error);
  const { kind, amount_paid_minor: paid, credited_minor: credited } = read.value.invoice;
  if (kind !== "invoice" || paid !== 0 || credited !== 0) {
    return problem(409, "Only an invoice that nobody has paid or credited anything of is sent with Stripe.");
  }

  const service = serviceDatabase(settings);
  const stripe = await openStripeForInvoice(settings, service, invoiceId);
  if (stripe instanceof Response) return stripe;
  const input = stripeInputOf(read.value, stripe.customerId);
  const pushed = await pushInvoice(stripe.client, input, async (progress) => {
    const saved = await saveStripeProgress(service, invoiceId, {
      account_id: stripe.account.id,
      ...(progress.customerId === null ? {} : { customer_id: progress.customerId }),
      ...(progress.stripeInvoiceId === null ? {} : { invoice_id: progress.stripeInvoiceId }),
      ...(progress.sentAt === null ? {} : { sent_at: progress.sentAt }),
    });
    if (!saved.ok) throw new Error(`progress not saved: ${saved.error.cause}`);
  });
  await stripe.heed(pushed);
  if (!pushed.ok) {
    log("error", "invoice_not_sent", { invoice: invoiceId, code: pushed.code, detail: pushed.detail });
    await saveStripeProgress(service, invoiceId, { error: pushed.message });
    return stripeProblem(pushed);
  }
  const saved = await saveStripeProgress(service, invoiceId, {
    customer_id: pushed.customerId,
    invoice_id: pushed.stripeInvoiceId,
    status: pushed.status,
    ...(pushed.hostedUrl === null ? {} : { hosted_url: pushed.hostedUrl }),
  });
  if (!saved.ok) return databaseProblem(saved.error);
  return Response.json({
    stripe_invoice_id: pushed.stripeInvoiceId,
    hosted_url: pushed.hostedUrl,
    status: pushed.status,
  });
}

/**
 * POST /api/invoices/:id/void: in Stripe first, then in the database, where everything on it is unbilled again. If the
 * second step fails, Stripe's own event or the next attempt completes it.
 */
export async function voidInvoiceEverywhere(
  request: Request,
  settings: Settings,
  invoiceId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open", "uncollectible", "void"]);
  if (!allowed.ok) return databaseProblem(allowed.error);
  const read = await readInvoice(db, invoiceId);
  if (!read.ok) return databaseProblem(read.error);
  const { stripe_invoice_id: stripeInvoiceId, status } = read.value.invoice;
  if (stripeInvoiceId !== null && status !== "void") {
    const stripe = await openStripeForInvoice(settings, serviceDatabase(settings), invoiceId);
    if (stripe instanceof Response) return stripe;
    const voided = await voidStripeInvoice(stripe.client, stripeInvoiceId);
    await stripe.heed(voided);
    if (!voided.ok) {
      log("error", "invoice_not_voided", { invoice: invoiceId, code: voided.code, detail: voided.detail });
      return stripeProblem(voided);
    }
    const saved = await saveStripeProgress(serviceDatabase(settings), invoiceId, { status: "void" });
    if (!saved.ok) return databaseProblem(saved.error);
  }
  const voided = await voidInvoice(db, invoiceId);
  return voided.ok ? new Response(null, { status: 204 }) : databaseProblem(voided.error);
}
