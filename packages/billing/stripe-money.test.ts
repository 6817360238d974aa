import { currencyExponents } from "@billhook/domain/money";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromStripeAmount, toStripeAmount } from "./stripe-money.ts";

const currency = fc.constantFrom(...Object.keys(currencyExponents), "EUR", "USD", "HUF", "TWD", "MGA");
const minor = fc.integer({ min: 0, max: 99_999_999 });

describe("amounts for Stripe", () => {
  test("come back the same, whatever Stripe was given", () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        const sent = toStripeAmount(amount, code);
        fc.pre(sent.ok);
        expect(Number.isInteger(sent.amount)).toBe(true);
        expect(fromStripeAmount(sent.amount, code.toLowerCase())).toBe(amount);
      }),
    );
  });

  test("are never rounded: what doesn't fit is refused", () => {
    expect(toStripeAmount(1234, "KWD")).toMatchObject({ ok: false });
    expect(toStripeAmount(1230, "KWD")).toEqual({ ok: true, amount: 1230 });
    expect(toStripeAmount(150, "MGA")).toMatchObject({ ok: false });
    expect(toStripeAmount(5, "ISK")).toEqual({ ok: true, amount: 500 });
    expect(toStripeAmount(5, "UGX")).toMatchObject({ ok: false });
  });
});
