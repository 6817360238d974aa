import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Plus } from "lucide-react";
import { useWorkspace } from "../data/workspace.tsx";
import { Menu } from "../ui/menu.tsx";
import type { MenuEntry } from "../ui/menu-content.tsx";

/** The person's workspaces, as the part of a menu that begins with a line. */
export function useWorkspaceEntries(): MenuEntry[] {
  const { workspace, all, switchTo } = useWorkspace();
  const navigate = useNavigate();
  return [
    { type: "separator" },
    { type: "label", label: "Workspaces" },
    ...all.map((candidate) => ({
      type: "choice" as const,
      label: candidate.name,
      checked: candidate.id === workspace.id,
      run: () => switchTo(candidate.id),
    })),
    { type: "separator" },
    {
      type: "item",
      label: "New workspace",
      icon: <Plus size={15} aria-hidden />,
      run: () => void navigate({ to: "/welcome" }),
    },
  ];
}

export function WorkspaceSwitcher() {
  const { workspace } = useWorkspace();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Workspace ${workspace.name}. Switch`}
          className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 text-left font-semibold hover:bg-hover max-xl:w-8 max-xl:flex-none max-xl:justify-center max-xl:px-0"
        >
          <span
            aria-hidden
            className="flex size-5.5 shrink-0 items-center justify-center rounded bg-accent text-xs font-semibold text-accent-ink"
          >
            {workspace.name.trim().charAt(0).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 truncate max-xl:hidden">{workspace.name}</span>
          <ChevronsUpDown size={13} aria-hidden className="shrink-0 text-faint max-xl:hidden" />
        </button>
      }
      entries={useWorkspaceEntries().slice(1)}
    />
  );
}
