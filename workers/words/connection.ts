/** With which key a workspace's words are asked for, and where. */
import type { WordConnection } from "@billhook/database/words";
import { findModel, type Model } from "@billhook/domain/word-models";
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { decryptSecret } from "../secrets.ts";

/** What a workspace's key is encrypted for; see secrets.ts. */
export const wordKeyContext = (workspaceId: string): string => `word-key:${workspaceId}`;

export interface ModelAccess {
  apiKey: string;
  baseUrl: string | null;
  model: Model;
}

/** The workspace's own key, at its own address; else the installation's, at the installation's. Null where there is none. */
export async function findModelAccess(settings: Settings, connection: WordConnection): Promise<ModelAccess | null> {
  const model = findModel(connection.model);
  if (connection.key === null) return settings.anthropic === null ? null : { ...settings.anthropic, model };
  try {
    const context = wordKeyContext(connection.workspace_id);
    const apiKey = await decryptSecret(settings.encryptionKeys, context, connection.key);
    return { apiKey, baseUrl: connection.base_url, model };
  } catch {
    log("error", "secret_not_decrypted", { kind: "words", owner: connection.workspace_id });
    return null;
  }
}
