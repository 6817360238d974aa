import type { InvoiceDocument } from "@billhook/billing/invoice-document";
import type { InvoiceWords } from "@billhook/billing/words/words";
import { invoiceWords } from "@billhook/billing/invoice-words";
import { accountLines } from "@billhook/billing/layout-closing";
import { choosePaymentCode } from "@billhook/billing/payment-code";
import { qrModules } from "@billhook/billing/qr-modules";
import { html } from "hono/html";
import type { InvoicePage } from "./invoice-page.ts";
import type { Markup } from "./page-shell.ts";

/** What people wrote, in whichever direction it reads. */
const text = (written: string): Markup => html`<p dir="auto">${written}</p>`;

/** What the law wants said, where to pay while anything is owed, and what the biller adds. */
export function renderClosing({ invoice, balanceMinor }: InvoicePage): Markup {
  const words = invoiceWords(invoice.locale);
  const legal = invoice.taxes.flatMap(({ note }) => (note === null ? [] : [note]));
  const notes = (invoice.notes ?? "").trim();
  return html`${legal.length === 0 ? "" : html`<div class="legal">${legal.map(text)}</div>`}
    <div class="closing">
      ${balanceMinor > 0 && invoice.mark === null ? renderPayment(invoice, words) : ""}
      ${
        notes === ""
          ? ""
          : html`<section>
              <h2>${words.notes}</h2>
              ${text(notes)}
            </section>`
      }
    </div>`;
}

/** The account, what else there is to say, and the code for a banking app on another screen than this one. */
function renderPayment(invoice: InvoiceDocument, words: InvoiceWords): Markup | string {
  const account = accountLines(invoice, words);
  const said = (invoice.biller.bankDetails ?? "").trim();
  const code = choosePaymentCode(invoice);
  if (account.length === 0 && said === "") return "";
  return html`<section class="payment">
      <h2>${words.payment}</h2>
      ${
        account.length === 0
          ? ""
          : html`<dl class="account">
              ${account.map(
                ([label, value]) =>
                  html`<dt>${label}</dt>
                    <dd dir="auto">${value}</dd>`,
              )}
            </dl>`
      }
      ${said === "" ? "" : text(said)}
    </section>
    ${code?.kind === "epc" ? renderCode(code.payload, words.scanToPay) : ""}`;
}

/** With the four modules of white around it that readers want (ISO/IEC 18004, 9.1). */
function renderCode(payload: string, label: string): Markup {
  const rows = qrModules(payload);
  const size = rows.length + 8;
  const runs = rows.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? "#" : " "))
        .join("")
        .matchAll(/#+/gu),
    ].map(({ index, 0: { length } }) => `M${index + 4} ${y + 4}h${length}v1h-${length}z`),
  );
  return html`<section class="code">
    <h2>${label}</h2>
    <svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges">
      <path fill="#fff" d="M0 0h${size}v${size}h-${size}z" />
      <path d="${runs.join("")}" />
    </svg>
  </section>`;
}
