import { describe, expect, it } from "vitest";
import { type Focus, changeFocus, followList, noFocus } from "./selection.ts";

const order = ["a", "b", "c", "d", "e"];
const at = (active: string | null, ...selected: string[]): Focus => ({
  active,
  anchor: active,
  selected: new Set(selected),
});

describe("moving the focus", () => {
  it("begins at the first row going down and at the last going up", () => {
    expect(changeFocus(noFocus, { type: "move", by: 1 }, order).active).toBe("a");
    expect(changeFocus(noFocus, { type: "move", by: -1 }, order).active).toBe("e");
  });

  it("stops at both ends", () => {
    expect(changeFocus(at("e"), { type: "move", by: 1 }, order).active).toBe("e");
    expect(changeFocus(at("b"), { type: "move", by: -10 }, order).active).toBe("a");
  });

  it("stays nowhere in an empty list", () => {
    expect(changeFocus(noFocus, { type: "move", by: 1 }, [])).toEqual(noFocus);
  });

  it("selects what it passes when it is extended", () => {
    const once = changeFocus(at("b"), { type: "move", by: 1, extend: true }, order);
    expect([...once.selected]).toEqual(["b", "c"]);
    expect(changeFocus(once, { type: "move", by: 1, extend: true }, order).active).toBe("d");
  });
});

describe("selecting", () => {
  it("takes a row in and out again", () => {
    const one = changeFocus(noFocus, { type: "toggle", id: "c" }, order);
    expect([...one.selected]).toEqual(["c"]);
    expect(changeFocus(one, { type: "toggle", id: "c" }, order).selected.size).toBe(0);
  });

  it("reaches from the last row touched to the one clicked with shift, in either direction", () => {
    const range = changeFocus(at("d", "d"), { type: "range", id: "b" }, order);
    expect([...range.selected].toSorted()).toEqual(["b", "c", "d"]);
    const other = changeFocus(range, { type: "range", id: "e" }, order);
    expect([...other.selected].toSorted()).toEqual(["b", "c", "d", "e"]);
  });

  it("takes all in view, or a group, and lets go of them", () => {
    expect(changeFocus(noFocus, { type: "all" }, order).selected.size).toBe(5);
    const group = changeFocus(at("a", "e"), { type: "set", ids: ["a", "b"], selected: true }, order);
    expect([...group.selected].toSorted()).toEqual(["a", "b", "e"]);
    expect([...changeFocus(group, { type: "set", ids: ["a", "b"], selected: false }, order).selected]).toEqual(["e"]);
    expect(changeFocus(group, { type: "clear" }, order).selected.size).toBe(0);
  });
});

describe("following the list", () => {
  it("goes on to the row after the one that left", () => {
    expect(followList(at("b"), order, ["a", "c", "d", "e"]).active).toBe("c");
  });

  it("goes back where nothing follows", () => {
    expect(followList(at("e"), order, ["a", "b"]).active).toBe("b");
    expect(followList(at("e"), order, []).active).toBeNull();
  });

  it("deselects what is gone and leaves the rest alone", () => {
    const followed = followList(at("a", "a", "b", "c"), order, ["a", "c", "new"]);
    expect([...followed.selected]).toEqual(["a", "c"]);
  });

  it("answers the same focus where nothing of it has changed", () => {
    const focus = at("a", "b");
    expect(followList(focus, order, ["new", ...order])).toBe(focus);
  });
});
