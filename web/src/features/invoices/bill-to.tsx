import { type Recipient, recipientOf } from "@billhook/database/invoices";
import { Link } from "@tanstack/react-router";
import type { Client } from "../../data/workspace.tsx";
import type { InvoiceRow } from "./invoice-state.ts";

/** The client as the invoice names it: fixed at finalisation, as it is now before that. */
export function BillTo({ invoice, client }: { invoice: InvoiceRow; client: Client | undefined }) {
  const recipient: Recipient | Client | undefined =
    invoice.recipient === null ? client : recipientOf(invoice.recipient);
  if (recipient === undefined) return <p>{invoice.client_name}</p>;
  return (
    <address className="flex flex-col not-italic">
      <span className="font-medium">{recipient.name}</span>
      {recipient.contact_name !== null && <span>{recipient.contact_name}</span>}
      {recipient.address === null ? (
        <span className="text-warn">No address</span>
      ) : (
        <span className="whitespace-pre-line">{recipient.address}</span>
      )}
      {recipient.tax_id !== null && <span className="text-muted">{recipient.tax_id}</span>}
      {recipient.email === null ? (
        <span className="text-warn">No e-mail address: Stripe cannot send it</span>
      ) : (
        <span className="break-all text-muted">{recipient.email}</span>
      )}
      {invoice.status === "draft" && (
        <Link
          to="/clients/$clientId"
          params={{ clientId: invoice.client_id }}
          className="mt-1 self-start text-accent-strong underline-offset-2 hover:underline"
        >
          Edit the client
        </Link>
      )}
    </address>
  );
}
