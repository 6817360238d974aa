/** Values put into a phrase are set already: numbers, dates and amounts in the client's formats. */
export interface InvoiceWords {
  /** ISO 639-1, of the words themselves. */
  language: string;
  invoice: string;
  /** What takes something off an invoice: in Germany not a "Gutschrift", which is an invoice by the customer (§ 14 UStG). */
  creditNote: string;
  draft: string;
  draftInvoice: string;
  void: string;
  /** Of an invoice that was made for practice. */
  test: string;
  billedTo: string;
  issued: string;
  due: string;
  /** Before the number of the invoice that a credit note corrects. */
  corrects: string;
  amountDue: string;
  amountCredited: string;
  /** Before an identification number for value added tax, and before any other number of a taxpayer. */
  vatId: string;
  taxId: string;
  date: string;
  description: string;
  time: string;
  rate: string;
  /** In the place of time and rate where lines without time are among them. */
  quantity: string;
  price: string;
  amount: string;
  /** The sum of the lines, where a discount is taken off it. */
  lines: string;
  discount: string;
  /** Without tax. */
  subtotal: string;
  /** `VAT 19% on €100.00` */
  taxOn: (tax: string, amount: string) => string;
  total: string;
  paidOn: (date: string) => string;
  refundedOn: (date: string) => string;
  credited: string;
  payment: string;
  accountHolder: string;
  bank: string;
  /** What the payer writes, so that the money finds its invoice. */
  reference: string;
  scanToPay: string;
  notes: string;
  page: (page: number, pages: number) => string;
  /** The appendix: what was done for each line. */
  evidence: string;
  /** Before what a line bills, where its entries do not add up to it. */
  rounded: string;
  /** After a list that was cut short. */
  andMore: (count: string) => string;
}
