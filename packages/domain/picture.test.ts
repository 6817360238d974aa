import fc from "fast-check";
import { expect, test } from "vitest";
import { readPicture } from "./picture.ts";

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
const png = "89504e470d0a1a0a0000000d49484452000001e0000000a00806000000ffffffff";
const jpeg = "ffd8ffe000104a46494600010100000100010000ffc000110800a001e003012200021101031101ffda";

test("a PNG and a JPEG tell their kind and size", () => {
  expect(readPicture(bytesOf(png))).toEqual({ mediaType: "image/png", width: 480, height: 160 });
  expect(readPicture(bytesOf(jpeg))).toEqual({ mediaType: "image/jpeg", width: 480, height: 160 });
});

test("anything else is no picture, and a torn one neither", () => {
  for (const text of ["<svg/>", "GIF89a", "%PDF-1.7", ""]) {
    expect(readPicture(new TextEncoder().encode(text.padEnd(64)))).toBeNull();
  }
  for (let length = 0; length < png.length - 2; length += 2)
    expect(readPicture(bytesOf(png.slice(0, length)))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      const read = readPicture(Uint8Array.from([0xff, 0xd8, 0xff, ...rest]));
      return read === null || read.mediaType === "image/jpeg";
    }),
  );
});
