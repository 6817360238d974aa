import { addDays, weekStart } from "@billhook/domain/timezone";

export interface DeferChoice {
  label: string;
  day: string;
}

/** The usual days to put something off to. `today` is `YYYY-MM-DD`. */
export function deferChoices(today: string): DeferChoice[] {
  const [year, month] = today.split("-").map(Number) as [number, number];
  const nextMonth = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
  return [
    { label: "Tomorrow", day: addDays(today, 1) },
    { label: "Next Monday", day: addDays(weekStart(today), 7) },
    { label: "Next month", day: nextMonth },
  ];
}
