import { expect, test } from "vitest";
import { readOrigin } from "./origin.ts";

test("every way to write one repository's address names the same repository", () => {
  const addresses = [
    "https://github.com/acme/shop.git",
    "https://token:secret@github.com/acme/shop",
    "git@github.com:acme/shop.git",
    "ssh://git@github.com:22/acme/shop.git/",
    "github.com:Acme/Shop",
  ];
  const identities = addresses.map((address) => readOrigin(address)?.identity);
  expect(new Set(identities)).toEqual(new Set(["github.com/acme/shop"]));
});

test("credentials in the address appear nowhere", () => {
  expect(JSON.stringify(readOrigin("https://user:hunter2@git.example.com/acme/shop.git"))).not.toMatch(/user|hunter2/u);
});

test("a commit's page is known for the hosts whose form is known", () => {
  expect(readOrigin("git@github.com:acme/shop.git")).toEqual({
    name: "acme/shop",
    identity: "github.com/acme/shop",
    url: "https://github.com/acme/shop",
    commitUrl: "https://github.com/acme/shop/commit/",
  });
  expect(readOrigin("git@gitlab.com:group/sub/shop.git")).toMatchObject({
    name: "sub/shop",
    commitUrl: "https://gitlab.com/group/sub/shop/-/commit/",
  });
  expect(readOrigin("https://git.example.com:8443/acme/shop.git")).toMatchObject({
    url: "https://git.example.com:8443/acme/shop",
    commitUrl: null,
  });
  expect(readOrigin("ssh://git@git.example.com/acme/shop.git")).toMatchObject({ url: null, commitUrl: null });
});

test("a folder, a drive and nonsense are no origin", () => {
  for (const address of [
    "",
    "/srv/git/shop.git",
    "../shop",
    "file:///srv/git/shop.git",
    "C:\\git\\shop",
    "https://",
    "::",
  ]) {
    expect(readOrigin(address)).toBeNull();
  }
});
