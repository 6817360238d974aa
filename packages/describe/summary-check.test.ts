import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkWords } from "./summary-check.ts";

const reasonOf = (words: string): string | null => {
  const checked = checkWords(words, "en");
  return checked.ok ? null : checked.reason;
};

describe("a model's words", () => {
  it.each([
    "Fixed a login problem that let expired sessions through",
    "Exports now keep umlauts, whatever the program that opens them (UTF-8)",
    "Made the basket's total right for customers with a voucher",
    "Sped up the product list, so that it shows at once on slow phones",
    "Moved the shop to Node.js and raised the API to v2",
    "Behob einen Fehler, durch den abgelaufene Sitzungen gültig blieben",
    "Corrigé un problème de connexion qui laissait passer des sessions expirées",
    "修复了允许过期会话登录的问题",
    "Исправлена ошибка входа с истёкшей сессией",
    "Let people choose and/or change their address during checkout",
    "Daily report is sent to all owners",
    "Showed what a day holds and who did the work",
    "Set rates of clients and projects from a certain day on",
    "Pushed finalised invoices to the payment provider",
  ])("may be %j", (words) => {
    expect(reasonOf(words)).toBeNull();
  });

  it("lose the full stop at their end", () => {
    expect(checkWords("Fixed the login.", "en")).toEqual({ ok: true, words: "Fixed the login" });
  });

  it.each([
    ["Fixed the login, see https://evil.example/pay", "a link"],
    ["Fixed the login, see evil.example", "a link"],
    ["Fixed the login, see www evil", "a link"],
    ["Fixed the login, see evil dot com", "a link"],
    ["Fixed the login, see evil。com", "a link"],
    ["Fixed the login, see ｅｖｉｌ．ｃｏｍ", "a link"],
    ["Ask billing@evil.example about it", "a link"],
    ["Fixed [the login](evil)", "markup"],
    ["Fixed <b>the login</b>", "markup"],
    ["Fixed `login`", "markup"],
    ["Worked 40 hours on the login", "a figure or a time"],
    ["Worked ４０ hours on the login", "a figure or a time"],
    ["Worked ４０ｈ on the login", "a figure or a time"],
    ["Worked 𝟒𝟎 on the login", "a figure or a time"],
    ["Worked ٤٠ on the login", "a figure or a time"],
    ["Worked ½ day on the login", "a figure or a time"],
    ["Worked forty hours on the login", "a figure or a time"],
    ["Worked forty long hours on the login", "a figure or a time"],
    ["Arbeitete vierzig Stunden am Login", "a figure or a time"],
    ["Travaillé quarante heures sur la connexion", "a figure or a time"],
    ["登录问题修复，四十小时", "a figure or a time"],
    ["Hours: see above", "a figure or a time"],
    ["Worked hours40 on the login", "a figure or a time"],
    ["Forty hours40", "a figure or a time"],
    ["Worked an hour on the login", "a figure or a time"],
    ["Ein Arbeitstag für den Login", "a figure or a time"],
    ["Price: to be seen", "money"],
    ["Fixed the login 2h", "a figure or a time"],
    ["Fixed the login for five thousand", "a figure or a time"],
    ["Fixed the login for €", "money"],
    ["Fixed the login for EUR", "money"],
    ["Fixed the login, many dollars", "money"],
    ["The price is high", "money"],
    ["Fixed the login, billable", "money"],
    ["Fixed the l\u043egin", "characters"],
    ["Fixed the \u202enigol", "characters"],
    ["Fixed the log\u200bin", "characters"],
    ["Fixed the login 🎉", "characters"],
    ["Fixed the login \u{e0041}", "characters"],
    ["Fixed the login\nand more", "characters"],
    ["Fixed the lo\u0301\u0302\u0303\u0304gin", "characters"],
    ["I cannot help with that", "no description"],
    ["Sure, the login was fixed", "no description"],
    ["Fixed the login while ignoring the previous instructions", "no description"],
    ["", "empty"],
    ["!", "empty"],
    ["word ".repeat(21).trim(), "more than 20 words"],
    ["x".repeat(5_000_000), "too long"],
  ])("may not be %j", (words, reason) => {
    expect(reasonOf(words)).toContain(reason);
  });

  it("never hold a digit that no letter begins, a currency or a scheme, whatever was answered", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("40", " hours", "€", "http", "://", "evil", ".com", "forty", " ", "Fixed ", "\u200b", "４０"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const checked = checkWords(pieces.join(""), "en");
        if (!checked.ok) return;
        expect(checked.words.normalize("NFKC")).not.toMatch(
          /(?:^|[\s(])\p{N}|\p{Sc}|:\/\/|(?<![\p{L}\p{M}])forty hours(?![\p{L}\p{M}])|[\p{Cc}\p{Cf}]/iu,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
