import encodeQR from "qr";
import type { CanvasElement } from "pdfmake/interfaces";

/** The dark modules of a QR code (ISO/IEC 18004) with error correction of level M, row by row, without a margin. */
export const qrModules = (payload: string): boolean[][] =>
  encodeQR(payload, "raw", { ecc: "medium", encoding: "byte", border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));

/** The code as vectors, `size` points wide: the neighbours of a row are one rectangle, so that no seams show. */
export function drawQr(payload: string, size: number, at: { x: number; y: number }): CanvasElement[] {
  const rows = qrModules(payload);
  const module = size / rows.length;
  const drawn: CanvasElement[] = [];
  for (const [nth, row] of rows.entries()) {
    for (let from = 0; from < row.length; from += 1) {
      if (row[from] !== true) continue;
      let until = from;
      while (row[until] === true) until += 1;
      drawn.push({
        type: "rect",
        x: at.x + from * module,
        y: at.y + nth * module,
        w: (until - from) * module,
        h: module,
        lineWidth: 0,
        color: "#000000",
      });
      from = until;
    }
  }
  return drawn;
}
