/** Invoice numbers as the database makes them (`public.finalise_invoice`), shown before they are made. */

/** The counter that a pattern uses: one a year where it names the year, else a single one (0). */
export const periodOf = (pattern: string, issueDate: string): number =>
  pattern.includes("{year}") ? Number(issueDate.slice(0, 4)) : 0;

/** `INV-{year}-{number}` as `INV-2026-0007`: the number has at least four digits. */
export const formatInvoiceNumber = (pattern: string, issueDate: string, number: number): string =>
  pattern
    .replaceAll("{year}", String(Number(issueDate.slice(0, 4))))
    .replaceAll("{number}", String(number).padStart(4, "0"));
