import { expect, it } from "vitest";
import { wordsOf } from "./difference-words.ts";

const money = (minor: number, currency: string): string => `${minor / 100} ${currency}`;
const what = (kind: string, ours: string | null, theirs: string | null): string =>
  wordsOf({ kind, ours, theirs }, money).what;

it.each([
  ["status", "paid", "open", "paid here, open at Stripe."],
  ["status", "open", "draft", "open here, a draft at Stripe."],
  ["total", "12300 EUR", "12400 EUR", "123 EUR here, 124 EUR at Stripe."],
  ["amount_paid", "0 EUR", "100 EUR", "0 EUR paid here, 1 EUR at Stripe."],
  ["number", "INV-1", "", "its number is none at Stripe."],
  ["customer", "cus_1", "cus_2", "it is cus_2 at Stripe, and cus_1 here."],
  ["missing_there", "INV-1", null, "Stripe does not have it any more."],
  ["missing_here", null, "INV-9, open", "only at Stripe: INV-9, open."],
])("a difference in %s is said in words (%#)", (kind, ours, theirs, words) => {
  expect(what(kind, ours, theirs)).toBe(words);
});
