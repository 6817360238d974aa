/**
 * Writes `request-schemas.json`: for each route of the stand-in, what the `stripe` package's own types accept there.
 *
 *   node test/standins/stripe/generate-schemas.ts           writes the file
 *   node test/standins/stripe/generate-schemas.ts --check   fails when the file differs from the installed package
 *
 * The types are copied and changed in two places first: enums are closed (the package leaves them open for values newer
 * than itself), and `Decimal` is the string it is on the wire.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import type { RequestSchemas, Schema } from "./schema.ts";

const ROUTES: Record<string, [file: string, type: string]> = {
  "GET /v1/account": ["Accounts", "AccountRetrieveCurrentParams"],
  "POST /v1/webhook_endpoints": ["WebhookEndpoints", "WebhookEndpointCreateParams"],
  "GET /v1/webhook_endpoints": ["WebhookEndpoints", "WebhookEndpointListParams"],
  "GET /v1/webhook_endpoints/:id": ["WebhookEndpoints", "WebhookEndpointRetrieveParams"],
  "POST /v1/webhook_endpoints/:id": ["WebhookEndpoints", "WebhookEndpointUpdateParams"],
  "DELETE /v1/webhook_endpoints/:id": ["WebhookEndpoints", "WebhookEndpointDeleteParams"],
  "GET /v1/charges": ["Charges", "ChargeListParams"],
  "GET /v1/payment_intents": ["PaymentIntents", "PaymentIntentListParams"],
  "GET /v1/tax_rates": ["TaxRates", "TaxRateListParams"],
  "POST /v1/customers": ["Customers", "CustomerCreateParams"],
  "GET /v1/customers": ["Customers", "CustomerListParams"],
  "GET /v1/customers/search": ["Customers", "CustomerSearchParams"],
  "GET /v1/customers/:id": ["Customers", "CustomerRetrieveParams"],
  "POST /v1/customers/:id": ["Customers", "CustomerUpdateParams"],
  "DELETE /v1/customers/:id": ["Customers", "CustomerDeleteParams"],
  "POST /v1/invoiceitems": ["InvoiceItems", "InvoiceItemCreateParams"],
  "GET /v1/invoiceitems": ["InvoiceItems", "InvoiceItemListParams"],
  "GET /v1/invoiceitems/:id": ["InvoiceItems", "InvoiceItemRetrieveParams"],
  "POST /v1/invoiceitems/:id": ["InvoiceItems", "InvoiceItemUpdateParams"],
  "DELETE /v1/invoiceitems/:id": ["InvoiceItems", "InvoiceItemDeleteParams"],
  "POST /v1/invoices": ["Invoices", "InvoiceCreateParams"],
  "GET /v1/invoices": ["Invoices", "InvoiceListParams"],
  "GET /v1/invoices/search": ["Invoices", "InvoiceSearchParams"],
  "GET /v1/invoices/:id": ["Invoices", "InvoiceRetrieveParams"],
  "POST /v1/invoices/:id": ["Invoices", "InvoiceUpdateParams"],
  "DELETE /v1/invoices/:id": ["Invoices", "InvoiceDeleteParams"],
  "GET /v1/invoices/:id/lines": ["Invoices", "InvoiceListLineItemsParams"],
  "POST /v1/invoices/:id/add_lines": ["Invoices", "InvoiceAddLinesParams"],
  "POST /v1/invoices/:id/finalize": ["Invoices", "InvoiceFinalizeInvoiceParams"],
  "POST /v1/invoices/:id/send": ["Invoices", "InvoiceSendInvoiceParams"],
  "POST /v1/invoices/:id/pay": ["Invoices", "InvoicePayParams"],
  "POST /v1/invoices/:id/void": ["Invoices", "InvoiceVoidInvoiceParams"],
  "POST /v1/invoices/:id/mark_uncollectible": ["Invoices", "InvoiceMarkUncollectibleParams"],
  "POST /v1/invoices/:id/attach_payment": ["Invoices", "InvoiceAttachPaymentParams"],
  "GET /v1/invoice_payments": ["InvoicePayments", "InvoicePaymentListParams"],
  "POST /v1/payment_records/report_payment": ["PaymentRecords", "PaymentRecordReportPaymentParams"],
  "GET /v1/payment_records/:id": ["PaymentRecords", "PaymentRecordRetrieveParams"],
  "POST /v1/payment_methods/:id/attach": ["PaymentMethods", "PaymentMethodAttachParams"],
  "POST /v1/credit_notes": ["CreditNotes", "CreditNoteCreateParams"],
  "GET /v1/credit_notes": ["CreditNotes", "CreditNoteListParams"],
  "GET /v1/credit_notes/preview": ["CreditNotes", "CreditNotePreviewParams"],
  "GET /v1/credit_notes/:id": ["CreditNotes", "CreditNoteRetrieveParams"],
  "POST /v1/refunds": ["Refunds", "RefundCreateParams"],
  "GET /v1/refunds": ["Refunds", "RefundListParams"],
  "GET /v1/refunds/:id": ["Refunds", "RefundRetrieveParams"],
  "GET /v1/events": ["Events", "EventListParams"],
  "GET /v1/events/:id": ["Events", "EventRetrieveParams"],
};

/** The types say `number` for every number; on these routes only a parcel's size and a tax rate may have a fraction. */
const FRACTIONAL = new Set(["height", "length", "percentage", "weight", "width"]);

