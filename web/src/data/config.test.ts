import { expect, it } from "vitest";
import { parseConfig } from "./config.ts";

const config = {
  supabase_url: "https://db.example",
  publishable_key: "key",
  embedded: true,
  demo: { email: "a@b.example", password: "p" },
  stripe: "test",
};

it("A demo account is shown by an embedded stack only", () => {
  expect(parseConfig(config)?.demo).toEqual({ email: "a@b.example", password: "p" });
  expect(parseConfig({ ...config, embedded: false })?.demo).toBeNull();
});

it("What is no configuration is refused", () => {
  for (const value of [null, "text", {}, { ...config, supabase_url: "not an address" }]) {
    expect(parseConfig(value)).toBeNull();
  }
});
