/**
 * Programs that fetch an address to show a preview of it or to look for harm, by what they call themselves: mail and chat
 * clients do it the moment a link is sent, before anybody has seen it.
 */
const programs =
  /bot\b|bot[/;]|crawler|spider|preview|scan|facebookexternalhit|slack|whatsapp|skype|telegram|discord|mattermost|embedly|iframely|headless|googleimageproxy|google-pagerenderer|microsoft office|ms-office|proofpoint|mimecast|barracuda|curl|wget|python|okhttp|go-http-client|node|undici|axios|java\//i;

/**
 * Whether a person has opened the page in a browser. Browsers say that they show it as a document (Fetch Metadata Request
 * Headers, W3C, 2.1: Safari since 16.4); what fetches a preview does not. One's own look from the app comes from its origin,
 * and what a browser fetches ahead nobody may ever see.
 */
export function isVisit(request: Request): boolean {
  const header = (name: string): string => request.headers.get(name)?.toLowerCase() ?? "";
  return (
    request.method === "GET" &&
    header("sec-fetch-dest") === "document" &&
    header("sec-fetch-site") !== "same-origin" &&
    !header("sec-purpose").includes("prefetch") &&
    !header("purpose").includes("prefetch") &&
    !programs.test(header("user-agent"))
  );
}
