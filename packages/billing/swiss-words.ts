/** What the parts of a QR-bill are called (Swiss Implementation Guidelines QR-bill, Annex D): other languages have none. */
export interface SwissWords {
  paymentPart: string;
  receipt: string;
  account: string;
  payableBy: string;
  /** Above the box where the payer writes. */
  payableByBlank: string;
  reference: string;
  additionalInformation: string;
  currency: string;
  amount: string;
  acceptancePoint: string;
  separate: string;
}

const words: Readonly<Record<string, SwissWords>> = {
  de: {
    paymentPart: "Zahlteil",
    receipt: "Empfangsschein",
    account: "Konto / Zahlbar an",
    payableBy: "Zahlbar durch",
    payableByBlank: "Zahlbar durch (Name/Adresse)",
    reference: "Referenz",
    additionalInformation: "Zusätzliche Informationen",
    currency: "Währung",
    amount: "Betrag",
    acceptancePoint: "Annahmestelle",
    separate: "Vor der Einzahlung abzutrennen",
  },
  fr: {
    paymentPart: "Section paiement",
    receipt: "Récépissé",
    account: "Compte / Payable à",
    payableBy: "Payable par",
    payableByBlank: "Payable par (nom/adresse)",
    reference: "Référence",
    additionalInformation: "Informations supplémentaires",
    currency: "Monnaie",
    amount: "Montant",
    acceptancePoint: "Point de dépôt",
    separate: "A détacher avant le versement",
  },
  it: {
    paymentPart: "Sezione pagamento",
    receipt: "Ricevuta",
    account: "Conto / Pagabile a",
    payableBy: "Pagabile da",
    payableByBlank: "Pagabile da (nome/indirizzo)",
    reference: "Riferimento",
    additionalInformation: "Informazioni supplementari",
    currency: "Valuta",
    amount: "Importo",
    acceptancePoint: "Punto di accettazione",
    separate: "Da staccare prima del versamento",
  },
};

const english: SwissWords = {
  paymentPart: "Payment part",
  receipt: "Receipt",
  account: "Account / Payable to",
  payableBy: "Payable by",
  payableByBlank: "Payable by (name/address)",
  reference: "Reference",
  additionalInformation: "Additional information",
  currency: "Currency",
  amount: "Amount",
  acceptancePoint: "Acceptance point",
  separate: "Separate before paying in",
};

/** The words for a locale (BCP 47), English for languages that the guidelines do not have. */
export const swissWords = (locale: string): SwissWords => words[locale.split("-")[0] ?? ""] ?? english;
