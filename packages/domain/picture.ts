export const pictureTypes = ["image/png", "image/jpeg"] as const;

export interface Picture {
  mediaType: (typeof pictureTypes)[number];
  /** In pixels. */
  width: number;
  height: number;
}

/** What a file says of itself: a PNG or a JPEG by its first bytes, never by its name. Null for anything else. */
export function readPicture(bytes: Uint8Array): Picture | null {
  return readPng(bytes) ?? readJpeg(bytes);
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The signature, and after it the header chunk (ISO/IEC 15948, 5.2 and 11.2.2). */
function readPng(bytes: Uint8Array): Picture | null {
  if (bytes.length < 33 || PNG.some((byte, at) => bytes[at] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(12) !== 0x49_48_44_52) return null;
  return { mediaType: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** Segment by segment up to the frame's header (ISO/IEC 10918-1, B.1 and B.2.2): baseline, extended or progressive. */
function readJpeg(bytes: Uint8Array): Picture | null {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xc2)
      return { mediaType: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else if (marker === 0xda || marker === 0xd9) return null;
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
