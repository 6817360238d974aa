import type Stripe from "stripe";
import { isKeyTaken, isReplayed } from "./stripe-failure.ts";

/** A step that failed at Stripe this often under a kept answer needs a person, not a further attempt. */
const MOST_GENERATIONS = 5;

/**
 * Makes a POST that takes effect once. Stripe gives the first answer again under the same key, which is what makes a lost
 * answer harmless; but it also keeps an error for 24 hours, even a 500 or one whose cause has been mended since. So after
 * a kept error the step is looked for in Stripe, and if it hasn't happened, made under the next key. The same goes for a
 * key that was used with other parameters. A card that was declined is an answer like any other, and is not tried again.
 */
export async function postOnce<T>(
  step: string,
  post: (options: Stripe.RequestOptions) => Promise<T>,
  find: () => Promise<T | null>,
): Promise<T> {
  for (let generation = 1; ; generation += 1) {
    try {
      return await post({
        idempotencyKey: `billhook:${step}${generation === 1 ? "" : `:${generation}`}`,
      });
    } catch (error) {
      if (!(isReplayed(error) || isKeyTaken(error)) || generation === MOST_GENERATIONS) throw error;
      const found = await find();
      if (found !== null) return found;
    }
  }
}

/** 16 hex digits that change with the parameters, for keys whose request may differ from one version to the next. */
export async function digestParams(params: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(params));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
