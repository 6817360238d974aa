import type { DemoRepository } from "./demo-commit.ts";

const exports = "LARK-86-scheduled-exports";

/** On Bitbucket, which lists no files. */
export const reportingDashboard: DemoRepository = {
  provider: "bitbucket",
  externalId: "{6f1c2b0e-8d35-4a57-9a41-5be0c7d2f913}",
  name: "larkmoor/reporting-dashboard",
  url: "https://bitbucket.org/larkmoor/reporting-dashboard",
  project: "Reporting dashboard",
  commits: [
    { day: 0, at: "11:30", branch: "main", message: "LARK-71 Add the quarterly comparison chart [2.5h]" },
    { day: 1, at: "09:20", branch: "main", message: "LARK-71 Label the chart's axes in the viewer's language [45m]" },
    {
      day: 1,
      at: "16:05",
      branch: "main",
      message: "LARK-73 Speed up the revenue query with a partial index [1h 30m]",
    },
    { day: 2, at: "13:36", branch: "main", message: "LARK-74 Let viewers save a set of filters [3h]" },
    { day: 3, at: "11:15", branch: "main", message: "LARK-74 Share saved filters within a team #time 1h 20m" },
    { day: 4, at: "15:00", branch: "main", message: "LARK-76 Fix totals of accounts in two currencies [1.25h]" },
    { day: 5, at: "10:44", branch: "main", message: "LARK-82 Sign people in through the company's directory [1h 30m]" },
    { day: 5, at: "17:15", branch: "main", message: "LARK-82 Map directory groups to roles [30m]" },
    { day: 6, at: "10:32", branch: "main", message: "LARK-83 Explain why a chart is empty [40m]" },
    { day: 6, at: "15:10", branch: exports, message: "LARK-86 Store export schedules [1h]" },
    { day: 6, at: "17:04", branch: exports, message: "LARK-86 Send exports as a spreadsheet every Monday [1h 15m]" },
    { day: 7, at: "11:20", branch: exports, message: "LARK-86 Stop a schedule when its owner leaves" },
    { day: 7, at: "16:48", branch: "main", message: "LARK-88 Fix the week's first day for American accounts [30m]" },
    { day: 8, at: "13:05", branch: "main", message: "LARK-89 Cache the tiles of the start page [1.5h]" },
    { day: 8, at: "15:40", branch: "main", message: "LARK-90 Show when the figures were last loaded [20m]" },
    { day: 8, at: "17:20", branch: "main", message: "LARK-89 Clear the cache when figures are corrected [25m]" },
    {
      day: 9,
      at: "12:10",
      branch: "main",
      message: "LARK-91 Warn before a report with more than a million rows [45m]",
    },
    { day: 9, at: "14:40", branch: "main", message: "LARK-91 Stream large reports instead of holding them [1h 10m]" },
    { day: 9, at: "17:00", branch: "main", message: "LARK-92 Rename accounts without losing their history [50m]" },
  ],
};
