import { Outlet, useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useApp, useSession } from "../data/app.tsx";
import { type CurrentWorkspace, WorkspaceContext, membershipsQuery } from "../data/workspace.tsx";
import { CloudOff } from "lucide-react";
import { lazyPart, whenIdle } from "../lib/lazy-part.tsx";
import { OpenMenu } from "../ui/menu.tsx";
import { PopoverPanel } from "../ui/popover.tsx";
import { TooltipBubble } from "../ui/tooltip.tsx";
import { usePhone } from "../lib/use-media.ts";
import { Toaster } from "../ui/toast.tsx";
import { ShellSkeleton } from "./shell-skeleton.tsx";
import { useCommands } from "./commands.tsx";
import { BottomBar, SideNavigation, useNavigationCommands } from "./navigation.tsx";

const CommandPalette = lazyPart(async () => (await import("./command-palette.tsx")).CommandPalette);
const KeyHelp = lazyPart(async () => (await import("./key-help.tsx")).KeyHelp);

/** Fetched once the page is there, so that they open at once, also offline. */
const soonNeeded = [OpenMenu, PopoverPanel, TooltipBubble, CommandPalette, KeyHelp];

const LAST_WORKSPACE = "billhook.workspace";

/** Navigation around the page, and what every page shares: the workspace, the palette, the key help, toasts. */
export function AppShell() {
  const app = useApp();
  const session = useSession();
  const userId = session?.user.id ?? "";
  const memberships = useQuery({ ...membershipsQuery(app, userId), enabled: userId !== "" });
  const navigate = useNavigate();
  const search = useSearch({ from: "/workspace" });
  const wanted = search.workspace ?? localStorage.getItem(LAST_WORKSPACE);

  const current = useMemo((): CurrentWorkspace | null => {
    const all = memberships.data?.workspaces ?? [];
    const workspace = all.find((candidate) => candidate.id === wanted) ?? all[0];
    const member = memberships.data?.members.find((candidate) => candidate.workspace_id === workspace?.id);
    if (workspace === undefined || member === undefined) return null;
    return {
      workspace,
      member,
      all,
      canWork: member.role !== "viewer",
      canManage: member.role === "owner" || member.role === "admin",
      switchTo: (id) => {
        localStorage.setItem(LAST_WORKSPACE, id);
        void navigate({ to: "/inbox", search: { workspace: id } });
      },
    };
  }, [memberships.data, wanted, navigate]);

  if (current === null) return <ShellSkeleton />;
  return (
    <WorkspaceContext value={current}>
      <Frame key={current.workspace.id} />
    </WorkspaceContext>
  );
}

function Frame() {
  const phone = usePhone();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  useEffect(
    () =>
      whenIdle(() => {
        for (const part of soonNeeded) part.preload();
      }),
    [],
  );
  useNavigationCommands();
  useCommands(
    [
      {
        id: "palette",
        label: "Find any action",
        group: "Anywhere",
        keys: ["mod+k"],
        hidden: true,
        inFields: true,
        run: () => setPaletteOpen(true),
      },
      {
        id: "help",
        label: "Show the keys",
        group: "Anywhere",
        keys: ["?"],
        run: () => setHelpOpen(true),
      },
    ],
    { shell: true },
  );
  return (
    <div className="flex h-full min-h-0 flex-col md:flex-row">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to the page
      </a>
      {!phone && <SideNavigation onPalette={() => setPaletteOpen(true)} onHelp={() => setHelpOpen(true)} />}
      <main id="page" className="relative min-h-0 min-w-0 flex-1 bg-surface">
        <Outlet />
        <ConnectionMark />
      </main>
      {phone && <BottomBar onPalette={() => setPaletteOpen(true)} />}
      {paletteOpen && <CommandPalette onClose={() => setPaletteOpen(false)} />}
      {helpOpen && <KeyHelp onClose={() => setHelpOpen(false)} />}
      <Toaster />
    </div>
  );
}

function ConnectionMark() {
  const { connection } = useApp();
  const reachable = useSyncExternalStore(connection.subscribe, connection.isReachable);
  return (
    <div role="status" className="pointer-events-none absolute bottom-3 left-3 z-30">
      {!reachable && (
        <span className="animate-appear inline-flex items-center gap-1.5 rounded-md border border-line bg-raised px-2 py-1 text-sm text-warn shadow-pop">
          <CloudOff size={13} aria-hidden /> No answer, retrying
        </span>
      )}
    </div>
  );
}
