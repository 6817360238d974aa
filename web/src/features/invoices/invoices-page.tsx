import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function InvoicesPage() {
  return (
    <Page title="Invoices">
      <ListSkeleton />
    </Page>
  );
}
