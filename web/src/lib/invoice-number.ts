/** Invoice numbers as the database makes them (`public.finalise_invoice`), shown before they are made. */

/** The counter that a pattern uses: one a year where it names the year, else a single one (0). */
export const periodOf = (pattern: string, issueDate: string): number =>
  pattern.includes("{year}") ? Number(issueDate.slice(0, 4)) : 0;

/** What `{client}` stands for: the client's own code, else the beginning of its name. */
export const clientCode = (client: { name: string; number_code: string | null }): string =>
  client.number_code ??
  (client.name
    .replaceAll(/[^A-Za-z0-9]/gu, "")
    .slice(0, 6)
    .toUpperCase() ||
    "CLIENT");

/** `INV-{year}-{number}` as `INV-2026-0007`: the number has at least four digits. */
export const formatInvoiceNumber = (pattern: string, issueDate: string, number: number, client = "CLIENT"): string =>
  pattern
    .replaceAll("{year}", String(Number(issueDate.slice(0, 4))))
    .replaceAll("{month}", issueDate.slice(5, 7))
    .replaceAll("{client}", client)
    .replaceAll("{number}", String(number).padStart(4, "0"));
