import { LogOut } from "lucide-react";
import { useState } from "react";
import { useApp, useSession } from "../data/app.tsx";
import { useWorkspace } from "../data/workspace.tsx";
import { Menu } from "../ui/menu.tsx";
import type { MenuEntry } from "../ui/menu-content.tsx";
import { applyTheme, readTheme } from "./theme.ts";

const themes = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "system", label: "Like the system" },
] as const;

/** Theme and sign out, as the part of a menu that begins with a line. */
export function useUserEntries(): MenuEntry[] {
  const app = useApp();
  const session = useSession();
  const { member } = useWorkspace();
  const [theme, setTheme] = useState(readTheme);
  return [
    { type: "separator" },
    { type: "label", label: session?.user.email ?? member.display_name },
    { type: "separator" },
    { type: "label", label: "Theme" },
    ...themes.map(({ value, label }) => ({
      type: "choice" as const,
      label,
      checked: theme === value,
      run: () => {
        applyTheme(value);
        setTheme(value);
      },
    })),
    { type: "separator" },
    {
      type: "item",
      label: "Sign out",
      icon: <LogOut size={15} aria-hidden />,
      run: () => void app.session.signOut(),
    },
  ];
}

export function UserMenu() {
  const { member } = useWorkspace();
  return (
    <Menu
      side="top"
      entries={useUserEntries().slice(1)}
      trigger={
        <button
          type="button"
          aria-label={`${member.display_name}: theme, sign out`}
          className="mt-1 flex h-8 items-center gap-2.5 rounded-md px-1.5 text-muted hover:bg-hover hover:text-ink max-xl:w-8 max-xl:justify-center max-xl:px-0"
        >
          <span
            aria-hidden
            className="flex size-5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface text-[10.5px] font-semibold"
          >
            {member.display_name.charAt(0).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 truncate text-left max-xl:hidden">{member.display_name}</span>
        </button>
      }
    />
  );
}
