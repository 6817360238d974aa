/**
 * The list's columns. Branch, rate, ticket, commits and author give way when the list is narrow (a small window, or the
 * evidence beside it, which shows them), so that the words keep room; on a phone a row has two lines instead (see
 * draft-row.tsx).
 */
export const ROW_HEIGHT = 36;
export const PHONE_ROW_HEIGHT = 66;
export const GROUP_HEIGHT = 34;
export const HEAD_HEIGHT = 28;

export const cell = {
  check: "flex w-10 shrink-0 items-center justify-center self-stretch",
  description: "relative flex min-w-0 flex-1 items-center gap-1.5 self-stretch pr-3",
  ticket: "hidden w-22 shrink-0 truncate pr-2 @min-[700px]:block",
  commits: "hidden w-18 shrink-0 items-center gap-2 pr-3 @min-[960px]:flex @min-[1160px]:w-40",
  author: "hidden w-9 shrink-0 items-center @min-[900px]:flex",
  date: "hidden w-22 shrink-0 whitespace-nowrap @min-[560px]:block",
  hours:
    "flex w-24 shrink-0 max-md:w-auto @min-[560px]:w-38 items-center justify-end gap-1.5 self-stretch pr-3 whitespace-nowrap",
  rate: "hidden w-21 shrink-0 items-center justify-end self-stretch pr-3 text-right @min-[900px]:flex",
  amount: "flex w-25 shrink-0 items-center justify-end self-stretch pr-4 text-right font-medium",
};
