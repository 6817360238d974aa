/**
 * The list's columns. Branch and author give way when the list is narrow (a small window, or the evidence beside it); on
 * a phone a row has two lines instead (see draft-row.tsx).
 */
export const ROW_HEIGHT = 36;
export const PHONE_ROW_HEIGHT = 66;
export const GROUP_HEIGHT = 34;
export const HEAD_HEIGHT = 28;

export const cell = {
  check: "flex w-10 shrink-0 items-center justify-center self-stretch",
  description: "relative flex min-w-0 flex-1 items-center gap-1.5 self-stretch pr-2",
  ticket: "hidden w-24 shrink-0 truncate pr-2 @min-[620px]:block",
  commits: "hidden w-22 shrink-0 truncate pr-2 @min-[700px]:block",
  branch: "hidden w-32 shrink-0 truncate pr-3 @min-[1080px]:block",
  author: "hidden w-28 shrink-0 truncate pr-3 @min-[960px]:block",
  date: "hidden w-24 shrink-0 whitespace-nowrap @min-[560px]:block",
  hours: "flex w-34 shrink-0 items-center justify-end gap-1.5 self-stretch pr-3 max-md:w-auto",
  rate: "hidden w-22 shrink-0 self-stretch pr-3 text-right @min-[820px]:flex @min-[820px]:items-center @min-[820px]:justify-end",
  amount: "flex w-26 shrink-0 items-center justify-end self-stretch pr-4 text-right font-medium max-md:w-auto",
};
