/** The columns whose value differs: what somebody else saved meanwhile in the others is not written over. */
export function changedColumns<Columns extends Record<string, unknown>>(
  before: Columns,
  after: Columns,
): Partial<Columns> {
  const same = (key: keyof Columns): boolean => JSON.stringify(before[key]) === JSON.stringify(after[key]);
  return Object.fromEntries(Object.entries(after).filter(([key]) => !same(key))) as Partial<Columns>;
}
