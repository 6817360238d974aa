import { copyFile, link, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fontFile, scriptFonts } from "@billhook/billing/text-scripts";

const { resolve } = createRequire(import.meta.resolve("@billhook/billing/text-scripts"));

/** The fonts beside the Worker's code, with their licences, by the names they have among its static files. */
export const fontFiles: readonly { name: string; module: string }[] = scriptFonts.flatMap((font) => {
  const regular = fontFile(font, false);
  const [scope = "", folder = ""] = regular.module.split("/");
  return [regular, fontFile(font, true), { name: `${folder}-LICENSE.txt`, module: `${scope}/${folder}/LICENSE_FONT` }];
});

/**
 * Puts the fonts, 62 MB, into a new folder of static files. The Worker reads them there when an invoice needs one; the web
 * app does not.
 */
export async function addFonts(folder: string): Promise<void> {
  await mkdir(join(folder, "fonts"), { recursive: true });
  for (const { name, module } of fontFiles) {
    const target = join(folder, "fonts", name);
    // One file under two names where the disk can do that.
    await link(resolve(module), target).catch(() => copyFile(resolve(module), target));
  }
}
