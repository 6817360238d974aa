import { pushInvoice, readSavedMethod, voidStripeInvoice } from "@billhook/billing/stripe";
import { checkInvoiceManager, readInvoice, saveStripeProgress, voidInvoice } from "@billhook/database/invoices";
import { readStripeDocument, savePaymentState } from "@billhook/database/stripe-settling";
import { answerInvoicePdf } from "../documents/invoice-pdf.ts";
import { stripeInputOf } from "../documents/stripe-input.ts";
import { serviceDatabase, type Settings } from "../env.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { openStripeForInvoice, stripeProblem } from "../payments/session.ts";
import { keepFailure, settleAtStripe, storeOf } from "../payments/settling.ts";

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

/** GET /api/invoices/:id/stripe: what the client has on file at Stripe, for the choice between sending and charging. */
export async function showSavedMethod(request: Request, settings: Settings, invoiceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open"]);
  if (!allowed.ok) return databaseProblem(allowed.error);
  const stripe = await openStripeForInvoice(settings, serviceDatabase(settings), invoiceId);
  if (stripe instanceof Response) return stripe;
  if (stripe.customerId === null) return Response.json({ method: null });
  const found = await readSavedMethod(stripe.client, stripe.customerId);
  await stripe.heed(found);
  if (!found.ok) return stripeProblem(found);
  const { method } = found;
  return Response.json({
    method: method === null ? null : { type: method.type, brand: method.brand, last4: method.last4 },
  });
}

/**
 * POST /api/invoices/:id/send: brings the invoice to Stripe and sends it, or with `?by=card` charges it to what the client
 * has on file. Asked again, it completes the same invoice.
 */
export async function sendInvoice(request: Request, settings: Settings, invoiceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open"]);
  if (!allowed.ok) return databaseProblem(allowed.error);
  const by = new URL(request.url).searchParams.get("by") === "card" ? "card" : "email";

  const service = serviceDatabase(settings);
  const read = await readStripeDocument(service, invoiceId);
  if (!read.ok) return databaseProblem(read.error);
  if (read.value.invoice.kind !== "invoice") return problem(409, "A credit note goes to Stripe with its invoice.");
  const stripe = await openStripeForInvoice(settings, service, invoiceId);
  if (stripe instanceof Response) return stripe;
  const input = stripeInputOf(read.value, stripe.customerId);
  const pushed = await pushInvoice(stripe.client, input, by, storeOf(service, invoiceId, stripe.account.id));
  await stripe.heed(pushed);
  const reached = pushed.ok ? pushed : pushed.reached;
  if (reached !== undefined) {
    const saved = await saveStripeProgress(service, invoiceId, {
      customer_id: reached.customerId,
      invoice_id: reached.stripeInvoiceId,
      status: reached.status,
      ...(reached.hostedUrl === null ? {} : { hosted_url: reached.hostedUrl }),
    });
    if (!saved.ok) return databaseProblem(saved.error);
    const { stripeInvoiceId, payment } = reached;
    const kept = await savePaymentState(service, stripeInvoiceId, payment, stripe.account.id);
    if (!kept.ok) return databaseProblem(kept.error);
  }
  if (!pushed.ok) return await keepFailure(service, invoiceId, pushed);
  return Response.json({
    stripe_invoice_id: pushed.stripeInvoiceId,
    hosted_url: pushed.hostedUrl,
    status: pushed.status,
    payment: pushed.payment,
  });
}

/**
 * POST /api/invoices/:id/settle: tells Stripe what happened to an invoice that it has: payments by other ways, credit notes,
 * a write-off. What is not told now is told later.
 */
export async function settleInvoice(request: Request, settings: Settings, invoiceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open", "paid", "uncollectible"]);
  if (!allowed.ok) return databaseProblem(allowed.error);
  const failed = await settleAtStripe(settings, serviceDatabase(settings), invoiceId);
  return failed ?? new Response(null, { status: 204 });
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
