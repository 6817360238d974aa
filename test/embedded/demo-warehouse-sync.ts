import type { DemoRepository } from "./demo-commit.ts";

const stock = "feature/stock-reservations";

/** On GitLab, which lists files and counts no lines: most messages name the time. */
export const warehouseSync: DemoRepository = {
  provider: "gitlab",
  externalId: "58210477",
  name: "quillhaven/warehouse-sync",
  url: "https://gitlab.com/quillhaven/warehouse-sync",
  project: "Warehouse sync",
  commits: [
    {
      day: 0,
      at: "16:45",
      branch: "main",
      message: "Retry the stock feed after a timeout (WH-48) [1h]",
      files: [["sync/feed.py", 0, 0]],
    },
    {
      day: 1,
      at: "14:10",
      branch: "main",
      message: "Map the publisher's discount groups (WH-49)\n\n/spend 1h 30m",
      files: [["sync/discounts.py", 0, 0]],
    },
    {
      day: 3,
      at: "13:25",
      branch: "main",
      message: "Report articles that the warehouse no longer knows (WH-51) [1.5h]",
      files: [["sync/report.py", 0, 0]],
    },
    {
      day: 3,
      at: "16:18",
      branch: "main",
      message: "Log how long each import step takes [30m]",
      files: [["sync/timing.py", 0, 0]],
    },
    {
      day: 4,
      at: "10:40",
      branch: "main",
      message: "Import returns within the hour (WH-52) [2h]",
      files: [["sync/returns.py", 0, 0]],
    },
    {
      day: 5,
      at: "13:40",
      branch: stock,
      message: "Reserve stock when an order is placed (WH-57) [1h 15m]",
      files: [["sync/reservations.py", 0, 0]],
    },
    {
      day: 5,
      at: "16:50",
      branch: stock,
      message: "Release reservations that were never paid (WH-57) [45m]",
      files: [["sync/expiry.py", 0, 0]],
    },
    {
      day: 6,
      at: "13:20",
      branch: stock,
      message: "Show reserved copies in the nightly report (WH-57) #time 50m",
      files: [["sync/report.py", 0, 0]],
    },
    {
      day: 6,
      at: "14:05",
      branch: "main",
      message: `Merge branch '${stock}' into 'main'`,
      kind: "merge",
    },
    {
      day: 7,
      at: "09:05",
      branch: "main",
      message: "Accept the warehouse's new delivery note format (WH-59)",
      files: [
        ["sync/delivery_note.py", 0, 0],
        ["tests/test_delivery_note.py", 0, 0],
      ],
    },
    {
      day: 7,
      at: "14:30",
      branch: "main",
      message: "Match the old and the new number of one title (WH-60)\n\nTime-Spent: 1h",
      files: [["sync/isbn.py", 0, 0]],
    },
    {
      day: 8,
      at: "10:25",
      branch: "main",
      message: "Alert when the feed is older than two hours (WH-61) [40m]",
      files: [["sync/alerts.py", 0, 0]],
    },
    {
      day: 8,
      at: "16:12",
      branch: "main",
      message: "Document the nightly run and how to repeat it [30m]",
      files: [["README.md", 0, 0]],
    },
    {
      day: 9,
      at: "10:20",
      branch: "main",
      message: "Count each returned copy once (WH-62) [1h]",
      files: [["sync/returns.py", 0, 0]],
    },
    {
      day: 9,
      at: "13:30",
      branch: "main",
      message: "Test the import with a month of recorded feeds (WH-62)",
      files: [["tests/test_recorded_feeds.py", 0, 0]],
    },
    {
      day: 9,
      at: "16:44",
      branch: "main",
      message: "Move credentials of the feed into the environment [35m]",
      files: [["sync/settings.py", 0, 0]],
    },
  ],
};
