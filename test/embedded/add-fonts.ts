import { addFonts } from "./fonts.ts";

// Puts the fonts that invoices need beside the built web app: npm run build.

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder of the built web app.");
await addFonts(folder);
