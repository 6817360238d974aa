import { Link, useNavigate } from "@tanstack/react-router";
import {
  Building2,
  ChartNoAxesColumn,
  CircleHelp,
  FileText,
  GitBranch,
  Inbox,
  type LucideIcon,
  Menu as MenuIcon,
  Search,
  Settings,
  Webhook,
} from "lucide-react";
import type { ComponentProps } from "react";
import { lazyPart } from "../lib/lazy-part.tsx";
import { Menu } from "../ui/menu.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { type Command, useCommands } from "./commands.tsx";
import { NotificationsBell } from "./notifications-bell.tsx";
import { UserMenu, useUserEntries } from "./user-menu.tsx";
import { WorkspaceSwitcher, useWorkspaceEntries } from "./workspace-switcher.tsx";

const FirstStepsMark = lazyPart(async () => (await import("../features/welcome/first-steps-mark.tsx")).FirstStepsMark);

interface Destination {
  to: "/inbox" | "/invoices" | "/clients" | "/repositories" | "/deliveries" | "/reports/estimates" | "/settings";
  label: string;
  short: string;
  letter: string;
  icon: LucideIcon;
}

const destinations: readonly Destination[] = [
  { to: "/inbox", label: "Inbox", short: "Inbox", letter: "i", icon: Inbox },
  { to: "/invoices", label: "Invoices", short: "Invoices", letter: "v", icon: FileText },
  { to: "/clients", label: "Clients & projects", short: "Clients", letter: "c", icon: Building2 },
  { to: "/repositories", label: "Repositories", short: "Repos", letter: "r", icon: GitBranch },
  { to: "/deliveries", label: "Deliveries", short: "Deliveries", letter: "d", icon: Webhook },
  { to: "/reports/estimates", label: "Estimates", short: "Estimates", letter: "e", icon: ChartNoAxesColumn },
  { to: "/settings", label: "Settings", short: "Settings", letter: "s", icon: Settings },
];

/** `g` and a letter goes to each page. */
export function useNavigationCommands(): void {
  const navigate = useNavigate();
  useCommands(
    destinations.map((destination): Command => ({
      id: `go ${destination.to}`,
      label: `Go to ${destination.label}`,
      group: "Go to",
      keys: [`g ${destination.letter}`],
      run: () => void navigate({ to: destination.to }),
    })),
    { shell: true },
  );
}

const link =
  "flex h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink " +
  "data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-strong " +
  "max-xl:w-8 max-xl:justify-center max-xl:px-0";

function QuietButton({
  label,
  shortcut,
  icon: Icon,
  ...rest
}: { label: string; shortcut: string; icon: LucideIcon } & ComponentProps<"button">) {
  return (
    <Tooltip label={label} side="right" shortcut={shortcut}>
      <button type="button" aria-label={label} {...rest} className={`${link} w-full`}>
        <Icon size={16} aria-hidden />
        <span className="min-w-0 flex-1 truncate text-left max-xl:hidden">{label}</span>
        <span className="max-xl:hidden">
          <Kbd keys={shortcut} />
        </span>
      </button>
    </Tooltip>
  );
}

/** Left of the page from 768 px up: icons, with words from 1280 px. */
export function SideNavigation(props: { onPalette: () => void; onHelp: () => void }) {
  return (
    <div className="flex w-13 shrink-0 flex-col border-r border-line bg-canvas p-2 xl:w-50">
      <div className="mb-2 flex items-center gap-1 max-xl:flex-col">
        <WorkspaceSwitcher />
        <NotificationsBell />
      </div>
      <nav aria-label="Main" className="flex flex-col gap-0.5">
        {destinations.map(({ to, label, letter, icon: Icon }) => (
          <Tooltip key={to} label={label} side="right" shortcut={`g ${letter}`}>
            <Link to={to} aria-label={label} className={link}>
              <Icon size={16} aria-hidden className="shrink-0" />
              <span className="truncate max-xl:hidden">{label}</span>
            </Link>
          </Tooltip>
        ))}
      </nav>
      <div className="flex-1" />
      <FirstStepsMark />
      <QuietButton label="Actions" shortcut="mod+k" icon={Search} onClick={props.onPalette} />
      <QuietButton label="Keys" shortcut="?" icon={CircleHelp} onClick={props.onHelp} />
      <UserMenu />
    </div>
  );
}

/** Below the page on a phone. */
export function BottomBar(props: { onPalette: () => void }) {
  const navigate = useNavigate();
  const userEntries = useUserEntries();
  const workspaceEntries = useWorkspaceEntries();
  const cell =
    "flex flex-1 flex-col items-center justify-center gap-0.5 text-[11px] text-muted data-[status=active]:font-medium data-[status=active]:text-accent-strong";
  return (
    <>
      <FirstStepsMark />
      <nav
        aria-label="Main"
        className="flex h-14 shrink-0 items-stretch border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)]"
      >
        {destinations.slice(0, 4).map(({ to, short, icon: Icon }) => (
          <Link key={to} to={to} className={cell}>
            <Icon size={19} aria-hidden />
            {short}
          </Link>
        ))}
        <Menu
          align="end"
          side="top"
          trigger={
            <button type="button" className={cell}>
              <MenuIcon size={19} aria-hidden />
              More
            </button>
          }
          entries={[
            ...destinations.slice(4).map(({ to, label, icon: Icon }) => ({
              type: "item" as const,
              label,
              icon: <Icon size={15} aria-hidden />,
              run: () => void navigate({ to }),
            })),
            {
              type: "item",
              label: "Find any action",
              icon: <Search size={15} aria-hidden />,
              run: props.onPalette,
            },
            ...workspaceEntries,
            ...userEntries,
          ]}
        />
      </nav>
    </>
  );
}
