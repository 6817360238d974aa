import { localDay } from "@billhook/domain/timezone";
import { useEffect, useState } from "react";

/** The day in the zone, kept right over midnight: deferred lines come back on their day. */
export function useToday(timeZone: string): string {
  const read = (): string => localDay(new Date().toISOString(), timeZone);
  const [today, setToday] = useState(read);
  useEffect(() => {
    setToday(read());
    const timer = setInterval(() => setToday(read()), 30_000);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [timeZone]);
  return today;
}
