import {
  Outlet,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import type { App } from "../data/app.tsx";
import { messageOf } from "../data/query.ts";
import { membershipsQuery } from "../data/workspace.tsx";
import { readEstimatesSearch } from "../features/estimates/estimates-search.ts";
import { readBillSearch } from "../features/billing/bill-search.ts";
import { readInboxSearch } from "../features/inbox/inbox-search.ts";
import { ErrorState } from "../ui/states.tsx";
import { AppShell } from "./app-shell.tsx";
import { ShellSkeleton } from "./shell-skeleton.tsx";
import { NotFound } from "./not-found.tsx";
import { PagePending } from "./page-pending.tsx";

interface RouterContext {
  app: App;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

type Texts<Name extends string> = { [Key in Name]?: string };

/** Those of the named search parameters that are there. */
const texts = <Name extends string>(search: Record<string, unknown>, ...names: Name[]): Texts<Name> =>
  Object.fromEntries(names.flatMap((name) => (text(search[name]) ? [[name, search[name]]] : []))) as Texts<Name>;

/** A path of this app to return to after signing in; anything else is dropped. */
const ownPath = (value: unknown): string | undefined => {
  const path = text(value);
  return path !== undefined && /^\/(?![/\\])/u.test(path) ? path : undefined;
};

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = ownPath(search["next"]);
    return next === undefined ? {} : { next };
  },
  beforeLoad: ({ context, search }) => {
    if (context.app.session.current() !== null) throw redirect({ href: search.next ?? "/inbox" });
  },
  component: lazyRouteComponent(() => import("../features/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  beforeLoad: ({ context }) => {
    if (context.app.session.current() === null) throw redirect({ to: "/sign-in" });
  },
  component: lazyRouteComponent(() => import("../features/welcome/welcome-page.tsx"), "WelcomePage"),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$token",
  beforeLoad: ({ context, location }) => {
    if (context.app.session.current() === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: lazyRouteComponent(() => import("../features/welcome/join-page.tsx"), "JoinPage"),
});

/** Everything inside a workspace: needs a session and a membership. `workspace` names it where there are several. */
const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  validateSearch: (search: Record<string, unknown>) => texts(search, "workspace"),
  search: { middlewares: [retainSearchParams(["workspace"])] },
  beforeLoad: ({ context, location }) => {
    if (context.app.session.current() === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  loader: async ({ context }) => {
    const session = context.app.session.current();
    if (session === null) return;
    const { workspaces } = await context.app.queryClient.ensureQueryData(
      membershipsQuery(context.app, session.user.id),
    );
    if (workspaces.length === 0) throw redirect({ to: "/welcome" });
  },
  pendingComponent: ShellSkeleton,
  component: AppShell,
});

const index = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", replace: true });
  },
});

const inbox = createRoute({
  getParentRoute: () => workspace,
  path: "/inbox",
  validateSearch: readInboxSearch,
  component: lazyRouteComponent(() => import("../features/inbox/inbox-page.tsx"), "InboxPage"),
});

const start = createRoute({
  getParentRoute: () => workspace,
  path: "/start",
  validateSearch: (search: Record<string, unknown>) => texts(search, "step"),
  component: lazyRouteComponent(() => import("../features/welcome/start-page.tsx"), "StartPage"),
});

const invoices = createRoute({
  getParentRoute: () => workspace,
  path: "/invoices",
  validateSearch: (search: Record<string, unknown>) => texts(search, "status", "client"),
  component: lazyRouteComponent(() => import("../features/invoices/invoices-page.tsx"), "InvoicesPage"),
});

const invoice = createRoute({
  getParentRoute: () => workspace,
  path: "/invoices/$invoiceId",
  validateSearch: (search: Record<string, unknown>): { view?: "pdf" } =>
    search["view"] === "pdf" ? { view: "pdf" } : {},
  component: lazyRouteComponent(() => import("../features/invoices/invoice-page.tsx"), "InvoicePage"),
});

