import { providerNames } from "./provider-names.ts";

/** Why a person came back from a host's pages without access: workers/api/oauth.ts puts it into the address. */
export interface HostRefusal {
  host: string;
  reason: string;
}

/** What the address says of it; null where nothing went wrong. */
export function readRefusal(): HostRefusal | null {
  const search = new URLSearchParams(location.search);
  const reason = search.get("refusal");
  return reason === null ? null : { host: search.get("host") ?? "", reason };
}

export function wordsOfRefusal({ host, reason }: HostRefusal): string {
  const name = providerNames[host] ?? "The host";
  switch (reason) {
    case "denied":
      return `${name} was not connected: access was not allowed there.`;
    case "expired":
      return `${name} was not connected: it took longer than ten minutes, or was begun in another browser. Begin again.`;
    case "unavailable":
      return `${name} did not answer. Try again in a moment.`;
    case "not_allowed":
      return `${name} was not connected: your role in this workspace does not allow it. Ask an owner or admin.`;
    default:
      return `${name} refused the connection. Whoever runs Billhook should compare the application's id, secret and callback address with those at the host.`;
  }
}
