/** The Swiss QR-bill (SIX, Swiss Implementation Guidelines QR-bill, version 2.3): what its code says and its parts show. */
import { creditorReference, isQrIban, isSwissIban, qrReference } from "@billhook/domain/iban";
import { type PostalAddress, readPostalAddress } from "@billhook/domain/postal-address";
import type { InvoiceDocument } from "./invoice-document.ts";

interface BillParty extends PostalAddress {
  name: string;
}

export interface SwissBill {
  iban: string;
  creditor: BillParty;
  /** Null where the address can't be told apart: whoever pays at a counter writes it. */
  debtor: BillParty | null;
  /** `1949.75` */
  amount: string;
  currency: "CHF" | "EUR";
  reference: { type: "QRR" | "SCOR"; value: string } | { type: "NON"; value: "" };
  /** For the payer. */
  message: string;
}

/** The most that an amount can be, in hundredths. */
const MOST = 99_999_999_999;

/** Null where the money, the account or the biller's address do not allow a QR-bill. */
export function swissBill(invoice: InvoiceDocument): SwissBill | null {
  const { biller, client, currency, dueMinor } = invoice;
  const { iban, holder } = biller.account;
  if (iban === null || !isSwissIban(iban) || dueMinor < 1 || dueMinor > MOST) return null;
  if (currency !== "CHF" && currency !== "EUR") return null;
  const creditor = partyOf(holder ?? biller.name, biller.address, biller.country ?? iban.slice(0, 2));
  const reference = referenceOf(iban, invoice.number ?? "");
  if (creditor === null || reference === null) return null;
  return {
    iban,
    creditor,
    debtor: partyOf(client.name, client.address, client.country),
    amount: `${Math.floor(dueMinor / 100)}.${String(dueMinor % 100).padStart(2, "0")}`,
    currency,
    reference,
    message: writable(invoice.number ?? "", 140),
  };
}

/** What the code says: 4.2.2, addresses of type S, elements separated by line feeds. */
export function swissPayload(bill: SwissBill): string {
  const party = (of: BillParty | null): string[] =>
    of === null
      ? ["", "", "", "", "", "", ""]
      : // The number may stand with the street.
        ["S", of.name, of.street, "", of.postalCode, of.town, of.country];
  return [
    "SPC",
    "0200",
    "1",
    bill.iban,
    ...party(bill.creditor),
    // The ultimate creditor is for future use.
    ...party(null),
    bill.amount,
    bill.currency,
    ...party(bill.debtor),
    bill.reference.type,
    bill.reference.value,
    bill.message,
    "EPD",
  ].join("\n");
}

/** A QR-IBAN takes a QR reference and nothing else; any other IBAN a creditor reference, or none (4.2.2). */
function referenceOf(iban: string, number: string): SwissBill["reference"] | null {
  if (isQrIban(iban)) {
    const value = qrReference(number === "" ? "1" : number);
    return value === null ? null : { type: "QRR", value };
  }
  const value = creditorReference(number);
  return value === null ? { type: "NON", value: "" } : { type: "SCOR", value };
}

function partyOf(name: string, address: string | null, country: string | null): BillParty | null {
  const read = readPostalAddress(address, country);
  if (read === null) return null;
  const party = {
    name: writable(name, 70),
    street: writable(read.street, 70),
    postalCode: writable(read.postalCode, 16),
    town: writable(read.town, 35),
    country: read.country,
  };
  return party.name === "" || party.postalCode === "" || party.town === "" ? null : party;
}

/** In the characters that a QR-bill knows (4.1.1): Latin letters; accents it does not know are taken off. */
function writable(text: string, length: number): string {
  const known = /[\u0020-\u007e\u00a0-\u017fȘșȚț€]/u;
  const characters = Array.from(text.normalize("NFC").replaceAll(/\s+/gu, " ")).map((character) =>
    known.test(character)
      ? character
      : Array.from(character.normalize("NFKD"))
          .filter((part) => known.test(part))
          .join(""),
  );
  return characters.join("").trim().slice(0, length).trim();
}
