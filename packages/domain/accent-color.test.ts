import fc from "fast-check";
import { expect, test } from "vitest";
import { contrastWithWhite, isLegible, legibleShade, legibleTint } from "./accent-color.ts";

test("contrast is that of black and of white at its ends", () => {
  expect(contrastWithWhite("#000000")).toBeCloseTo(21);
  expect(contrastWithWhite("#ffffff")).toBeCloseTo(1);
});

test("a colour is kept where it can be read, and darkened where it can't", () => {
  expect(legibleShade("#1f5f5b")).toBe("#1f5f5b");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      const color = `#${value.toString(16).padStart(6, "0")}`;
      const shade = legibleShade(color);
      return isLegible(shade) && (shade === color) === isLegible(color);
    }),
  );
});

test("on the dark a colour is kept where it can be read, and lightened where it can't", () => {
  expect(legibleTint("#ffd400")).toBe("#ffd400");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      const tint = legibleTint(`#${value.toString(16).padStart(6, "0")}`);
      // Of two contrasts with white, the quotient is the contrast of the two colours (WCAG 2.2, contrast ratio).
      return contrastWithWhite("#181b1c") / contrastWithWhite(tint) > 5;
    }),
  );
});
