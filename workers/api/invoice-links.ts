/** The address of a client's page: what about it needs a secret. What it shows and revoking it need none. */
import { createInvoiceLink, readInvoiceLinkSecret } from "@billhook/database/invoice-links";
import { checkInvoiceManager } from "@billhook/database/invoices";
import * as z from "zod";
import { hashLinkToken, linkTokenContext } from "../client-page/token.ts";
import { serviceDatabase, type Settings } from "../env.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem } from "../http/problem.ts";
import { decryptSecret, encryptSecret, generateSecret } from "../secrets.ts";

const optionsSchema = z.object({
  show_evidence: z.boolean().optional(),
  link_sources: z.boolean().optional(),
  expires_on: z.iso.date().nullable().optional(),
});

/** POST /api/invoices/:id/link: makes the invoice's address; asked again, it answers the same one. */
export async function createClientPage(request: Request, settings: Settings, invoiceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const body = await readJson(request, optionsSchema);
  if (body instanceof Response) return body;
  const id = crypto.randomUUID();
  const token = generateSecret();
  const created = await createInvoiceLink(
    db,
    invoiceId,
    {
      id,
      tokenHash: await hashLinkToken(token),
      ciphertext: await encryptSecret(settings.encryptionKeys, linkTokenContext(id), token),
    },
    {
      ...(body.show_evidence === undefined ? {} : { show_evidence: body.show_evidence }),
      ...(body.link_sources === undefined ? {} : { link_sources: body.link_sources }),
      ...(body.expires_on === undefined ? {} : { expires_on: body.expires_on }),
    },
  );
  if (!created.ok) return databaseProblem(created.error);
  return created.value === id ? answerAddress(settings, id, token, 201) : readAddress(settings, invoiceId);
}

/** GET /api/invoices/:id/link: the address as it was made, for those who may make it; 404 where there is none. */
export async function showClientPageAddress(
  request: Request,
  settings: Settings,
  invoiceId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const allowed = await checkInvoiceManager(db, invoiceId, ["open", "paid", "void", "uncollectible"]);
  return allowed.ok ? readAddress(settings, invoiceId) : databaseProblem(allowed.error);
}

async function readAddress(settings: Settings, invoiceId: string): Promise<Response> {
  const read = await readInvoiceLinkSecret(serviceDatabase(settings), invoiceId);
  if (!read.ok) return databaseProblem(read.error);
  const { link_id: id, ciphertext } = read.value;
  return answerAddress(
    settings,
    id,
    await decryptSecret(settings.encryptionKeys, linkTokenContext(id), ciphertext),
    200,
  );
}

const answerAddress = (settings: Settings, id: string, token: string, status: number): Response =>
  Response.json({ id, url: `${settings.appUrl}/i/${token}` }, { status, headers: { "cache-control": "no-store" } });