const clients = createRoute({
  getParentRoute: () => workspace,
  path: "/clients",
  validateSearch: (search: Record<string, unknown>): { archived?: true; new?: true } => ({
    ...(search["archived"] === true ? { archived: true } : {}),
    ...(search["new"] === true ? { new: true } : {}),
  }),
  component: lazyRouteComponent(() => import("../features/clients/clients-page.tsx"), "ClientsPage"),
});

const client = createRoute({
  getParentRoute: () => workspace,
  path: "/clients/$clientId",
  component: lazyRouteComponent(() => import("../features/clients/client-page.tsx"), "ClientPage"),
});

const bill = createRoute({
  getParentRoute: () => workspace,
  path: "/clients/$clientId/bill",
  validateSearch: readBillSearch,
  component: lazyRouteComponent(() => import("../features/billing/bill-page.tsx"), "BillPage"),
});

const project = createRoute({
  getParentRoute: () => workspace,
  path: "/projects/$projectId",
  component: lazyRouteComponent(() => import("../features/projects/project-page.tsx"), "ProjectPage"),
});

const repositories = createRoute({
  getParentRoute: () => workspace,
  path: "/repositories",
  // `connect`: the dialog is open; with a project's id, for that project. `grant`: a host was connected in its own pages,
  // and repositories are picked under it; `refusal`: it came to nothing at `host`, and why.
  validateSearch: (
    search: Record<string, unknown>,
  ): Texts<"connect" | "repository" | "grant" | "host" | "refusal"> & { archived?: true } => ({
    ...texts(search, "connect", "repository", "grant", "host", "refusal"),
    ...(search["archived"] === true ? { archived: true } : {}),
  }),
  component: lazyRouteComponent(() => import("../features/repositories/repositories-page.tsx"), "RepositoriesPage"),
});

const deliveries = createRoute({
  getParentRoute: () => workspace,
  path: "/deliveries",
  validateSearch: (search: Record<string, unknown>) => texts(search, "status", "repository", "delivery"),
  component: lazyRouteComponent(() => import("../features/deliveries/deliveries-page.tsx"), "DeliveriesPage"),
});

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/settings/settings-page.tsx"), "SettingsPage"),
});

const look = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/invoices",
  component: lazyRouteComponent(() => import("../features/settings/look-page.tsx"), "LookPage"),
});

const people = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/people",
  component: lazyRouteComponent(() => import("../features/people/people-page.tsx"), "PeoplePage"),
});

const payments = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/payments",
  component: lazyRouteComponent(() => import("../features/payments/payments-page.tsx"), "PaymentsPage"),
});

const words = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/words",
  component: lazyRouteComponent(() => import("../features/words/words-page.tsx"), "WordsPage"),
});

const tickets = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/tickets",
  validateSearch: (search: Record<string, unknown>) => texts(search, "connect", "tracker", "kind", "refusal"),
  component: lazyRouteComponent(() => import("../features/tickets/tickets-page.tsx"), "TicketsPage"),
});

const estimates = createRoute({
  getParentRoute: () => workspace,
  path: "/reports/estimates",
  validateSearch: readEstimatesSearch,
  component: lazyRouteComponent(() => import("../features/estimates/estimates-page.tsx"), "EstimatesPage"),
});

const routeTree = root.addChildren([
  signIn,
  welcome,
  join,
  workspace.addChildren([
    index,
    inbox,
    start,
    invoices,
    invoice,
    clients,
    client,
    bill,
    project,
    repositories,
    deliveries,
    settings,
    look,
    people,
    payments,
    words,
    tickets,
    estimates,
  ]),
]);

export function createAppRouter(app: App) {
  return createRouter({
    routeTree,
    context: { app },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: ({ error, reset }) => (
      <ErrorState title="This page could not be shown" message={messageOf(error)} onRetry={reset} />
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
