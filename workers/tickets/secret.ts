/** What the webhook secret of a ticket system is encrypted for; see secrets.ts. */
export const trackerWebhookContext = (grantId: string): string => `tracker-webhook:${grantId}`;
