import { expect, test } from "vitest";
import { readPostalAddress } from "./postal-address.ts";

test.each([
  ["Musterweg 7\n8001 Zürich", "CH", { street: "Musterweg 7", postalCode: "8001", town: "Zürich" }],
  [
    "3. Stock\nMusterweg 7\nCH-8001 Zürich\nSchweiz",
    "CH",
    { street: "Musterweg 7", postalCode: "8001", town: "Zürich" },
  ],
  ["5, rue de l’Exemple, 75008 Paris", "FR", { street: "5, rue de l’Exemple", postalCode: "75008", town: "Paris" }],
  ["ul. Przykładowa 1\n00-950 Warszawa", "PL", { street: "ul. Przykładowa 1", postalCode: "00-950", town: "Warszawa" }],
  ["9490 Vaduz", "LI", { street: "", postalCode: "9490", town: "Vaduz" }],
])("an address is told apart where its postal code and town stand on a line: %j", (text, country, parts) => {
  expect(readPostalAddress(text, country)).toEqual({ ...parts, country });
});

test.each([
  ["14 Quay Street\nBristol BS1 4QA", "GB"],
  ["Musterweg 7\n8001 Zürich", null],
  ["", "CH"],
  [null, "CH"],
])("and left whole where they don't: %j", (text, country) => {
  expect(readPostalAddress(text, country)).toBeNull();
});
