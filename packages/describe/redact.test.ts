import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact.ts";

const redactor = createRedactor(["Bluebird", "Nachtigall Projekt", "C-137"]);
const redact = async (text: string) => (await redactor.redact(text)).text;

/** Put together here, so that no scanner takes the tests for a leak. */
const ghp = ["ghp", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].join("_");
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N"].join(".");
const pem = ["-----BEGIN RSA PRIVATE", "KEY-----"].join(" ");

/** What was caught: the text, and what leaves of it. */
const caught: [what: string, text: string, leaves: string][] = [
  ["a GitHub token", `Use ${ghp} in CI`, "Use [secret] in CI"],
  ["a GitLab token", ["glpat", "abcdefghij0123456789"].join("-"), "[secret]"],
  ["a Slack token", ["xoxb", "123456789012", "1234567890123", "AbCdEfGhIjKlMnOpQrStUvWx"].join("-"), "[secret]"],
  ["a Stripe key", `Switch to ${["sk", "live", "4eC39HqLyjWDarjtT1zdp7dcABCDEFGH"].join("_")}`, "Switch to [secret]"],
  ["an Anthropic key", `sk-ant-api03-${"a".repeat(93)}AA`, "[secret]"],
  ["an AWS key's id", ["id AKIA", "IOSFODNN7ABCDEFG"].join(""), "id [secret]"],
  ["a Google key", ["key AIza", "SyA1234567890abcdefghijklmnopqrstuvw"].join(""), "key [secret]"],
  ["a database's address", "postgres://bob:s3cretpw@db.example.com:5432/x", "[secret]"],
  ["credentials in an address", "git clone https://bob:s3cretpw@git.example.com/a.git", "git clone [secret]"],
  ["a token in an address", "https://deploy-token@git.example.com/a.git", "[private address]"],
  ["a private key", `${pem}\nMIIEabc\nxyz\n-----END RSA PRIVATE KEY-----\nafter`, "[secret]\nafter"],
  ["a private key in a diff", `+${pem}\n+MIIEabc\n+-----END RSA PRIVATE KEY-----\n+after`, "+[secret]\n+after"],
  ["a private key that is cut off", `${pem}\nMIIEabc\nMIIEabcdefg`, "[secret]"],
  ["a JSON web token", `cookie=${jwt};`, "cookie=[secret];"],
  ["a header", "Authorization: Bearer 0123456789abcdef0123", "Authorization: Bearer [secret]"],
  ["a password in code", 'const password = "hunter22";', "const password = [secret];"],
  ["a password in YAML", "  api_key: 'k-1234567'", "  api_key: [secret]"],
  ["a password in an environment", "DB_PASSWORD=hunter2hunter2", "DB_PASSWORD=[secret]"],
  ["a key of no known form", "use Zx81kQw02LmNb73VtYc55RpOi9Hs4Gd1 now", "use [secret] now"],
  ["an e-mail address", "Ask dev.one+test@mail.example.com about it", "Ask [email] about it"],
  ["an address with an umlaut", "dév.öne@bücher.example", "[email]"],
  ["a private network", "Point it at http://10.20.30.40:8080/admin/users", "Point it at [private address]"],
  ["an address without a scheme", "listen on 192.168.1.12:5432", "listen on [private address]"],
  ["a host without a dot", "see http://jenkins/job/shop/12", "see [private address]"],
  [
    "a name of the inside",
    "see https://wiki.shop.corp/page and db-1.prod.internal:5432",
    "see [private address] and [private address]",
  ],
  ["localhost", "curl localhost:9200/_cat", "curl [private address]/_cat"],
  ["IPv6 of the inside", "http://[fd12:3456::1]/x", "[private address]"],
  ["who asked", "https://shop.example.com/cart?session=12&user=7 fails", "https://shop.example.com/cart fails"],
  ["a code name", "Fix the Bluebird import", "Fix the ProjectCqoid import"],
  ["a code name in capitals", "BLUEBIRD_URL is read", "ProjectCqoid_URL is read"],
  [
    "a code name in an identifier",
    "bluebirdImport and src/bluebird/a.ts",
    "ProjectCqoidImport and src/ProjectCqoid/a.ts",
  ],
  ["a code name of two words", "nachtigall-projekt and NachtigallProjekt", "ProjectVkpbh and ProjectVkpbh"],
  ["a code name with a sign", "C-137: add page", "ProjectSqrqe: add page"],
  ["what forbids to look", `/* secretlint-disable */ ${ghp}`, "/* secretlint-disable */ [secret]"],
];

