/**
 * IP addresses and ranges in CIDR notation: IPv4 (RFC 4632) and IPv6 (RFC 4291, section 2.2), compared bit by bit. An
 * IPv4 address that arrives mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
 */

interface Address {
  bits: 32 | 128;
  value: bigint;
}

export interface AddressRange extends Address {
  prefix: number;
}

export function parseAddress(text: string): Address | null {
  const version4 = parseVersion4(text);
  if (version4 !== null) return { bits: 32, value: version4 };
  const version6 = parseVersion6(text);
  if (version6 === null) return null;
  return version6 >> 32n === 0xffffn ? { bits: 32, value: version6 & 0xffffffffn } : { bits: 128, value: version6 };
}

/** `192.0.2.0/24`, or a single address; null for anything else, also for a prefix that is longer than the address. */
export function parseAddressRange(text: string): AddressRange | null {
  const [address = "", prefix, ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === null || rest.length > 0) return null;
  if (prefix === undefined) return { ...parsed, prefix: parsed.bits };
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  // A range of mapped addresses counts its prefix in IPv6.
  const own = address.includes(":") && parsed.bits === 32 ? length - 96 : length;
  return own >= 0 && own <= parsed.bits ? { ...parsed, prefix: own } : null;
}

/** Is the address in one of the ranges? What cannot be read is in none. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  return ranges.some((text) => {
    const range = parseAddressRange(text);
    if (range === null || range.bits !== parsed.bits) return false;
    const rest = BigInt(range.bits - range.prefix);
    return parsed.value >> rest === range.value >> rest;
  });
}

function parseVersion4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    // No leading zeros: some read them as octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseVersion6(text: string): bigint | null {
  const [head = "", tail, ...rest] = text.split("::");
  if (rest.length > 0) return null;
  const groupsOf = (part: string): string[] | null => {
    if (part === "") return [];
    const groups = part.split(":");
    const last = groups.at(-1) ?? "";
    if (last.includes(".")) {
      const version4 = parseVersion4(last);
      if (version4 === null) return null;
      groups.splice(-1, 1, (version4 >> 16n).toString(16), (version4 & 0xffffn).toString(16));
    }
    return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups : null;
  };
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
