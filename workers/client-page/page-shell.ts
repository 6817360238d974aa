import { legibleShade, legibleTint } from "@billhook/domain/accent-color";
import { html, raw } from "hono/html";
import { pageStyle } from "./page-style.ts";

/** What `html` makes: text in which everything that was put in is escaped. */
export type Markup = ReturnType<typeof html>;

export interface PageContent {
  language: string;
  title: string;
  /** `#1f5f5b`, the workspace's; null for Billhook's own. */
  accentColor: string | null;
  body: Markup;
}

/** A workspace's colour as it is legible on white, and on the dark. */
function accentStyle(color: string | null): string {
  if (color === null || !/^#[0-9a-f]{6}$/.test(color)) return "";
  return `:root { --accent: light-dark(${legibleShade(color)}, ${legibleTint(color)}); }`;
}

/**
 * A page that runs no script, fetches nothing, is not indexed or kept, cannot be framed, and tells nobody where a click
 * came from: its address is a key to the invoice.
 */
export async function answerPage(
  status: number,
  page: PageContent,
  headers: Record<string, string> = {},
): Promise<Response> {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const document = await html`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow, noarchive" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <title>${page.title}</title>
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${raw(pageStyle)} ${raw(accentStyle(page.accentColor))}
        </style>
      </head>
      <body>
        ${page.body}
      </body>
    </html>`;
  return new Response(String(document), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      ...privateHeaders,
      ...headers,
    },
  });
}

/** Of everything behind a client's address. */
export const privateHeaders = {
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
  "x-robots-tag": "noindex, nofollow, noarchive",
};
