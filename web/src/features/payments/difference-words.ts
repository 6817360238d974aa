import type { Database } from "@billhook/database/types.generated";

export type Difference = Database["public"]["Tables"]["stripe_differences"]["Row"] & {
  invoices: { number: string | null } | null;
};

/** `12300 EUR`, as the comparison keeps it. */
function readAmount(text: string | null, money: (minor: number, currency: string) => string): string {
  const [, minor, currency] = /^(-?\d+) ([A-Z]{3})$/u.exec(text ?? "") ?? [];
  return minor === undefined || currency === undefined ? (text ?? "nothing") : money(Number(minor), currency);
}

const states: Record<string, string> = {
  draft: "a draft",
  open: "open",
  paid: "paid",
  void: "void",
  uncollectible: "written off",
};
const stateOf = (text: string | null): string => states[text ?? ""] ?? text ?? "unknown";

/** A difference between an invoice here and at Stripe, and what can be done about it. */
export function wordsOf(
  { kind, ours, theirs }: Pick<Difference, "kind" | "ours" | "theirs">,
  money: (minor: number, currency: string) => string,
): { what: string; advice: string } {
  switch (kind) {
    case "status":
      return {
        what: `${stateOf(ours)} here, ${stateOf(theirs)} at Stripe.`,
        advice:
          ours === "void" || ours === "uncollectible" || ours === "paid"
            ? "The client may still pay it there. Do the same at Stripe as here."
            : "Open it at Stripe and see what happened to it.",
      };
    case "total":
      return {
        what: `${readAmount(ours, money)} here, ${readAmount(theirs, money)} at Stripe.`,
        advice: "Somebody changed it at Stripe. Void it and bill its work again.",
      };
    case "amount_paid":
      return {
        what: `${readAmount(ours, money)} paid here, ${readAmount(theirs, money)} at Stripe.`,
        advice: "Look at its payments at Stripe, and book or take back what is missing here.",
      };
    case "number":
      return {
        what: `its number is ${theirs === "" ? "none" : (theirs ?? "none")} at Stripe.`,
        advice: "The client sees the number of Stripe's. Give it the number it has here.",
      };
    case "customer":
      return {
        what: `it is ${theirs === "" ? "nobody's" : (theirs ?? "nobody's")} at Stripe, and ${ours ?? "nobody's"} here.`,
        advice: "Choose the right customer on the client's page; the next invoice goes there.",
      };
    case "missing_there":
      return {
        what: "Stripe does not have it any more.",
        advice: "It was deleted there. Send the PDF instead, or void it and bill its work again.",
      };
    default:
      return {
        what: `only at Stripe: ${theirs ?? "an invoice"}.`,
        advice: "It carries Billhook's mark and is not here. Void it at Stripe where the client should not pay it.",
      };
  }
}
