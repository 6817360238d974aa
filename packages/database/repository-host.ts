/** How to ask a repository's host. */
export interface RepositoryHost {
  grant_id: string;
  kind: "token" | "oauth" | "app";
  /** Still encrypted, for the id of the grant. */
  token: string;
  base_url: string | null;
  /** Set where the host refuses the grant; says how to mend it. */
  revoked_reason: string | null;
  expires_at: string | null;
}

/** What completing a delivery has come to so far, kept where it takes more than one go. */
export interface CompletionProgress {
  /** Hashes the host was asked about. */
  read: string[];
  /** Branches whose list of commits is whole. */
  listed: string[];
  /** How often in a row the host did not answer. */
  failures: number;
}
