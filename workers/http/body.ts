/** Most that a host sends: GitHub and GitLab stop at 25 MB. */
const maximumBodyBytes = 25 * 1024 * 1024;

/** Reads the raw bytes, or null as soon as there are more than allowed. What the header claims is not trusted. */
export async function readBody(request: Request, maximum = maximumBodyBytes): Promise<Uint8Array<ArrayBuffer> | null> {
  const claimed = Number(request.headers.get("content-length") ?? 0);
  if (claimed > maximum) {
    await request.body?.cancel();
    return null;
  }
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maximum) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
