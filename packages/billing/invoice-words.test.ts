import { describe, expect, test } from "vitest";
import { invoiceLanguage, invoiceLanguages, invoiceWords } from "./invoice-words.ts";

describe("the words of an invoice", () => {
  test("are those of the client's language, and English for a language without words", () => {
    expect(invoiceLanguage("de-AT")).toBe("de");
    expect(invoiceLanguage("pl")).toBe("pl");
    expect(invoiceLanguage("ja-JP")).toBe("ja");
    expect(invoiceLanguage("pt-BR")).toBe("en");
    expect(invoiceLanguage("")).toBe("en");
    expect(invoiceWords("fr-CA").creditNote).toBe("Avoir");
    // In German law a "Gutschrift" is an invoice that the customer writes (§ 14 Abs. 2 UStG).
    expect(invoiceWords("de").creditNote).toBe("Rechnungskorrektur");
  });

  test.each(invoiceLanguages)("in %s are all there, and phrases say what is put into them", (language) => {
    const words = invoiceWords(language);
    expect(words.language).toBe(language);
    for (const [name, word] of Object.entries(words)) {
      if (typeof word === "string") expect(word.trim(), name).not.toBe("");
      else expect((word as (...values: string[]) => string)("<1>", "<2>"), name).toContain("<1>");
    }
    expect(words.page(2, 3)).toMatch(/2\D+3/u);
    expect(words.taxOn("VAT", "€5")).toMatch(/VAT.*€5/u);
  });
});
