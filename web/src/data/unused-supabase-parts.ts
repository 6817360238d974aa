/**
 * Stands in for the parts of supabase-js that this app never uses (see vite.config.ts): the app polls, stores no files,
 * calls no edge functions, signs people in without passkeys and wallets, and administers no accounts.
 */
export class RealtimeClient {
  setAuth(): Promise<void> {
    return Promise.resolve();
  }
}

export class StorageClient {}
export class StorageApiError extends Error {}
export class FunctionsClient {}
export class FunctionsError extends Error {}
export class FunctionsFetchError extends Error {}
export class FunctionsHttpError extends Error {}
export class FunctionsRelayError extends Error {}
export const FunctionRegion = {};

export class WebAuthnApi {}

/** Of the administration of accounts, what a person does to their own: ending the session at the service as well. */
class GoTrueAdminApi {
  readonly #service: { url: string; headers: Record<string, string> };

  constructor(service: { url: string; headers: Record<string, string> }) {
    this.#service = service;
  }

  async signOut(accessToken: string, scope: string): Promise<{ data: null; error: null }> {
    const headers = new Headers(this.#service.headers);
    headers.set("authorization", `Bearer ${accessToken}`);
    // The session has left this device by now: a service that does not answer keeps nobody signed in here.
    await fetch(`${this.#service.url}/logout?scope=${scope}`, { method: "POST", headers }).catch(() => undefined);
    return { data: null, error: null };
  }
}
// oxlint-disable-next-line import/no-default-export -- it is imported so
export { GoTrueAdminApi as default };

export const browserSupportsWebAuthn = (): boolean => false;

function absent(): never {
  throw new Error("This way of signing in is not part of the app.");
}

export {
  absent as createCredential,
  absent as createSiweMessage,
  absent as deserializeCredentialCreationOptions,
  absent as deserializeCredentialRequestOptions,
  absent as fromHex,
  absent as getAddress,
  absent as getCredential,
  absent as serializeCredentialCreationResponse,
  absent as serializeCredentialRequestResponse,
  absent as toHex,
  absent as webAuthnAbortService,
};
