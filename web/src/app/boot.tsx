import { QueryClientProvider, useQuery, QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Component, type ReactNode, useEffect, useMemo } from "react";
import { AppContext, openApp } from "../data/app.tsx";
import { loadConfig } from "../data/config.ts";
import { ErrorState } from "../ui/states.tsx";
import { TooltipLayer } from "../ui/tooltip.tsx";
import { CommandProvider } from "./commands.tsx";
import { createAppRouter } from "./router.tsx";
import { ShellSkeleton } from "./shell-skeleton.tsx";

const bootClient = new QueryClient({ defaultOptions: { queries: { networkMode: "always" } } });

/** Asks what this installation is, opens the session, then shows the app. */
export function Boot() {
  return (
    <LastResort>
      <QueryClientProvider client={bootClient}>
        <Opening />
      </QueryClientProvider>
    </LastResort>
  );
}

/** A bug outside of a page's own error boundary ends here instead of in a blank window. */
class LastResort extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <ErrorState
        title="Something broke on this page"
        message="Nothing you saved is lost. Load the page again to go on."
        onRetry={() => window.location.reload()}
      />
    );
  }
}

function Opening() {
  const opened = useQuery({
    queryKey: ["app"],
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: 1,
    queryFn: async ({ signal }) => openApp(await loadConfig(signal)),
  });
  if (opened.isError) {
    return (
      <ErrorState
        title="Billhook could not start"
        message={opened.error.message}
        onRetry={() => void opened.refetch()}
      />
    );
  }
  return opened.isPending ? <ShellSkeleton /> : <Opened app={opened.data} />;
}

function Opened({ app }: { app: Awaited<ReturnType<typeof openApp>> }) {
  const router = useMemo(() => createAppRouter(app), [app]);
  useEffect(
    () =>
      app.session.subscribe(() => {
        if (app.session.current() === null) app.queryClient.clear();
        void router.invalidate();
      }),
    [app, router],
  );
  return (
    <AppContext value={app}>
      <QueryClientProvider client={app.queryClient}>
        <CommandProvider>
          <RouterProvider router={router} />
        </CommandProvider>
        <TooltipLayer />
      </QueryClientProvider>
    </AppContext>
  );
}
