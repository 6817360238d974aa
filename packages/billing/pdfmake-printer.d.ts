/** The part of pdfmake that @types/pdfmake leaves out: layout and rendering without the file system or the network. */
declare module "pdfmake/js/Printer.js" {
  import type { CustomTableLayout, TDocumentDefinitions, TFontDictionary } from "pdfmake/interfaces";

  interface FontFiles {
    existsSync(name: string): boolean;
    readFileSync(name: string): Uint8Array;
  }

  interface UrlResolver {
    resolve(url: string): void;
    resolved(): Promise<void>;
  }

  /** A pdfkit document: a readable stream of the file. */
  export interface PdfStream {
    on(event: "data", listener: (chunk: Uint8Array) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "error", listener: (error: unknown) => void): this;
    end(): void;
  }

  class Printer {
    constructor(
      fonts: TFontDictionary,
      files: FontFiles,
      urls: UrlResolver,
      localAccessPolicy: (path: string) => boolean,
    );
    createPdfKitDocument(
      definition: TDocumentDefinitions,
      options?: { tableLayouts?: Record<string, CustomTableLayout> },
    ): Promise<PdfStream>;
  }

  /** CommonJS made from an ES module: Node gives its exports, some bundlers what those call their default. */
  const exported: typeof Printer | { default: typeof Printer };
  export default exported;
}
