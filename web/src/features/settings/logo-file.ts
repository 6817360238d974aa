/** What invoices print at most, see the Worker: more would only make every PDF slower. */
const MOST_PIXELS = 1200;
const MOST_BYTES = 512 * 1024;

/**
 * A picture as invoices take it: a small PNG or JPEG as it is; a larger one, or one of another kind that the browser can draw
 * (SVG, WebP), drawn anew as a PNG. Throws an Error with a sentence for people.
 */
export async function prepareLogo(file: File): Promise<Blob> {
  const picture = await loadPicture(file);
  const isVector = file.type === "image/svg+xml";
  const longest = Math.max(picture.naturalWidth, picture.naturalHeight);
  const isTaken = file.type === "image/png" || file.type === "image/jpeg";
  if (isTaken && longest <= MOST_PIXELS && file.size <= MOST_BYTES) return file;
  // An SVG has no size in pixels of its own, or any.
  for (const most of [MOST_PIXELS, 800, 400]) {
    const scale = isVector ? most / Math.max(1, longest) : Math.min(1, most / longest);
    const drawn = await draw(picture, scale);
    if (drawn.size <= MOST_BYTES) return drawn;
  }
  throw new Error("This picture stays too large. Use a simpler one.");
}

async function loadPicture(file: File): Promise<HTMLImageElement> {
  try {
    const picture = new Image();
    picture.src = await readDataUrl(file);
    await picture.decode();
    return picture;
  } catch {
    throw new Error("This browser can't read the file as a picture. Use a PNG, a JPEG or an SVG.");
  }
}

/** The page's policy lets pictures come from such addresses, and not from those of blobs. */
const readDataUrl = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(typeof reader.result === "string" ? reader.result : ""));
    reader.addEventListener("error", () => reject(new Error("unreadable")));
    reader.readAsDataURL(file);
  });

async function draw(picture: HTMLImageElement, scale: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(16, Math.round(Math.max(1, picture.naturalWidth) * scale));
  canvas.height = Math.max(16, Math.round(Math.max(1, picture.naturalHeight) * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (drawn === null) throw new Error("This browser can't draw the picture. Use a PNG or a JPEG.");
  return drawn;
}
