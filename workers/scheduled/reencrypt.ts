import { findStaleCiphertexts, replaceCiphertexts, type StaleCiphertext } from "@billhook/database/hosts";
import { serviceDatabase, type Settings } from "../env.ts";
import { accessTokenContext, refreshTokenContext } from "../hosts/tokens.ts";
import { log } from "../log.ts";
import { trackerWebhookContext } from "../tickets/secret.ts";
import { decryptSecret, encryptSecret } from "../secrets.ts";
import { webhookSecretContext } from "../webhooks/receive.ts";
import { wordKeyContext } from "../words/connection.ts";

/** Puts stored secrets under the current encryption key, so that an old key can be taken out of the configuration. */
export async function reencryptSecrets(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const stale = await findStaleCiphertexts(db, settings.encryptionKeys[0]?.version ?? "");
  if (!stale.ok) {
    log("error", "secrets_not_read", { cause: stale.error.cause });
    return;
  }
  const changes: { kind: string; id: string; before: string; after: string }[] = [];
  for (const secret of stale.value) {
    const context = contextOf(secret);
    try {
      const plain = await decryptSecret(settings.encryptionKeys, context, secret.ciphertext);
      changes.push({
        kind: secret.kind,
        id: secret.id,
        before: secret.ciphertext,
        after: await encryptSecret(settings.encryptionKeys, context, plain),
      });
    } catch {
      log("error", "secret_not_decrypted", { kind: secret.kind, owner: secret.owner_id, purpose: secret.purpose });
    }
  }
  if (changes.length === 0) return;
  const replaced = await replaceCiphertexts(db, changes);
  if (replaced.ok) log("info", "secrets_encrypted_again", { secrets: replaced.value });
  else log("error", "secrets_not_replaced", { cause: replaced.error.cause });
}

function contextOf({ kind, purpose, owner_id: owner }: StaleCiphertext): string {
  if (kind === "words") return wordKeyContext(owner);
  if (kind === "repository") return webhookSecretContext(owner);
  if (purpose === "webhook") return trackerWebhookContext(owner);
  return purpose === "refresh" ? refreshTokenContext(owner) : accessTokenContext(owner);
}
