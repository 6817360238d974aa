import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInRanges, parseAddress, parseAddressRange } from "./address-range.ts";

const toText = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

describe("an address range", () => {
  it.each([
    ["192.0.2.7", "192.0.2.0/24", true],
    ["192.0.3.7", "192.0.2.0/24", false],
    ["192.0.2.64", "192.0.2.64/28", true],
    ["192.0.2.79", "192.0.2.64/28", true],
    ["192.0.2.80", "192.0.2.64/28", false],
    ["203.0.113.9", "0.0.0.0/0", true],
    ["203.0.113.9", "203.0.113.9", true],
    ["203.0.113.8", "203.0.113.9/32", false],
    ["2001:db8::1", "2001:db8::/32", true],
    ["2001:db8:0:0:0:0:0:1", "2001:db8::1/128", true],
    ["2001:DB8::A", "2001:db8::a", true],
    ["2001:db9::1", "2001:db8::/32", false],
    ["::ffff:192.0.2.7", "192.0.2.0/24", true],
    ["192.0.2.7", "::ffff:192.0.2.0/120", true],
    ["192.0.2.7", "::/0", false],
    ["2001:db8::1", "0.0.0.0/0", false],
    ["", "0.0.0.0/0", false],
  ])("%s in %s is %s", (address, range, expected) => {
    expect(isInRanges(address, [range])).toBe(expected);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/33",
    "1.2.3.4/-1",
    "1.2.3.4/",
    "1.2.3.4/8/8",
    "::1::",
    ":",
    "1:2",
    "g::",
    "::/129",
    "1::2:3:4:5:6:7:8",
  ])("that reads “%s” is none, and holds no address", (text) => {
    expect(parseAddressRange(text)).toBeNull();
    expect(isInRanges("192.0.2.1", [text])).toBe(false);
  });

  it("holds exactly the addresses that begin with its prefix", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }), (one, other, prefix) => {
        const isSame =
          one.toString(2).padStart(32, "0").slice(0, prefix) === other.toString(2).padStart(32, "0").slice(0, prefix);
        expect(isInRanges(toText(one), [`${toText(other)}/${prefix}`])).toBe(isSame);
      }),
    );
  });

  it("reads every way to write an IPv6 address as the same", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        fc.pre(!text.includes("."));
        const value = parseAddress(text);
        expect(value).not.toBeNull();
        if (value?.bits !== 128) return;
        const full = value.value
          .toString(16)
          .padStart(32, "0")
          .replace(/(.{4})(?=.)/g, "$1:");
        expect(parseAddress(full)).toEqual(value);
      }),
    );
  });
});
