import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function RepositoriesPage() {
  return (
    <Page title="Repositories">
      <ListSkeleton />
    </Page>
  );
}
