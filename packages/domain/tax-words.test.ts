import { expect, test } from "vitest";
import { englishTaxWords, taxInWords } from "./tax-words.ts";

const reverse = {
  name: "Reverse charge",
  category: "reverse_charge",
  percent: 0,
  note: englishTaxWords.notes.reverse_charge,
};
const vat = { name: "VAT", category: "standard", percent: 7.7, note: null };

test.each([
  ["en-GB", "VAT 7.7%"],
  ["de-AT", "USt. 7,7 %"],
  ["de-CH", "MWST 7.7%"],
  ["fr", "TVA 7,7 %"],
  ["es", "IVA 7,7 %"],
  ["pl", "VAT 7,7%"],
  ["pt", "VAT 7,7%"],
])("the proposed name of a tax is in the language of %s", (locale, label) => {
  expect(taxInWords(vat, locale).label.replaceAll(/\s/gu, " ")).toBe(label);
});

test("the proposed reason is too", () => {
  expect(taxInWords(reverse, "en").note).toBe(reverse.note);
  expect(taxInWords(reverse, "de")).toEqual({
    label: "Steuerschuldnerschaft des Leistungsempfängers",
    note: "Steuerschuldnerschaft des Leistungsempfängers (Art. 196 der Richtlinie 2006/112/EG).",
  });
  expect(taxInWords(reverse, "ja").note).toContain("リバースチャージ");
});

test("what somebody wrote stays as it is", () => {
  const own = { name: "GST and QST 14.975%", category: "standard", percent: 14.975, note: "By law." };
  expect(taxInWords(own, "fr")).toEqual({ label: "GST and QST 14.975%", note: "By law." });
});
