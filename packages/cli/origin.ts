/** Where a clone came from, read from its remote's address. Credentials in the address are left out. */

export interface Origin {
  /** `owner/name`. */
  name: string;
  /** The same for every way to write the address of one repository: `github.com/owner/name`. */
  identity: string;
  /** The repository's page, where its host is known or is reached over http; null otherwise. */
  url: string | null;
  /** The address of a commit's page, without the hash; null where the host's form is not known. */
  commitUrl: string | null;
}

const commitPages: Record<string, string> = {
  "github.com": "/commit/",
  "gitlab.com": "/-/commit/",
  "bitbucket.org": "/commits/",
  "codeberg.org": "/commit/",
};

/** Null for no remote and for one that is a folder on this computer. */
export function readOrigin(remote: string): Origin | null {
  const parts = splitAddress(remote.trim());
  if (parts === null) return null;
  const path = parts.path.replace(/^\/+|\/+$/gu, "").replace(/\.git$/u, "");
  if (path === "" || parts.host === "") return null;
  const page = commitPages[parts.host];
  const url = page !== undefined ? `https://${parts.host}/${path}` : parts.web === null ? null : `${parts.web}/${path}`;
  return {
    name: path.split("/").slice(-2).join("/"),
    identity: `${parts.host}/${path.toLowerCase()}`,
    url,
    commitUrl: page === undefined || url === null ? null : `${url}${page}`,
  };
}

function splitAddress(remote: string): { host: string; path: string; web: string | null } | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(remote)) {
    if (!URL.canParse(remote)) return null;
    const { protocol, hostname, host, pathname } = new URL(remote);
    if (protocol === "file:") return null;
    const isWeb = protocol === "http:" || protocol === "https:";
    return {
      host: (isWeb ? host : hostname).toLowerCase(),
      path: decode(pathname),
      web: isWeb ? `${protocol}//${host}` : null,
    };
  }
  // git's own form, `user@host:path`. One letter before the colon is a drive of Windows.
  const match = /^(?:[^@/\\:]+@)?(?<host>[^/\\:@]{2,}):(?<path>[^\\]+)$/u.exec(remote);
  const { host = "", path = "" } = match?.groups ?? {};
  return match === null ? null : { host: host.toLowerCase(), path, web: null };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
