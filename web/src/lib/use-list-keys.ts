import { useState } from "react";
import { useCommands } from "../app/commands.tsx";

export interface ListKeys {
  /** The row that has the keyboard, -1 for none. */
  current: number;
  setCurrent: (index: number) => void;
}

/** `j` and `k` move through a list; Enter opens the row. */
export function useListKeys(options: {
  /** Heading in the key help. */
  group: string;
  count: number;
  open: (index: number) => void;
  /** Where the page keeps the current row itself. */
  state?: readonly [number, (index: number) => void];
}): ListKeys {
  const own = useState(-1);
  const [chosen, setCurrent] = options.state ?? own;
  const current = Math.min(chosen, options.count - 1);
  const move = (step: number): void => {
    if (options.count > 0) setCurrent(Math.max(0, Math.min(options.count - 1, current + step)));
  };
  useCommands([
    {
      id: "list-next",
      label: "Next row",
      group: options.group,
      keys: ["j", "arrowdown"],
      hidden: true,
      run: () => move(1),
    },
    {
      id: "list-previous",
      label: "Previous row",
      group: options.group,
      keys: ["k", "arrowup"],
      hidden: true,
      run: () => move(-1),
    },
    {
      id: "list-open",
      label: "Open the row",
      group: options.group,
      keys: ["enter"],
      hidden: true,
      enabled: current >= 0,
      run: () => options.open(current),
    },
  ]);
  return { current, setCurrent };
}
