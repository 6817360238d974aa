import { expect, it } from "vitest";
import { createFormatters, usableLocale } from "./format.ts";
import type { Client, Workspace } from "./workspace.tsx";

const workspace = { locale: "en", timezone: "Pacific/Auckland", time_display: "hm" } as Workspace;
const client = { id: "c", locale: "de" } as Client;

it("Amounts follow the client's locale, hours the workspace's preference", () => {
  const format = createFormatters(workspace, [client]);
  expect(format.money(123_456, "EUR", "c")).toBe("1.234,56\u00a0€");
  expect(format.money(123_456, "JPY")).toBe("¥123,456");
  expect(format.hours(135)).toBe("2 h 15 m");
  expect(createFormatters({ ...workspace, time_display: "decimal" }, []).hours(135)).toBe("2.25 h");
});

it("Instants are told in the workspace's zone, days as they are", () => {
  const format = createFormatters(workspace, []);
  expect(format.instant("2020-06-30T20:00:00Z")).toMatch(/^Jul 1, 2020, 8:00/u);
  expect(format.day("2020-06-30")).toBe("Jun 30, 2020");
});

it("A locale that Intl refuses falls through to the next", () => {
  expect(usableLocale("not a locale", "fr")).toBe("fr");
  expect(usableLocale("", null)).toBe("en");
});
