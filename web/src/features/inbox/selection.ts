/** Which row has the focus and which are selected. Ids, in the order the rows are shown (`order`). */

export interface Focus {
  active: string | null;
  selected: ReadonlySet<string>;
  /** Where a range selection began. */
  anchor: string | null;
}

export const noFocus: Focus = { active: null, selected: new Set(), anchor: null };

export type FocusAction =
  | { type: "move"; by: number; extend?: boolean }
  | { type: "edge"; to: "first" | "last" }
  | { type: "activate"; id: string }
  | { type: "toggle"; id: string }
  | { type: "range"; id: string }
  | { type: "set"; ids: readonly string[]; selected: boolean }
  | { type: "all" }
  | { type: "clear" };

const between = (order: readonly string[], from: string | null, to: string): string[] => {
  const end = order.indexOf(to);
  const start = from === null ? end : order.indexOf(from);
  if (start < 0 || end < 0) return end < 0 ? [] : [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
};

const withAll = (selected: ReadonlySet<string>, ids: readonly string[]): Set<string> => new Set([...selected, ...ids]);

export function changeFocus(focus: Focus, action: FocusAction, order: readonly string[]): Focus {
  switch (action.type) {
    case "move": {
      const at = focus.active === null ? -1 : order.indexOf(focus.active);
      const from = at < 0 ? (action.by > 0 ? -1 : order.length) : at;
      const active = order[Math.max(0, Math.min(order.length - 1, from + action.by))] ?? null;
      if (action.extend !== true || active === null) return { ...focus, active, anchor: active };
      const anchor = focus.anchor ?? focus.active ?? active;
      return { active, anchor, selected: withAll(focus.selected, between(order, focus.active ?? active, active)) };
    }
    case "edge": {
      const active = (action.to === "first" ? order[0] : order.at(-1)) ?? null;
      return { ...focus, active, anchor: active };
    }
    case "activate":
      return { ...focus, active: action.id, anchor: action.id };
    case "toggle": {
      const selected = new Set(focus.selected);
      if (!selected.delete(action.id)) selected.add(action.id);
      return { active: action.id, anchor: action.id, selected };
    }
    case "range": {
      const anchor = focus.anchor ?? focus.active;
      return { active: action.id, anchor, selected: withAll(focus.selected, between(order, anchor, action.id)) };
    }
    case "set": {
      const selected = new Set(focus.selected);
      for (const id of action.ids) {
        if (action.selected) selected.add(id);
        else selected.delete(id);
      }
      return { ...focus, selected };
    }
    case "all":
      return { ...focus, selected: new Set(order) };
    case "clear":
      return { ...focus, selected: new Set() };
  }
}

/**
 * After the list has changed: what is no longer there is no longer selected, and the focus goes to the row that follows
 * the one that left (else the one before it), so that `a a a` works its way down.
 */
export function followList(focus: Focus, before: readonly string[], order: readonly string[]): Focus {
  const present = new Set(order);
  const lost = [...focus.selected].some((id) => !present.has(id));
  const selected = lost ? new Set([...focus.selected].filter((id) => present.has(id))) : focus.selected;
  let { active, anchor } = focus;
  if (active !== null && !present.has(active)) {
    const at = before.indexOf(active);
    const after = at < 0 ? undefined : before.slice(at + 1).find((id) => present.has(id));
    const earlier = at < 0 ? undefined : before.slice(0, at).findLast((id) => present.has(id));
    active = after ?? earlier ?? null;
  }
  if (anchor !== null && !present.has(anchor)) anchor = active;
  if (active === focus.active && anchor === focus.anchor && selected === focus.selected) return focus;
  return { active, anchor, selected };
}
