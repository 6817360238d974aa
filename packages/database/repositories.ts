import { type BillhookClient, settle } from "./client.ts";

export interface RepositoryToConnect {
  /** The new connection's id: its secrets are encrypted for it. */
  id: string;
  projectId: string;
  provider: string;
  name: string | null;
  url: string | null;
  baseUrl: string | null;
  /** Encrypted by the Worker. */
  webhookSecret: string;
  /** A token for the host's API, encrypted for the id of the grant it becomes. */
  grant: { id: string; token: string } | null;
}

/** As the person (owner or admin): answers the new connection's id. */
export const connectRepository = (db: BillhookClient, repository: RepositoryToConnect) =>
  settle(
    db.rpc("connect_repository", {
      p_id: repository.id,
      p_project_id: repository.projectId,
      p_provider: repository.provider,
      p_secret_ciphertext: repository.webhookSecret,
      p_name: repository.name,
      p_url: repository.url,
      p_base_url: repository.baseUrl,
      p_grant_id: repository.grant?.id ?? null,
      p_token_ciphertext: repository.grant?.token ?? null,
    }),
  );

/** As the person (owner or admin): replaces the token for the host's API. */
export const setRepositoryToken = (db: BillhookClient, repositoryId: string, grant: { id: string; token: string }) =>
  settle(
    db.rpc("set_repository_token", {
      p_repository_id: repositoryId,
      p_grant_id: grant.id,
      p_token_ciphertext: grant.token,
    }),
  );

/** As the person (owner or admin): adds a webhook secret; answers until when the former ones are valid. */
export const rotateWebhookSecret = (db: BillhookClient, repositoryId: string, secret: string, overlapHours: number) =>
  settle(
    db.rpc("rotate_webhook_secret", {
      p_repository_id: repositoryId,
      p_secret_ciphertext: secret,
      p_overlap_hours: overlapHours,
    }),
  );

/** As the person: what the connection is called at its host; `not_found` where they cannot see it. */
export const findRepository = (db: BillhookClient, repositoryId: string) =>
  settle(db.from("repositories").select("id, provider, name, external_id").eq("id", repositoryId).single());
