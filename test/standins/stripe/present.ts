import type { Context } from "./context.ts";
import { refuseRequest } from "./fault.ts";
import type { WireInvoice } from "./wire.ts";

/** As many lines as come with an invoice; the rest is to be listed (API reference, "The Invoice object", lines). */
const LINES_SHOWN = 10;

export function shortenLines(invoice: WireInvoice): WireInvoice {
  const { data } = invoice.lines;
  if (data.length <= LINES_SHOWN) return invoice;
  return {
    ...invoice,
    lines: { ...invoice.lines, data: data.slice(0, LINES_SHOWN), has_more: true },
  };
}

/** The answer as it goes out: invoices with their first lines, and `expand[]=customer`, the one expansion there is. */
export function presentAnswer(answer: object, params: object, context: Context): object {
  const wanted =
    "expand" in params && Array.isArray(params.expand)
      ? params.expand.filter((name: unknown) => typeof name === "string")
      : [];
  const unknown = wanted.find((name) => name !== "customer" || !("customer" in answer));
  if (unknown !== undefined) {
    throw refuseRequest(`This property cannot be expanded (${unknown}).`, {
      param: "expand",
    });
  }
  if ("data" in answer && Array.isArray(answer.data)) {
    return {
      ...answer,
      data: answer.data.map((row: object) => (isInvoice(row) ? shortenLines(row) : row)),
    };
  }
  if (!isInvoice(answer)) return answer;
  const shown = shortenLines(answer);
  const { customer: id } = answer;
  const customer = wanted.length > 0 && typeof id === "string" ? context.data.get("customers", id) : undefined;
  return customer === undefined ? shown : { ...shown, customer };
}

function isInvoice(row: object): row is WireInvoice {
  return "object" in row && row.object === "invoice" && "lines" in row;
}
