import { findStaleCiphertexts, replaceCiphertexts, type StaleCiphertext } from "@billhook/database/hosts";
import { linkTokenContext } from "../client-page/token.ts";
import { serviceDatabase, type Settings } from "../env.ts";
import { accessTokenContext, refreshTokenContext } from "../hosts/tokens.ts";
import { log } from "../log.ts";
import { trackerWebhookContext } from "../tickets/secret.ts";
import { decryptSecret, encryptSecret } from "../secrets.ts";
import { stripeSecretContext } from "../payments/secret.ts";
import { webhookSecretContext } from "../webhooks/receive.ts";
import { wordKeyContext } from "../words/connection.ts";

/** As many as the database hands out at once; as many rounds an hour. */
const secretsPerRound = 200;
const roundsPerRun = 25;

/** Puts stored secrets under the current encryption key, so that an old key can be taken out of the configuration. */
export async function reencryptSecrets(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  for (let round = 0; round < roundsPerRun; round += 1) {
    const stale = await findStaleCiphertexts(db, settings.encryptionKeys[0]?.version ?? "");
    if (!stale.ok) {
      log("error", "secrets_not_read", { cause: stale.error.cause });
      return;
    }
    const changes = await encryptAgain(settings, stale.value);
    if (changes.length === 0) return;
    const replaced = await replaceCiphertexts(db, changes);
    if (!replaced.ok) {
      log("error", "secrets_not_replaced", { cause: replaced.error.cause });
      return;
    }
    log("info", "secrets_encrypted_again", { secrets: replaced.value });
    if (stale.value.length < secretsPerRound) return;
  }
}

async function encryptAgain(
  { encryptionKeys }: Settings,
  stale: readonly StaleCiphertext[],
): Promise<{ kind: string; id: string; before: string; after: string }[]> {
  const changes: { kind: string; id: string; before: string; after: string }[] = [];
  for (const secret of stale) {
    const { kind, id, owner_id: owner, purpose, ciphertext } = secret;
    const context = contextOf(secret);
    try {
      const plain = await decryptSecret(encryptionKeys, context, ciphertext);
      changes.push({ kind, id, before: ciphertext, after: await encryptSecret(encryptionKeys, context, plain) });
    } catch {
      log("error", "secret_not_decrypted", { kind, owner, purpose });
    }
  }
  return changes;
}

function contextOf({ kind, purpose, owner_id: owner }: StaleCiphertext): string {
  if (kind === "link") return linkTokenContext(owner);
  if (kind === "words") return wordKeyContext(owner);
  if (kind === "stripe") return stripeSecretContext(owner, purpose);
  if (kind === "repository") return webhookSecretContext(owner);
  if (purpose === "webhook") return trackerWebhookContext(owner);
  return purpose === "refresh" ? refreshTokenContext(owner) : accessTokenContext(owner);
}
