import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function ClientPage() {
  return (
    <Page title="Client">
      <ListSkeleton />
    </Page>
  );
}
