import { expect, it } from "vitest";
import { ownCurrency } from "./own-currency.ts";

it.each([
  ["de-AT", "EUR"],
  ["de-CH", "CHF"],
  ["en-GB", "GBP"],
  ["pl", "PLN"],
  ["ja", "JPY"],
  ["en-US", "USD"],
  ["is-IS", "EUR"],
  ["", "EUR"],
  ["not a language", "EUR"],
])("a browser in %j bills in %s", (language, currency) => {
  expect(ownCurrency(language)).toBe(currency);
});
