import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function ProjectPage() {
  return (
    <Page title="Project">
      <ListSkeleton />
    </Page>
  );
}
