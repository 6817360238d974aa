/**
 * The fonts of the PDF, all under the SIL Open Font License. Inter (Latin, Greek and Cyrillic) is a data module beside the
 * Worker's code, see wrangler.toml; those of other scripts are static files, read when an invoice needs one.
 */
import type { InvoiceFonts } from "@billhook/billing/text-fonts";
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf";
import bold from "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf";

/** The binding of the Worker's static files, as far as it is asked here. */
export interface StaticFiles {
  fetch(address: string): Promise<Response>;
}

/** The isolate's font files, the latest read last: a file never changes while the Worker is deployed. */
const kept = new Map<string, ArrayBuffer>();
const BYTES_KEPT = 24_000_000;

export function invoiceFonts(assets: StaticFiles): InvoiceFonts {
  return { regular, bold, load: (name) => loadFont(assets, name) };
}

/** Throws where there is no such font: with an unfinished deployment, or while the static files can't be read. */
async function loadFont(assets: StaticFiles, name: string): Promise<ArrayBuffer> {
  const file = kept.get(name) ?? (await fetchFont(assets, name));
  kept.delete(name);
  kept.set(name, file);
  let bytes = [...kept.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  for (const [oldest, { byteLength }] of kept) {
    if (bytes <= BYTES_KEPT || oldest === name) break;
    kept.delete(oldest);
    bytes -= byteLength;
  }
  return file;
}

async function fetchFont(assets: StaticFiles, name: string): Promise<ArrayBuffer> {
  const answer = await assets.fetch(`https://assets.invalid/fonts/${name}`);
  const file = await answer.arrayBuffer();
  // An address without a file is answered with the web app's page.
  const isTrueType = file.byteLength > 4 && new DataView(file).getUint32(0) === 0x00010000;
  if (!answer.ok || !isTrueType) throw new Error(`The font ${name} is not among the static files (${answer.status}).`);
  return file;
}
