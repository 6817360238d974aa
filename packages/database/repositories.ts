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
  accessToken: string | null;
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
      p_token_ciphertext: repository.accessToken,
    }),
  );
