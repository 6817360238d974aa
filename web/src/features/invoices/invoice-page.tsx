import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function InvoicePage() {
  return (
    <Page title="Invoice">
      <ListSkeleton />
    </Page>
  );
}
