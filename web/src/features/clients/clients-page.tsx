import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function ClientsPage() {
  return (
    <Page title="Clients">
      <ListSkeleton />
    </Page>
  );
}
