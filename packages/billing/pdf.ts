// oxlint-disable-next-line typescript/triple-slash-reference -- a folder that imports this file compiles only what it imports
/// <reference path="./pdfmake-parts.d.ts" />
import pdfmakeRenderer from "pdfmake/js/Renderer.js";
import pdfmakeSvgMeasure from "pdfmake/js/SVGMeasure.js";
import type { TDocumentDefinitions, Watermark } from "pdfmake/interfaces";
import type { InvoiceDocument } from "./invoice-document.ts";
import { InvoiceFile } from "./invoice-file.ts";
import { layOutInvoice } from "./invoice-layout.ts";
import { MARGIN, tableLayouts } from "./layout-style.ts";
import { type InvoiceFonts, openTextFonts, type WeighedText } from "./text-fonts.ts";
import { TextLayout } from "./text-lines.ts";

const Renderer = "default" in pdfmakeRenderer ? pdfmakeRenderer.default : pdfmakeRenderer;
const SvgMeasure = "default" in pdfmakeSvgMeasure ? pdfmakeSvgMeasure.default : pdfmakeSvgMeasure;

const A4 = { width: 595.28, height: 841.89, orientation: "portrait" as const };

/**
 * The invoice as a PDF, A4, with the fonts' used glyphs embedded. The same document and fonts give the same bytes. Opens
 * no connection but for the fonts of other scripts that it asks for. Throws a RangeError where the currency, the locale
 * or a date is malformed, and what `fonts.load` throws.
 */
export async function renderInvoicePdf(
  invoice: InvoiceDocument,
  fonts: InvoiceFonts,
): Promise<Uint8Array<ArrayBuffer>> {
  const definition = layOutInvoice(invoice);
  const textFonts = await openTextFonts(fonts, textsOf(definition), invoice.locale);
  const file = new InvoiceFile(textFonts, definition.images ?? {}, {
    size: [A4.width, A4.height],
    pdfVersion: definition.version,
    displayTitle: definition.displayTitle,
    lang: definition.language,
    compress: true,
    info: informationOf(definition),
  });
  const layout = new TextLayout(file, A4, MARGIN, new SvgMeasure());
  layout.registerTableLayouts(tableLayouts);
  const { content, defaultStyle, background, header, footer } = definition;
  const watermark = withFont(definition.watermark);
  const pages = layout.layoutDocument(content, file, {}, defaultStyle, background, header, footer, watermark);
  new Renderer(file).renderPages(pages);
  return await new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    file.on("data", (chunk) => chunks.push(chunk));
    file.on("end", () => resolve(joinChunks(chunks)));
    file.on("error", reject);
    file.end();
  });
}

/** Whatever might be set: every string of the definition, with the weight around it. */
function textsOf(definition: TDocumentDefinitions): WeighedText[] {
  const texts = new Map<string, WeighedText>();
  const collect = (node: unknown, bold: boolean): void => {
    if (typeof node === "string") texts.set(`${bold} ${node}`, { text: node, bold });
    else if (Array.isArray(node)) for (const item of node) collect(item, bold);
    else if (typeof node === "object" && node !== null) {
      const own = "bold" in node && typeof node.bold === "boolean" ? node.bold : bold;
      for (const value of Object.values(node)) collect(value, own);
    }
  };
  const { header, footer, images: _images, ...rest } = definition;
  collect(rest, false);
  for (const dynamic of [header, footer]) {
    collect(typeof dynamic === "function" ? dynamic(1, 1, A4) : dynamic, false);
  }
  return [...texts.values()];
}

/** pdfmake sets watermarks by itself, in one font: that of their script, which has Latin letters as well. */
function withFont(watermark: TDocumentDefinitions["watermark"]): Watermark | null {
  if (watermark === undefined) return null;
  const mark = typeof watermark === "string" ? { text: watermark } : watermark;
  return { ...mark, font: /[^\s!-\u02ff]/u.exec(mark.text)?.[0] ?? mark.text };
}

function informationOf({ info = {} }: TDocumentDefinitions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(info).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
  );
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