/** What must not be touched. */
const untouched = [
  "Fix login (ABC-123), closes #12",
  "Revert 3f786850e387550fdab836ed7e6dc881de23001b",
  "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  'id = "6fa459ea-ee8a-3ca4-894e-db77e160355e"',
  '"integrity": "sha512-3dzSIkCiHfLdR2K9kcYHi5G0CSPZ9xI4R6SX8Qm1zCAw=="',
  "Raise zod@4.1.12 and @types/node@24.19.2",
  "Release 10.2.3, 1.2.3.4 of the parser",
  "Support UTF-8, ISO-8859-1 and SHA-256",
  "const password = await readPassword(user);",
  "token: string; secret: z.string(); apiKey = options.apiKey",
  "Add password reset, token refresh and the secret of webhooks",
  "https://github.com/example/shop/pull/12/files",
  "see https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
  "src/components/CheckoutSummaryWithDiscountsAndTaxesPerLine.test.tsx",
  "export function getAuthenticatedUserOrThrowUnauthorisedError(): User",
  "@media (min-width: 640px) { .a::before { content: 'x'; } }",
  "git@main is a ref, me@home is none",
  "bluebirds are birds",
  "8.8.8.8 answers",
  "Überarbeite das Formular für Müller & Söhne",
  "修复登录错误",
];

describe("redaction", () => {
  it.each(caught)("takes out %s", async (_what, text, leaves) => {
    expect(await redact(text)).toBe(leaves);
  });

  it.each(untouched)("leaves %j as it is", async (text) => {
    expect(await redactor.redact(text)).toEqual({ text, found: {} });
  });

  it("counts what it took out", async () => {
    const { found } = await redactor.redact(`${ghp} a@b.example a@c.example http://10.0.0.1/ Bluebird`);
    expect(found).toEqual({ secret: 1, email: 2, address: 1, code_name: 1 });
  });

  it("puts code names back into an answer, and nothing else", async () => {
    const sent = await redact("Fix the bluebird import for a@b.example");
    expect(redactor.restore(sent)).toBe("Fix the Bluebird import for [email]");
    expect(redactor.restore("ProjectAaaaa")).toBe("ProjectAaaaa");
  });

  it("calls a name the same, whichever other names are listed", async () => {
    const alone = await createRedactor(["Bluebird"]).redact("bluebird");
    expect(await redact("Bluebird")).toBe(alone.text);
  });

  it("gives the same for the same text, and finds nothing in what it gave", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(...caught.map(([, text]) => text), " ", "\n", "@", "://", "=", '"'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const text = pieces.join("");
        const once = await redactor.redact(text);
        expect(await redactor.redact(text)).toEqual(once);
        expect(once.text).not.toContain(ghp);
      }),
      { numRuns: 200 },
    );
  });

  it("reads a text of 200,000 characters made to be slow without delay", async () => {
    const slow = [
      "a",
      "a.",
      "@a.",
      "-",
      "ghp_",
      `${pem}\n`,
      "eyJa.",
      "://a",
      "http://a@",
      "1.",
      "x-",
      "=",
      'password="',
      "Ab1",
      "bluebir",
      " ",
    ];
    for (const part of slow) {
      const started = performance.now();
      await redact(part.repeat(Math.ceil(200_000 / part.length)));
      expect(performance.now() - started, JSON.stringify(part)).toBeLessThan(1500);
    }
  });
});
