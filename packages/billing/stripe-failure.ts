import Stripe from "stripe";
import { UnchargeableAmount } from "./stripe-money.ts";

export type StripeFailureCode =
  | "amount_not_chargeable"
  | "card_declined"
  | "card_missing"
  | "client_email_missing"
  | "invoice_already_paid"
  | "invoice_too_long"
  | "payment_action_required"
  | "stripe_busy"
  | "stripe_customer_missing"
  | "stripe_invoice_missing"
  | "stripe_invoice_void"
  | "stripe_key_refused"
  | "stripe_permission_missing"
  | "stripe_refused"
  | "stripe_unavailable"
  | "stripe_unreachable"
  | "total_mismatch";

export interface StripeFailure {
  ok: false;
  /** True where the same call may succeed later without anybody changing anything. */
  retryable: boolean;
  code: StripeFailureCode;
  /** For people; never Stripe's own text. */
  message: string;
  /** For the log. */
  detail: string;
}

export function failStripe(
  code: StripeFailureCode,
  message: string,
  options: { retryable?: boolean; detail?: string } = {},
): StripeFailure {
  return {
    ok: false,
    retryable: options.retryable ?? false,
    code,
    message,
    detail: options.detail ?? message,
  };
}

/** Stripe would show other amounts than we do. */
export class StripeDifference extends Error {}

/** What Stripe refused, as a value; whatever is not Stripe's is thrown on. */
export function failureOf(error: unknown): StripeFailure {
  if (error instanceof StripeDifference) {
    return failStripe("total_mismatch", "Stripe would show other amounts than Billhook does. It was not told.", {
      detail: error.message,
    });
  }
  if (error instanceof UnchargeableAmount) return failStripe("amount_not_chargeable", error.message);
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const detail = [error.type, error.statusCode, error.code, error.param, error.requestId, error.message]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ");
  if (error instanceof Stripe.errors.StripeConnectionError) {
    return failStripe("stripe_unreachable", "Stripe could not be reached.", {
      retryable: true,
      detail,
    });
  }
  if (error instanceof Stripe.errors.StripeAuthenticationError) {
    const message = "Stripe refused the API key. Replace it under Settings, Payments.";
    return failStripe("stripe_key_refused", message, { detail });
  }
  if (error instanceof Stripe.errors.StripePermissionError) {
    const message = "The API key may not do this in Stripe. Give it the permissions that Settings, Payments names.";
    return failStripe("stripe_permission_missing", message, { detail });
  }
  const status = error.statusCode ?? 0;
  if (status === 429 || status === 409) {
    return failStripe("stripe_busy", "Stripe is busy with this account. Try again in a moment.", {
      retryable: true,
      detail,
    });
  }
  if (status >= 500 || status === 0) {
    return failStripe("stripe_unavailable", "Stripe could not process this now.", {
      retryable: true,
      detail,
    });
  }
  if (error.code === "resource_missing" && error.param === "id") {
    return failStripe("stripe_invoice_missing", "The invoice no longer exists in Stripe.", {
      detail,
    });
  }
  return failStripe("stripe_refused", "Stripe did not accept this invoice.", { detail });
}

/** The key was used for another request before; 409 is the same request, still at work. */
export function isKeyTaken(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode !== 409;
}

/** Stripe keeps an error under its idempotency key as well, and gives it again for 24 hours. */
export function isReplayed(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError &&
    !(error instanceof Stripe.errors.StripeCardError) &&
    error.headers?.["idempotent-replayed"] === "true"
  );
}
