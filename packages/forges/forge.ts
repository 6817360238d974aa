/**
 * What Billhook needs of a git host: is this delivery genuine, and what does it say.
 *
 * One implementation a host stands beside this file. The route decides which of them reads a delivery, never its
 * headers: Gitea and Forgejo also send GitHub's.
 */
import type { Provider, PushedRepository, PushEvent } from "@billhook/domain/push";
import type { Verification } from "@billhook/http/signature";

/**
 * A delivery in one form for every host. `reason` is a sentence for the delivery log and the answer's body.
 *
 * `repository` is null where the payload identifies none (a ping of an organisation's hook, hand-made and very old
 * payloads): such a delivery neither binds a connection nor contradicts one. A push event then has empty names.
 */
export type Normalised =
  | { kind: "push"; repository: PushedRepository | null; event: PushEvent }
  | { kind: "ping"; repository: PushedRepository | null }
  | { kind: "ignored"; reason: string; repository: PushedRepository | null; event: string }
  | { kind: "malformed"; reason: string };

export interface Forge {
  provider: Provider;

  /**
   * The host's own id of the delivery, the same when it is sent again. A host that sends none gets a digest of the
   * body, so that the same body is the same delivery.
   */
  deliveryId(headers: Headers, rawBody: Uint8Array): Promise<string>;

  /**
   * Is the delivery signed with one of the secrets (several are valid while one is being replaced)? Every secret is
   * always tried. Never throws: what cannot be read is not verified. `now` (epoch milliseconds) is for schemes that
   * sign the time.
   */
  verify(headers: Headers, rawBody: Uint8Array, secrets: readonly string[], now?: number): Promise<Verification>;

  /** Reads the delivery. Never throws; call it only once the delivery is verified. */
  normalise(headers: Headers, rawBody: Uint8Array): Normalised;
}
