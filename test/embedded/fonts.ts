import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fontFile, scriptFonts } from "@billhook/billing/text-scripts";

const { resolve } = createRequire(import.meta.resolve("@billhook/billing/text-scripts"));

/**
 * Puts the fonts of other scripts, 62 MB, among the Worker's static files, with their licence. The Worker reads them
 * there when an invoice needs one; the web app does not.
 */
export async function addFonts(folder: string): Promise<void> {
  const fonts = join(folder, "fonts");
  await mkdir(fonts, { recursive: true });
  const files = scriptFonts.flatMap((font) => [fontFile(font, false), fontFile(font, true)]);
  const licence = { name: "LICENSE.txt", module: "@expo-google-fonts/noto-sans-jp/LICENSE_FONT" };
  for (const { name, module } of [...files, licence]) {
    const target = join(fonts, name);
    await rm(target, { force: true });
    // One file under two names where the disk can do that.
    await link(resolve(module), target).catch(() => copyFile(resolve(module), target));
  }
}
