import type { DemoRepository } from "./demo-commit.ts";

const giftCards = "feature/SHOP-142-gift-cards";
const search = "feature/SHOP-151-search-filters";

/** On GitHub, with line counts, as `billhook send` and a connected host give them. */
export const webShop: DemoRepository = {
  provider: "github",
  externalId: "704118235",
  name: "quillhaven/web-shop",
  url: "https://github.com/quillhaven/web-shop",
  project: "Web shop",
  commits: [
    {
      day: 0,
      at: "09:48",
      branch: "main",
      message: "fix(checkout): keep the delivery address when payment is declined (SHOP-128)",
      files: [
        ["src/checkout/address-form.tsx", 31, 12],
        ["src/checkout/address-form.test.tsx", 44, 0],
      ],
    },
    {
      day: 0,
      at: "14:20",
      branch: "main",
      message: "feat(orders): show tracking numbers in the order history (SHOP-131) [2h]",
      files: [
        ["src/orders/history.tsx", 52, 8],
        ["src/orders/tracking.ts", 38, 0],
        ["src/orders/tracking.test.ts", 41, 0],
      ],
    },
    {
      day: 1,
      at: "10:31",
      branch: "main",
      message: "refactor(prices): move rounding into one function (SHOP-133)",
      files: [
        ["src/prices/round.ts", 28, 0],
        ["src/prices/total.ts", 9, 34],
        ["src/cart/summary.tsx", 4, 11],
      ],
    },
    {
      day: 2,
      at: "11:05",
      branch: "main",
      message: "fix(tax): use the rate of the delivery country for e-books (SHOP-136)\n\nTime-Spent: 1h 45m",
      files: [
        ["src/tax/rates.ts", 26, 7],
        ["src/tax/rates.test.ts", 58, 3],
      ],
    },
    {
      day: 2,
      at: "15:42",
      branch: "main",
      message: "docs: describe how to add a payment method",
      files: [["docs/payments.md", 47, 2]],
    },
    {
      day: 3,
      at: "09:55",
      branch: "main",
      message: "perf(catalogue): load cover images in the size they are shown in (SHOP-138)",
      files: [
        ["src/catalogue/cover.tsx", 33, 9],
        ["src/images/sizes.ts", 24, 0],
      ],
    },
    {
      day: 4,
      at: "13:12",
      branch: "main",
      message: "feat(newsletter): confirm the address before the first letter (SHOP-139) [2.5h]",
      files: [
        ["src/newsletter/subscribe.ts", 61, 14],
        ["src/newsletter/confirm.tsx", 48, 0],
        ["src/newsletter/confirm.test.tsx", 52, 0],
      ],
    },
    {
      day: 4,
      at: "16:30",
      branch: "main",
      message: "test(checkout): cover orders without a delivery address",
      files: [["src/checkout/digital-only.test.ts", 66, 0]],
    },
    {
      day: 5,
      at: "09:36",
      branch: giftCards,
      message: "feat(gift-cards): add the gift card and its balance (SHOP-142)",
      files: [
        ["src/gift-cards/gift-card.ts", 58, 0],
        ["src/gift-cards/gift-card.test.ts", 47, 0],
        ["migrations/0041_gift_cards.sql", 22, 0],
      ],
    },
    {
      day: 5,
      at: "11:50",
      branch: giftCards,
      message: "feat(gift-cards): redeem a gift card at checkout (SHOP-142)",
      files: [
        ["src/checkout/redeem.tsx", 46, 3],
        ["src/checkout/total.ts", 12, 5],
      ],
    },
    {
      day: 5,
      at: "15:20",
      branch: "main",
      message: "fix(cart): do not lose the basket when the session is renewed (SHOP-147) [1h 30m]",
      files: [["src/cart/session.ts", 19, 8]],
    },
    {
      day: 6,
      at: "06:12",
      branch: "main",
      message: "chore(deps): update dependency vite to v8.0.14",
      files: [
        ["package.json", 1, 1],
        ["package-lock.json", 212, 208],
      ],
      kind: "bot",
    },
    {
      day: 6,
      at: "09:41",
      branch: giftCards,
      message: "feat(gift-cards): send the code by e-mail on the chosen day (SHOP-143)",
      files: [
        ["src/gift-cards/delivery.ts", 37, 0],
        ["src/mail/gift-card.tsx", 42, 0],
      ],
    },
    {
      day: 6,
      at: "11:28",
      branch: giftCards,
      message: "test(gift-cards): cards that expire, and cards used in part (SHOP-143)",
      files: [["src/gift-cards/balance.test.ts", 71, 4]],
    },
    {
      day: 6,
      at: "14:36",
      branch: giftCards,
      message: "feat(gift-cards): choose a design and write a greeting (SHOP-144)",
      files: [
        ["src/gift-cards/design-picker.tsx", 59, 0],
        ["src/gift-cards/greeting.tsx", 28, 0],
      ],
    },
    {
      day: 6,
      at: "16:02",
      branch: "main",
      message: "fix(invoices): print the VAT number of business customers (SHOP-149) #time 45m",
      files: [["src/invoices/pdf.ts", 14, 2]],
    },
    {
      day: 7,
      at: "10:07",
      branch: search,
      message: "feat(search): filter by language and binding (SHOP-151)",
      files: [
        ["src/search/filters.tsx", 64, 6],
        ["src/search/query.ts", 29, 11],
      ],
    },
    {
      day: 7,
      at: "12:15",
      branch: search,
      message: "feat(search): keep filters in the address (SHOP-151)",
      files: [
        ["src/search/filters.tsx", 21, 9],
        ["src/search/address.ts", 33, 0],
      ],
    },
    {
      day: 7,
      at: "14:05",
      branch: "main",
      message: "fix(account): allow spaces around the e-mail address (SHOP-150)",
      files: [["src/account/sign-in.ts", 4, 2]],
    },
    {
      day: 7,
      at: "15:49",
      branch: search,
      message: "chore(search): regenerate the API client (SHOP-151)",
      files: [
        ["src/api/generated/client.ts", 764, 391],
        ["package-lock.json", 96, 41],
      ],
    },
    {
      day: 8,
      at: "09:30",
      branch: search,
      message: "fix(search): find titles with accents (SHOP-152)",
      files: [
        ["src/search/normalise.ts", 18, 4],
        ["src/search/normalise.test.ts", 36, 0],
      ],
    },
    {
      day: 8,
      at: "11:44",
      branch: "main",
      message: "refactor(catalogue): one loader for lists and details (SHOP-153)",
      files: [
        ["src/catalogue/load.ts", 57, 0],
        ["src/catalogue/list.tsx", 8, 39],
        ["src/catalogue/detail.tsx", 7, 42],
      ],
    },
    {
      day: 8,
      at: "13:20",
      branch: search,
      message: "feat(search): suggest authors while typing (SHOP-154)",
      files: [
        ["src/search/suggest.ts", 41, 0],
        ["src/search/box.tsx", 26, 12],
      ],
    },
    {
      day: 8,
      at: "14:58",
      branch: "main",
      message: "docs: explain the search index and how to rebuild it",
      files: [["docs/search.md", 58, 0]],
    },
    {
      day: 9,
      at: "09:22",
      branch: giftCards,
      message: "fix(gift-cards): round the remaining balance like every other amount (SHOP-142)",
      files: [
        ["src/gift-cards/balance.ts", 9, 6],
        ["src/gift-cards/balance.test.ts", 24, 0],
      ],
    },
    {
      day: 9,
      at: "11:10",
      branch: "main",
      message: "perf(home): render the first shelf on the server (SHOP-155) [2.5h]",
      files: [
        ["src/home/shelf.tsx", 43, 28],
        ["src/server/render.ts", 31, 6],
      ],
    },
    {
      day: 9,
      at: "14:02",
      branch: "main",
      message: "fix(checkout): say which field is missing (SHOP-156)",
      files: [
        ["src/checkout/errors.tsx", 27, 5],
        ["src/checkout/address-form.tsx", 6, 3],
      ],
    },
    {
      day: 9,
      at: "15:35",
      branch: "main",
      message: "build: run the browser tests on every pull request",
      files: [
        [".github/workflows/browser.yml", 44, 0],
        ["playwright.config.ts", 17, 2],
      ],
    },
  ],
};
