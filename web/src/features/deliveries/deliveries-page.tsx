import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function DeliveriesPage() {
  return (
    <Page title="Deliveries">
      <ListSkeleton />
    </Page>
  );
}
