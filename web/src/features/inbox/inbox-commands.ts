import type { RefObject } from "react";
import { type Command, useCommands } from "../../app/commands.tsx";
import type { InboxTab } from "./inbox-row.ts";
import { type InboxSearch, groupings, inboxTabs } from "./inbox-search.ts";
import type { FocusAction } from "./selection.ts";

interface InboxCommandTargets {
  tab: InboxTab;
  canWork: boolean;
  canManage: boolean;
  /** A line is active or selected. */
  hasTarget: boolean;
  hasSelection: boolean;
  editing: boolean;
  paneOpen: boolean;
  filterField: RefObject<HTMLInputElement | null>;
  focus: (action: FocusAction) => void;
  change: (change: { [Key in keyof InboxSearch]?: InboxSearch[Key] | undefined }) => void;
  toggleActive: () => void;
  approve: () => void;
  edit: () => void;
  ignore: () => void;
  ignoreWithReason: () => void;
  approveToInvoice: () => void;
  split: () => void;
  merge: () => void;
  join: () => void;
  acceptFlag: () => void;
  defer: () => void;
  bringBack: () => void;
  invoice: () => void;
  undo: () => void;
  togglePane: () => void;
  escape: () => void;
}

const tabNames = { open: "open", deferred: "deferred", approved: "approved", ignored: "ignored" } as const;

/** The inbox's actions, by name and by key. Shows nothing; its code comes beside the list's. */
export function InboxCommands(to: InboxCommandTargets): null {
  const triage = to.canWork && (to.tab === "open" || to.tab === "deferred");
  const lines = "Lines";
  const move = "Moving about";
  const commands: Command[] = [
    { id: "approve", label: "Approve", group: lines, keys: ["a"], enabled: triage && to.hasTarget, run: to.approve },
    { id: "edit", label: "Edit in place", group: lines, keys: ["e"], enabled: triage && to.hasTarget, run: to.edit },
    {
      id: "approve to invoice",
      label: "Approve onto a new invoice draft",
      group: lines,
      keys: ["shift+a"],
      enabled: triage && to.canManage && to.hasTarget,
      run: to.approveToInvoice,
    },
    { id: "split", label: "Split…", group: lines, keys: ["s"], enabled: triage && to.hasTarget, run: to.split },
    { id: "merge", label: "Merge…", group: lines, keys: ["m"], enabled: triage && to.hasSelection, run: to.merge },
    {
      id: "join",
      label: "Join a split again, or take a merge apart",
      group: lines,
      keys: ["shift+s"],
      enabled: triage && to.hasTarget,
      run: to.join,
    },
    { id: "ignore", label: "Ignore", group: lines, keys: ["i"], enabled: triage && to.hasTarget, run: to.ignore },
    {
      id: "ignore with a reason",
      label: "Ignore with a reason…",
      group: lines,
      keys: ["shift+i"],
      enabled: triage && to.hasTarget,
      run: to.ignoreWithReason,
    },
    {
      id: "accept flag",
      label: "Accept the flag",
      group: lines,
      keys: ["f"],
      enabled: triage && to.hasTarget,
      run: to.acceptFlag,
    },
    { id: "defer", label: "Defer…", group: lines, keys: ["d"], enabled: triage && to.hasTarget, run: to.defer },
    {
      id: "bring back",
      label: "Bring back",
      group: lines,
      keys: ["r"],
      enabled: to.canWork && to.hasTarget && to.tab !== "open",
      run: to.bringBack,
    },
    {
      id: "invoice",
      label: "Invoice…",
      group: lines,
      keys: ["n"],
      enabled: to.canManage && (to.tab === "approved" || (triage && to.hasTarget)),
      run: to.invoice,
    },
    {
      id: "undo",
      label: "Undo the last action",
      group: lines,
      keys: ["u", "mod+z"],
      enabled: to.canWork,
      run: to.undo,
    },
    {
      id: "select",
      label: "Select",
      group: lines,
      keys: ["x"],
      enabled: to.hasTarget,
      hidden: true,
      run: to.toggleActive,
    },
    {
      id: "select all",
      label: "Select all in view",
      group: lines,
      keys: ["*", "mod+a"],
      run: () => to.focus({ type: "all" }),
    },
    {
      id: "evidence",
      label: to.paneOpen ? "Close the evidence" : "Open the evidence",
      group: lines,
      keys: ["space", "enter"],
      enabled: to.hasTarget,
      run: to.togglePane,
    },
    {
      id: "next",
      label: "Next line",
      group: move,
      keys: ["j", "arrowdown"],
      hidden: true,
      run: () => to.focus({ type: "move", by: 1 }),
    },
    {
      id: "previous",
      label: "Previous line",
      group: move,
      keys: ["k", "arrowup"],
      hidden: true,
      run: () => to.focus({ type: "move", by: -1 }),
    },
    {
      id: "extend down",
      label: "Select downwards",
      group: move,
      keys: ["shift+j", "shift+arrowdown"],
      hidden: true,
      run: () => to.focus({ type: "move", by: 1, extend: true }),
    },
    {
      id: "extend up",
      label: "Select upwards",
      group: move,
      keys: ["shift+k", "shift+arrowup"],
      hidden: true,
      run: () => to.focus({ type: "move", by: -1, extend: true }),
    },
    {
      id: "page down",
      label: "Ten lines on",
      group: move,
      keys: ["pagedown"],
      hidden: true,
      run: () => to.focus({ type: "move", by: 10 }),
    },
    {
      id: "page up",
      label: "Ten lines back",
      group: move,
      keys: ["pageup"],
      hidden: true,
      run: () => to.focus({ type: "move", by: -10 }),
    },
    {
      id: "first",
      label: "First line",
      group: move,
      keys: ["home"],
      hidden: true,
      run: () => to.focus({ type: "edge", to: "first" }),
    },
    {
      id: "last",
      label: "Last line",
      group: move,
      keys: ["end"],
      hidden: true,
      run: () => to.focus({ type: "edge", to: "last" }),
    },
    {
      id: "filter",
      label: "Filter by words",
      group: move,
      keys: ["/"],
      run: () => {
        to.filterField.current?.focus();
        to.filterField.current?.select();
      },
    },
    {
      id: "escape",
      label: "Close, or clear the selection",
      group: move,
      keys: ["escape"],
      hidden: true,
      run: to.escape,
    },
    ...inboxTabs.map((tab, at): Command => ({
      id: `tab ${tab}`,
      label: `Show ${tabNames[tab]} lines`,
      group: "View",
      keys: [String(at + 1)],
      run: () => to.change({ tab: tab === "open" ? undefined : tab }),
    })),
    ...groupings.map((group): Command => ({
      id: `group ${group}`,
      label: `Group by ${group}`,
      group: "View",
      run: () => to.change({ group: group === "project" ? undefined : group }),
    })),
  ];
  // What is typed while the fields of a line are still coming is no command.
  useCommands(to.editing ? [] : commands);
  return null;
}
