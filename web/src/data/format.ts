import { formatDuration } from "@billhook/domain/duration";
import { formatMoney } from "@billhook/domain/money";
import { localDay } from "@billhook/domain/timezone";
import { useMemo } from "react";
import { type Client, type Workspace, useClients, useWorkspace } from "./workspace.tsx";

/** A locale that Intl accepts: the first valid of those given, else English. */
export function usableLocale(...candidates: (string | null | undefined)[]): string {
  for (const candidate of candidates) {
    if (candidate === null || candidate === undefined || candidate === "") continue;
    try {
      return Intl.getCanonicalLocales(candidate)[0] ?? "en";
    } catch {
      // Settings hold free text; an unknown locale falls through to the next.
    }
  }
  return "en";
}

export interface Formatters {
  timeZone: string;
  /** `YYYY-MM-DD` now, in the workspace's zone. */
  today: () => string;
  /** Minor units; the client's locale where a client is named, else the workspace's. */
  money: (minor: number, currency: string, clientId?: string | null) => string;
  /** Minutes, as `2 h 15 m` or `2.25 h` by the workspace's preference. */
  hours: (minutes: number) => string;
  /** A calendar day, `YYYY-MM-DD`: `Tue 3 Nov`, with the year where it is not the present one. */
  day: (day: string) => string;
  /** An instant in the workspace's zone: `3 Nov 2026, 14:05`. */
  instant: (iso: string) => string;
  /** The locale for amounts of a client. */
  localeOf: (clientId: string | null | undefined) => string;
}

export function createFormatters(workspace: Workspace, clients: readonly Client[]): Formatters {
  const own = usableLocale(workspace.locale);
  const locales = new Map(clients.map((client) => [client.id, usableLocale(client.locale, workspace.locale)]));
  const timeZone = workspace.timezone;
  const style = workspace.time_display === "decimal" ? "decimal" : "hm";
  const today = (): string => localDay(new Date().toISOString(), timeZone);
  const thisYear = today().slice(0, 4);
  const short = new Intl.DateTimeFormat(own, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  const long = new Intl.DateTimeFormat(own, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const instant = new Intl.DateTimeFormat(own, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  const localeOf = (clientId: string | null | undefined): string => locales.get(clientId ?? "") ?? own;
  return {
    timeZone,
    today,
    localeOf,
    money: (minor, currency, clientId) => formatMoney(minor, currency, localeOf(clientId)),
    hours: (minutes) => formatDuration(minutes, style, own),
    day: (day) => (day.startsWith(thisYear) ? short : long).format(new Date(`${day}T00:00:00Z`)),
    instant: (iso) => instant.format(new Date(iso)),
  };
}

/** The one way to show money, time and dates. */
export function useFormat(): Formatters {
  const { workspace } = useWorkspace();
  const { data } = useClients();
  return useMemo(() => createFormatters(workspace, data ?? []), [workspace, data]);
}
