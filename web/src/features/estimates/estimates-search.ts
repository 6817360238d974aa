import type { ReportFilter } from "@billhook/database/estimates";

/** The filters in the address; `month` is `2026-11`. */
export interface EstimatesSearch {
  project?: string;
  person?: string;
  month?: string;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

export function readEstimatesSearch(search: Record<string, unknown>): EstimatesSearch {
  const [project, person, month] = [text(search["project"]), text(search["person"]), text(search["month"])];
  return {
    ...(project === undefined ? {} : { project }),
    ...(person === undefined ? {} : { person }),
    ...(month !== undefined && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? { month } : {}),
  };
}

/** First and last day of the month, and what the filters ask for. */
export function filterOf({ project, person, month }: EstimatesSearch): ReportFilter {
  const last =
    month === undefined ? undefined : new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0));
  return {
    ...(month === undefined || last === undefined
      ? {}
      : { from: `${month}-01`, until: last.toISOString().slice(0, 10) }),
    ...(project === undefined ? {} : { projectId: project }),
    ...(person === undefined ? {} : { personId: person }),
  };
}

/** The months up to this one, the present one first: `2026-11`. */
export function latestMonths(today: string, count: number): string[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  );
}

/** `0.784` as `78%`; a dash of nothing. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${Math.round((part / whole) * 100)}%`;
