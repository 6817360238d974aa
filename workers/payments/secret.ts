/** What the key of an account of Stripe, and the secret of its endpoint, are encrypted for; see secrets.ts. */
export const stripeSecretContext = (accountId: string, purpose: string): string => `stripe-${purpose}:${accountId}`;
