import { formatStripeAmount } from "./money.ts";
import type { WireInvoice, WireTaxRate } from "./wire.ts";

export interface PageFacts {
  invoice: WireInvoice;
  /** By id, those that the invoice's taxes name. */
  rates: ReadonlyMap<string, WireTaxRate>;
  /** A debit is on its way. */
  processing: boolean;
  notice: string | null;
}

/** The hosted invoice page: what the client sees at the address Stripe sends them. */
export function renderInvoicePage({ invoice, rates, processing, notice }: PageFacts): string {
  const money = (amount: number): string => escapeHtml(formatStripeAmount(amount, invoice.currency));
  const rows = invoice.lines.data.map(
    (line) => `<tr><td>${escapeHtml(line.description ?? "")}</td><td class="amount">${money(line.amount)}</td></tr>`,
  );
  const due = invoice.due_date === null ? "" : `Due ${new Date(invoice.due_date * 1000).toISOString().slice(0, 10)}`;
  const row = (label: string, amount: string): string =>
    `<tr><td>${escapeHtml(label)}</td><td class="amount">${amount}</td></tr>`;
  const taxes = (invoice.total_taxes ?? []).map((tax) => {
    const rate = rates.get(tax.tax_rate_details?.tax_rate ?? "");
    const name = `${rate?.display_name ?? "Tax"} (${rate?.percentage ?? 0}%${tax.tax_behavior === "inclusive" ? " inclusive" : ""})`;
    return row(`${name} on ${formatStripeAmount(tax.taxable_amount ?? 0, invoice.currency)}`, money(tax.amount));
  });
  const sums = [
    ...(taxes.length === 0 ? [] : [row("Subtotal", money(invoice.subtotal)), ...taxes]),
    row("Total", money(invoice.total)),
    ...(invoice.pre_payment_credit_notes_amount === 0
      ? []
      : [row("Credited", `−${money(invoice.pre_payment_credit_notes_amount)}`)]),
    ...(invoice.amount_paid === 0 ? [] : [row("Paid", `−${money(invoice.amount_paid)}`)]),
    ...(invoice.amount_remaining === invoice.total ? [] : [row("Amount due", money(invoice.amount_remaining))]),
  ];
  const actions = processing
    ? `<p class="state">The payment is processing.</p>
       <form method="post"><button name="bank" value="accepted">Let the bank pay</button>
       <button class="quiet" name="bank" value="declined">Let the bank refuse</button></form>`
    : invoice.status === "open" || invoice.status === "uncollectible"
      ? `<form method="post"><button name="card" value="accepted">Pay ${money(invoice.amount_remaining)}</button>
         ${debitOf(invoice)}
         <button class="quiet" name="card" value="declined">Pay with a card that is declined</button></form>`
      : `<p class="state">This invoice is ${escapeHtml(invoice.status ?? "draft")}.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Invoice ${escapeHtml(invoice.number ?? "")}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #1a1f36; }
  main { max-width: 40rem; margin: 3rem auto; padding: 2rem; background: #fff; border: 1px solid #e3e8ee; border-radius: 8px; }
  .test { color: #8a6100; font-size: 13px; margin: 0 0 1.5rem; }
  h1 { font-size: 2rem; margin: 0; font-variant-numeric: tabular-nums; }
  table { width: 100%; border-collapse: collapse; margin: 1.5rem 0; }
  td { padding: .5rem 0; border-top: 1px solid #e3e8ee; vertical-align: top; }
  .amount { text-align: right; white-space: nowrap; padding-left: 1rem; font-variant-numeric: tabular-nums; }
  tfoot td { font-weight: 600; }
  button { font: inherit; padding: .6rem 1rem; border: 0; border-radius: 6px; background: #4f46e5; color: #fff; cursor: pointer; }
  .quiet { background: none; color: #4f566b; text-decoration: underline; }
  .notice { color: #a41c4e; }
  .state { font-weight: 600; }
</style>
</head>
<body>
<main>
  <p class="test">Test mode: this page stands in for Stripe's. No money moves.</p>
  <h1>${money(invoice.amount_remaining)}</h1>
  <p>Invoice ${escapeHtml(invoice.number ?? "")} for ${escapeHtml(invoice.customer_name ?? invoice.customer_email ?? "")}. ${due}</p>
  <table><tbody>${rows.join("")}</tbody>
  <tfoot>${sums.join("")}</tfoot></table>
  ${notice === null ? "" : `<p class="notice" role="alert">${escapeHtml(notice)}</p>`}
  ${actions}
  ${invoice.footer === null ? "" : `<p class="test">${escapeHtml(invoice.footer)}</p>`}
</main>
</body>
</html>`;
}

/** The debit that the currency has, where the invoice takes it. */
function debitOf(invoice: WireInvoice): string {
  const [type, method, name] =
    invoice.currency === "eur"
      ? ["sepa_debit", "pm_sepaDebit", "SEPA debit"]
      : invoice.currency === "usd"
        ? ["us_bank_account", "pm_usBankAccount", "ACH debit"]
        : [];
  const types: readonly string[] | null = invoice.payment_settings.payment_method_types;
  if (type === undefined || (types !== null && !types.includes(type))) return "";
  return `<button class="quiet" name="debit" value="${method}">Pay by ${name}</button>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
