/** How the work of a project is billed, by the values of `projects.billing_type`. */
export const billingTypes: Readonly<Record<string, string>> = {
  hourly: "Hourly",
  fixed: "Fixed price",
  non_billable: "Not billable",
};

export const billingHints: Readonly<Record<string, string>> = {
  hourly: "Approved time is billed at the hourly rate.",
  fixed: "Time is recorded at the hourly rate all the same, to compare it with the price you agreed.",
  non_billable: "Commits still become drafts and time, with an amount of nothing.",
};
