import { useEffect, useRef } from "react";
import { useApp } from "../../data/app.tsx";
import type { Formatters } from "../../data/format.ts";
import type { InboxStore } from "./inbox-store.ts";
import type { UndoToast } from "./tell-report.ts";

/** Has each action's report told in a toast. The words come when there is something to tell. */
export function useInboxReports(store: InboxStore, format: Formatters): void {
  const { connection } = useApp();
  const shown = useRef<UndoToast>({ id: null });
  useEffect(
    () =>
      store.onReport((report) => {
        if (report.type === "held" || (report.type === "failed" && report.error.code === "unavailable")) {
          connection.report(false);
        }
        void import("./tell-report.ts").then(({ tellReport }) => tellReport(report, store, format, shown.current));
      }),
    [store, format, connection],
  );
}
