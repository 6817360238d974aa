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

class GoTrueAdminApi {}
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
