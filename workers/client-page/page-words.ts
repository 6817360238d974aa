/** What a client's page says beside the words of the invoice itself, in the same languages. */
import { type InvoiceLanguage, invoiceLanguages } from "@billhook/billing/invoice-words";

export interface PageWords {
  pay: (amount: string) => string;
  /** Where the button leads, for those who wonder. */
  payWhere: string;
  downloadPdf: string;
  open: string;
  overdue: string;
  paid: string;
  /** By credit notes, without a payment. */
  settled: string;
  voidNote: string;
  testNote: string;
  /** What is left after payments and credit notes. */
  balance: string;
  /** Under the entries of a line whose time was rounded: what they add up to, and what the line bills. */
  rounded: (all: string, billed: string) => string;
  goneTitle: string;
  gone: string;
  busyTitle: string;
  busy: string;
}

const words: Record<InvoiceLanguage, PageWords> = {
  en: {
    pay: (amount) => `Pay ${amount}`,
    payWhere: "You pay on a page of Stripe’s.",
    downloadPdf: "Download PDF",
    open: "Open",
    overdue: "Overdue",
    paid: "Paid",
    settled: "Settled",
    voidNote: "This invoice is void. Nothing is owed on it.",
    testNote: "This is a test. Nothing is owed.",
    balance: "Balance due",
    rounded: (all, billed) => `${all} in all, billed as ${billed}`,
    goneTitle: "This page is not available",
    gone: "Its address may be incomplete, or it was withdrawn or has expired. Ask whoever sent you the invoice for a new one.",
    busyTitle: "Please try again in a moment",
    busy: "The invoice cannot be shown right now. There is nothing wrong with your link.",
  },
  de: {
    pay: (amount) => `${amount} bezahlen`,
    payWhere: "Bezahlt wird auf einer Seite von Stripe.",
    downloadPdf: "PDF herunterladen",
    open: "Offen",
    overdue: "Überfällig",
    paid: "Bezahlt",
    settled: "Ausgeglichen",
    voidNote: "Diese Rechnung ist storniert. Es ist nichts zu zahlen.",
    testNote: "Dies ist ein Test. Es ist nichts zu zahlen.",
    balance: "Offener Betrag",
    rounded: (all, billed) => `Insgesamt ${all}, berechnet ${billed}`,
    goneTitle: "Diese Seite ist nicht verfügbar",
    gone: "Die Adresse ist vielleicht unvollständig, oder sie wurde zurückgezogen oder ist abgelaufen. Bitten Sie den Absender der Rechnung um eine neue.",
    busyTitle: "Bitte versuchen Sie es gleich noch einmal",
    busy: "Die Rechnung kann im Moment nicht angezeigt werden. Ihr Link ist in Ordnung.",
  },
  fr: {
    pay: (amount) => `Payer ${amount}`,
    payWhere: "Le paiement se fait sur une page de Stripe.",
    downloadPdf: "Télécharger le PDF",
    open: "À payer",
    overdue: "En retard",
    paid: "Payée",
    settled: "Soldée",
    voidNote: "Cette facture est annulée. Rien n’est dû.",
    testNote: "Ceci est un essai. Rien n’est dû.",
    balance: "Reste à payer",
    rounded: (all, billed) => `Au total ${all}, facturé ${billed}`,
    goneTitle: "Cette page n’est pas disponible",
    gone: "L’adresse est peut-être incomplète, ou elle a été retirée ou a expiré. Demandez-en une nouvelle à la personne qui vous a envoyé la facture.",
    busyTitle: "Veuillez réessayer dans un instant",
    busy: "La facture ne peut pas être affichée pour le moment. Votre lien est correct.",
  },
  es: {
    pay: (amount) => `Pagar ${amount}`,
    payWhere: "El pago se hace en una página de Stripe.",
    downloadPdf: "Descargar PDF",
    open: "Pendiente",
    overdue: "Vencida",
    paid: "Pagada",
    settled: "Saldada",
    voidNote: "Esta factura está anulada. No se debe nada.",
    testNote: "Esto es una prueba. No se debe nada.",
    balance: "Saldo pendiente",
    rounded: (all, billed) => `En total ${all}, facturado ${billed}`,
    goneTitle: "Esta página no está disponible",
    gone: "Puede que la dirección esté incompleta, se haya retirado o haya caducado. Pida una nueva a quien le envió la factura.",
    busyTitle: "Inténtelo de nuevo en un momento",
    busy: "La factura no se puede mostrar ahora. Su enlace es correcto.",
  },
  pl: {
    pay: (amount) => `Zapłać ${amount}`,
    payWhere: "Płatność odbywa się na stronie Stripe.",
    downloadPdf: "Pobierz PDF",
    open: "Do zapłaty",
    overdue: "Po terminie",
    paid: "Zapłacona",
    settled: "Rozliczona",
    voidNote: "Ta faktura została anulowana. Nie trzeba nic płacić.",
    testNote: "To jest test. Nie trzeba nic płacić.",
    balance: "Pozostało do zapłaty",
    rounded: (all, billed) => `Łącznie ${all}, naliczono ${billed}`,
    goneTitle: "Ta strona jest niedostępna",
    gone: "Adres może być niepełny, został wycofany albo stracił ważność. Poproś osobę, która przesłała fakturę, o nowy.",
    busyTitle: "Spróbuj ponownie za chwilę",
    busy: "Faktury nie można teraz wyświetlić. Link jest prawidłowy.",
  },
  ja: {
    pay: (amount) => `${amount}を支払う`,
    payWhere: "お支払いはStripeのページで行います。",
    downloadPdf: "PDFをダウンロード",
    open: "未払い",
    overdue: "支払期限超過",
    paid: "支払い済み",
    settled: "精算済み",
    voidNote: "この請求書は無効です。お支払いは不要です。",
    testNote: "これはテストです。お支払いは不要です。",
    balance: "未払残高",
    rounded: (all, billed) => `合計 ${all}、請求 ${billed}`,
    goneTitle: "このページは表示できません",
    gone: "アドレスが不完全か、取り消されたか、有効期限が切れています。請求書の送り主に新しいアドレスをお尋ねください。",
    busyTitle: "しばらくしてからもう一度お試しください",
    busy: "現在、請求書を表示できません。リンクに問題はありません。",
  },
};

export const pageWords = (language: InvoiceLanguage): PageWords => words[language];

/** The first of a browser's languages that there are words in (Accept-Language, RFC 9110, 12.5.4); else English. */
export function preferredLanguage(acceptLanguage: string | null): InvoiceLanguage {
  const wanted = (acceptLanguage ?? "")
    .slice(0, 200)
    .split(",")
    .map((range) => {
      const [tag = "", weight] = range.trim().toLowerCase().split(";q=");
      return { language: tag.split("-")[0], weight: weight === undefined ? 1 : Number(weight) || 0 };
    })
    .toSorted((a, b) => b.weight - a.weight);
  for (const { language, weight } of wanted) {
    const found = invoiceLanguages.find((known) => known === language);
    if (found !== undefined && weight > 0) return found;
  }
  return "en";
}
