/** How a workspace's invoices look: their logo, and trying settings out before they are saved. */
import type { InvoiceDocument } from "@billhook/billing/invoice-document";
import { sampleInvoice } from "@billhook/billing/sample-invoice";
import { readLogo, setWorkspaceLogo } from "@billhook/database/logos";
import { readWorkspace } from "@billhook/database/workspaces";
import { readBic, readIban } from "@billhook/domain/iban";
import { readPicture } from "@billhook/domain/picture";
import { localDay } from "@billhook/domain/timezone";
import * as z from "zod";
import { makePdf } from "../documents/invoice-pdf.ts";
import type { Settings } from "../env.ts";
import { readBody } from "../http/body.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";

const MOST_BYTES = 512 * 1024;
/** A third of a page at 400 dots an inch is less. */
const MOST_PIXELS = 1200;
const LEAST_PIXELS = 16;

/** PUT /api/workspaces/:id/logo: the file itself, a PNG or a JPEG. An empty body takes the logo away. */
export async function replaceLogo(request: Request, settings: Settings, workspaceId: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(workspaceId)) return problem(404, "There is no such workspace.");
  const bytes = await readBody(request, MOST_BYTES);
  if (bytes === null) return problem(413, "The picture is larger than 512 KiB.");
  const picture = readPicture(bytes);
  if (bytes.length > 0 && picture === null) return problem(415, "The file is neither a PNG nor a JPEG.");
  const outside = (length: number): boolean => length < LEAST_PIXELS || length > MOST_PIXELS;
  if (picture !== null && (outside(picture.width) || outside(picture.height))) {
    return problem(
      400,
      `The picture is ${picture.width} by ${picture.height} pixels; 16 to 1200 each way are printed.`,
    );
  }
  const set = await setWorkspaceLogo(
    db,
    workspaceId,
    picture === null
      ? null
      : { media_type: picture.mediaType, image: toBase64(bytes), width: picture.width, height: picture.height },
  );
  return set.ok ? new Response(null, { status: 204 }) : databaseProblem(set.error);
}

const text = (length: number) => z.string().trim().max(length).nullable();
const lookSchema = z.object({
  locale: z.string().regex(/^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/u, "is not a language"),
  currency: z.string().regex(/^[A-Z]{3}$/u, "is not a currency"),
  accent_color: z.string().regex(/^#[0-9a-f]{6}$/u, "is not a colour"),
  payment_code: z.enum(["automatic", "epc", "swiss", "none"]),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/u)
    .nullable(),
  account_holder: text(70),
  iban: text(50),
  bic: text(20),
  bank_name: text(100),
  bank_details: text(1000),
});

/** POST /api/workspaces/:id/invoice-preview: an example with these settings, as a PDF. Nothing is changed. */
export async function previewInvoice(
  request: Request,
  env: Env,
  settings: Settings,
  workspaceId: string,
): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isUuid(workspaceId)) return problem(404, "There is no such workspace.");
  const look = await readJson(request, lookSchema);
  if (look instanceof Response) return look;
  const read = await readWorkspace(db, workspaceId);
  if (!read.ok) return databaseProblem(read.error);
  const workspace = read.value;
  const logo = workspace.logo_id === null ? null : await readLogo(db, workspace.logo_id);
  if (logo?.ok === false) return databaseProblem(logo.error);
  const sample = sampleInvoice({
    locale: look.locale,
    currency: look.currency,
    today: localDay(new Date().toISOString(), workspace.timezone),
  });
  const document: InvoiceDocument = {
    ...sample,
    timeDisplay: workspace.time_display === "decimal" ? "decimal" : "hm",
    biller: {
      name: workspace.legal_name ?? workspace.name,
      address: workspace.address,
      country: look.country,
      email: workspace.email,
      taxId: workspace.tax_id,
      account: {
        holder: emptyIsNull(look.account_holder),
        iban: readIban(look.iban ?? ""),
        bic: readBic(look.bic ?? ""),
        bankName: emptyIsNull(look.bank_name),
      },
      bankDetails: look.bank_details,
      paymentCode: look.payment_code,
      accentColor: look.accent_color,
      logo: logo?.value ?? null,
    },
  };
  return new Response(await makePdf(env, document), {
    headers: {
      "content-type": "application/pdf",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

const emptyIsNull = (written: string | null): string | null => (written === "" ? null : written);

function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    characters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(characters);
}
