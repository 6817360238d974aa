/** Words that Billhook proposes for a tax, and the same in the other languages of invoices. */
import type { TaxCategory } from "./invoice-totals.ts";

interface TaxWords {
  /** The name of a tax with a rate. */
  vat: string;
  /** Its name and note, by category, where nothing is charged. */
  names: Record<Exclude<TaxCategory, "standard">, string>;
  notes: Record<Exclude<TaxCategory, "standard" | "zero">, string>;
}

export const englishTaxWords: TaxWords = {
  vat: "VAT",
  names: {
    zero: "Charged at 0%",
    exempt: "Exempt",
    reverse_charge: "Reverse charge",
    small_business: "Small business",
    outside_scope: "Outside the scope of VAT",
  },
  notes: {
    exempt: "Exempt from VAT.",
    reverse_charge: "Reverse charge: VAT is accounted for by the recipient (Article 196, Directive 2006/112/EC).",
    small_business: "No VAT is charged: exemption for small enterprises (Article 284, Directive 2006/112/EC).",
    outside_scope: "Not subject to VAT.",
  },
};

const translations: Readonly<Record<string, TaxWords>> = {
  de: {
    vat: "USt.",
    names: {
      zero: "Steuersatz 0 %",
      exempt: "Steuerfrei",
      reverse_charge: "Steuerschuldnerschaft des Leistungsempfängers",
      small_business: "Kleinunternehmer",
      outside_scope: "Nicht steuerbar",
    },
    notes: {
      exempt: "Umsatzsteuerfrei.",
      reverse_charge: "Steuerschuldnerschaft des Leistungsempfängers (Art. 196 der Richtlinie 2006/112/EG).",
      small_business:
        "Es wird keine Umsatzsteuer berechnet: Steuerbefreiung für Kleinunternehmer (Art. 284 der Richtlinie 2006/112/EG).",
      outside_scope: "Nicht umsatzsteuerbar.",
    },
  },
  fr: {
    vat: "TVA",
    names: {
      zero: "Taux 0 %",
      exempt: "Exonéré",
      reverse_charge: "Autoliquidation",
      small_business: "Franchise en base",
      outside_scope: "Hors champ de la TVA",
    },
    notes: {
      exempt: "Exonéré de TVA.",
      reverse_charge: "Autoliquidation : TVA due par le preneur (article 196 de la directive 2006/112/CE).",
      small_business:
        "TVA non applicable : franchise des petites entreprises (article 284 de la directive 2006/112/CE).",
      outside_scope: "Hors du champ d’application de la TVA.",
    },
  },
  es: {
    vat: "IVA",
    names: {
      zero: "Tipo 0 %",
      exempt: "Exento",
      reverse_charge: "Inversión del sujeto pasivo",
      small_business: "Franquicia de pequeñas empresas",
      outside_scope: "No sujeto a IVA",
    },
    notes: {
      exempt: "Exento de IVA.",
      reverse_charge:
        "Inversión del sujeto pasivo: el destinatario es el deudor del IVA (artículo 196 de la Directiva 2006/112/CE).",
      small_business:
        "No se repercute IVA: franquicia de las pequeñas empresas (artículo 284 de la Directiva 2006/112/CE).",
      outside_scope: "No sujeto a IVA.",
    },
  },
  pl: {
    vat: "VAT",
    names: {
      zero: "Stawka 0%",
      exempt: "Zwolnione z VAT",
      reverse_charge: "Odwrotne obciążenie",
      small_business: "Zwolnienie podmiotowe",
      outside_scope: "Nie podlega VAT",
    },
    notes: {
      exempt: "Zwolnione z VAT.",
      reverse_charge: "Odwrotne obciążenie: VAT rozlicza nabywca (art. 196 dyrektywy 2006/112/WE).",
      small_business: "Nie nalicza się VAT: zwolnienie małych przedsiębiorstw (art. 284 dyrektywy 2006/112/WE).",
      outside_scope: "Nie podlega VAT.",
    },
  },
  ja: {
    vat: "VAT",
    names: {
      zero: "税率 0%",
      exempt: "非課税",
      reverse_charge: "リバースチャージ",
      small_business: "小規模事業者",
      outside_scope: "不課税",
    },
    notes: {
      exempt: "付加価値税(VAT)は非課税です。",
      reverse_charge: "リバースチャージ:付加価値税(VAT)は受領者が申告・納付します(指令 2006/112/EC 第196条)。",
      small_business: "付加価値税(VAT)は請求しません:小規模事業者の免税(指令 2006/112/EC 第284条)。",
      outside_scope: "付加価値税(VAT)の課税対象外です。",
    },
  },
};

/** Switzerland's tax has a German name of its own. */
const vatOf = (locale: string, words: TaxWords): string => (/^de-(?:CH|LI)$/u.test(locale) ? "MWST" : words.vat);

interface Tax {
  name: string;
  category: string;
  percent: number;
  note: string | null;
}

/**
 * A tax's name with its rate, `VAT 19%`, and its note, as an invoice in the locale's language shows them: what Billhook
 * proposed in that language, what somebody wrote instead as it is.
 */
export function taxInWords(tax: Tax, locale: string): { label: string; note: string | null } {
  const words = translations[locale.split("-")[0] ?? ""] ?? englishTaxWords;
  const names: Record<string, string | undefined> = words.names;
  const notes: Record<string, string | undefined> = words.notes;
  const proposed: Record<string, string | undefined> =
    tax.category === "standard" ? { standard: englishTaxWords.vat } : englishTaxWords.names;
  const proposedNotes: Record<string, string | undefined> = englishTaxWords.notes;
  const own = tax.category === "standard" ? vatOf(locale, words) : names[tax.category];
  const name = tax.name === proposed[tax.category] ? (own ?? tax.name) : tax.name;
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 3 });
  return {
    label: tax.category === "standard" && !name.includes("%") ? `${name} ${percent.format(tax.percent / 100)}` : name,
    note: tax.note !== null && tax.note === proposedNotes[tax.category] ? (notes[tax.category] ?? tax.note) : tax.note,
  };
}
