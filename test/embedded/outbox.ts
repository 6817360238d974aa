import type { EmailMessage } from "@supabase/lite";

/** Letters kept; older ones are dropped. */
const KEPT = 50;

/** There is no mail server here: what would be sent is kept, newest first, for a page that shows it. */
export class Outbox {
  #letters: { at: Date; message: EmailMessage }[] = [];

  keep(message: EmailMessage): void {
    this.#letters = [{ at: new Date(), message }, ...this.#letters].slice(0, KEPT);
  }

  /**
   * The page. Without the API's leave for every origin: a letter's link signs its reader in, and another page in the same
   * browser must not be able to read it.
   */
  show(): Response {
    const letters = this.#letters.map(
      ({ at, message }) => `<article>
<h2>${escapeHtml(message.subject)}</h2>
<p>To ${escapeHtml(message.to)}, <time datetime="${at.toISOString()}">${at.toISOString().slice(11, 19)} UTC</time></p>
<pre>${linkAddresses(escapeHtml(message.text ?? ""))}</pre>
</article>`,
    );
    return new Response(
      `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Outbox</title>
<style>
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
  body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
  article { border-top: 1px solid #8886; padding: 0.5rem 0 }
  h2 { font-size: 1rem; margin: 0.5rem 0 0 }
  p { margin: 0 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<h1>Outbox</h1>
<p>No mail leaves this machine. What would have been sent, newest first:</p>
${letters.length === 0 ? "<p>Nothing yet.</p>" : letters.join("\n")}
</html>`,
      {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
          "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
          "referrer-policy": "no-referrer",
        },
      },
    );
  }
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/gu, (character) => entities[character] ?? "");

const linkAddresses = (html: string): string =>
  html.replaceAll(/https?:\/\/[^\s<>"']+/gu, (address) => `<a href="${address}">${address}</a>`);