const OUTPUT = join(dirname(fileURLToPath(import.meta.url)), "request-schemas.json");

function generate(): RequestSchemas {
  const installed = join(dirname(createRequire(import.meta.url).resolve("stripe")), "..");
  const folder = mkdtempSync(join(tmpdir(), "stripe-types-"));
  try {
    cpSync(join(installed, "esm"), join(folder, "stripe"), {
      recursive: true,
      filter: (source) => !source.endsWith(".js") && !source.endsWith(".map"),
    });
    const shared = join(folder, "stripe/shared.d.ts");
    const open = "export type OtherString = string & Record<never, never>;";
    const sharedText = readFileSync(shared, "utf8");
    if (!sharedText.includes(open)) throw new Error("stripe no longer declares OtherString as it did");
    writeFileSync(shared, sharedText.replace(open, "export type OtherString = never;"));
    writeFileSync(join(folder, "stripe/Decimal.d.ts"), "/** @format decimal */\nexport type Decimal = string;\n");
    const entry = Object.values(ROUTES).map(
      ([file, type]) =>
        `import type { ${type} } from "./stripe/resources/${file}.js"; export type Route${type} = ${type};`,
    );
    writeFileSync(join(folder, "entry.ts"), entry.join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), '{"compilerOptions":{"strict":true,"moduleResolution":"bundler"}}');

    const definitions = createGenerator({
      path: join(folder, "entry.ts"),
      tsconfig: join(folder, "tsconfig.json"),
      skipTypeCheck: true,
      additionalProperties: false,
      expose: "export",
    }).createSchema("*").definitions as Record<string, Schema>;

    const version = /ApiVersion = '([^']+)'/.exec(readFileSync(join(installed, "esm/apiVersion.js"), "utf8"))?.[1];
    if (version === undefined) throw new Error("stripe no longer names its API version in apiVersion.js");
    const routes = Object.fromEntries(
      Object.entries(ROUTES).map(([route, [, type]]) => [route, { $ref: `#/definitions/Route${type}` }]),
    );
    return compact(version, routes, definitions);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Drops descriptions and unused definitions, and puts definitions with a generated name where they are used. */
function compact(
  apiVersion: string,
  routes: Record<string, Schema>,
  definitions: Record<string, Schema>,
): RequestSchemas {
  const kept: Record<string, Schema> = {};
  const visit = (schema: Schema, property: string | null): Schema => {
    if (schema.$ref !== undefined) {
      const name = decodeURIComponent(schema.$ref.replace("#/definitions/", ""));
      const target = definitions[name];
      if (target === undefined) throw new Error(`no definition for ${name}`);
      if (name.includes("def-") || target.properties === undefined) return visit(target, property);
      if (!(name in kept)) {
        kept[name] = {};
        kept[name] = visit(target, null);
      }
      return { $ref: name };
    }
    const result: Schema = {};
    if (schema.type !== undefined) {
      const whole = schema.type === "number" && (property === null || !FRACTIONAL.has(property));
      result.type = whole ? "integer" : schema.type;
    }
    if (schema.format !== undefined) result.format = schema.format;
    if (schema.const !== undefined) result.const = schema.const;
    if (schema.enum !== undefined) result.enum = schema.enum;
    if (schema.required !== undefined) result.required = schema.required;
    if (schema.anyOf !== undefined) result.anyOf = schema.anyOf.map((branch) => visit(branch, property));
    if (schema.items !== undefined) result.items = visit(schema.items, property);
    if (typeof schema.additionalProperties === "object") {
      result.additionalProperties = visit(schema.additionalProperties, null);
    }
    if (schema.properties !== undefined) {
      result.properties = Object.fromEntries(
        Object.entries(schema.properties).map(([name, inner]) => [name, visit(inner, name)]),
      );
    }
    return result;
  };
  const visited = Object.fromEntries(Object.entries(routes).map(([route, schema]) => [route, visit(schema, null)]));
  return {
    apiVersion,
    routes: visited,
    definitions: Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** One definition a line, so that a new version of the package reads as a diff. */
function print(schemas: RequestSchemas): string {
  const block = (entries: Record<string, Schema>): string =>
    Object.entries(entries)
      .map(([name, schema]) => `    ${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
      .join(",\n");
  return [
    "{",
    `  "apiVersion": ${JSON.stringify(schemas.apiVersion)},`,
    `  "routes": {\n${block(schemas.routes)}\n  },`,
    `  "definitions": {\n${block(schemas.definitions)}\n  }`,
    "}\n",
  ].join("\n");
}

const text = print(generate());
if (process.argv.includes("--check")) {
  if (readFileSync(OUTPUT, "utf8") !== text) {
    console.error("request-schemas.json differs from the installed stripe package: npm run generate:stripe-schemas");
    process.exit(1);
  }
  console.log("request-schemas.json is up to date");
} else {
  writeFileSync(OUTPUT, text);
  console.log(`wrote request-schemas.json, ${Math.round(text.length / 1024)} KiB`);
}
