// oxlint-disable-next-line typescript/triple-slash-reference -- a folder that imports this file compiles only what it imports
/// <reference path="./pdfmake-printer.d.ts" />
import pdfmakePrinter from "pdfmake/js/Printer.js";
import type { InvoiceDocument } from "./invoice-document.ts";
import { FONT_FAMILY, layOutInvoice } from "./invoice-layout.ts";
import { tableLayouts } from "./layout-style.ts";

const Printer = "default" in pdfmakePrinter ? pdfmakePrinter.default : pdfmakePrinter;

/** TrueType files with Latin, Greek and Cyrillic: kept outside the bundle and given by the caller. */
export interface InvoiceFonts {
  regular: Uint8Array | ArrayBuffer;
  bold: Uint8Array | ArrayBuffer;
}

/**
 * The invoice as a PDF, A4, with the fonts' used glyphs embedded. The same document and fonts give the same bytes. Reads
 * no file and opens no connection. Throws a RangeError where the currency, the locale or a date is malformed.
 */
export async function renderInvoicePdf(
  invoice: InvoiceDocument,
  fonts: InvoiceFonts,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map([
    ["regular", bytesOf(fonts.regular)],
    ["bold", bytesOf(fonts.bold)],
  ]);
  const printer = new Printer(
    { [FONT_FAMILY]: { normal: "regular", bold: "bold" } },
    {
      existsSync: (name) => files.has(name),
      readFileSync: (name) => {
        const file = files.get(name);
        if (file === undefined) throw new Error(`no font file ${name}`);
        return file;
      },
    },
    { resolve: () => {}, resolved: () => Promise.resolve() },
    () => false,
  );
  const stream = await printer.createPdfKitDocument(layOutInvoice(invoice), { tableLayouts });
  return await new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => resolve(joinChunks(chunks)));
    stream.on("error", reject);
    stream.end();
  });
}

function bytesOf(file: Uint8Array | ArrayBuffer): Uint8Array {
  return file instanceof Uint8Array ? file : new Uint8Array(file);
}

function joinChunks(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
