import { Page, Section } from "../../ui/page.tsx";
import { Members } from "./members.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { WorkspaceForm } from "./workspace-form.tsx";

export function SettingsPage() {
  return (
    <Page title="Settings">
      <div className="mx-auto max-w-4xl px-4 py-5">
        <WorkspaceForm />
        <div className="mt-6">
          <Section title="Members">
            <Members />
          </Section>
          <Section title="Theme" description="For you on this device.">
            <ThemeChoice />
          </Section>
        </div>
      </div>
    </Page>
  );
}
