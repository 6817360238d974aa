import type { ExceededBudget } from "@billhook/database/drafts";
import type { Formatters } from "../data/format.ts";

/** "its cap by 3 h 30 m and €20.00" */
export function describeExcess(
  { is_cap, seconds, minor }: Omit<ExceededBudget, "currency">,
  format: Formatters,
  currency: string,
  clientId?: string,
): string {
  const parts = [
    seconds > 0 ? format.hours(Math.round(seconds / 60)) : null,
    minor > 0 ? format.money(minor, currency, clientId) : null,
  ].filter((part) => part !== null);
  return `its ${is_cap ? "cap" : "budget"} by ${parts.join(" and ")}`;
}
