import { useApp } from "../../data/app.tsx";
import { messageOf } from "../../data/query.ts";
import { Page, Section } from "../../ui/page.tsx";
import { ErrorState, ListSkeleton } from "../../ui/states.tsx";
import { SettingsNavigation } from "../settings/settings-navigation.tsx";
import { SentList } from "./sent-list.tsx";
import { useWordSettings } from "./word-data.ts";
import { WordKey } from "./word-key.tsx";
import { WordProjects } from "./word-projects.tsx";
import { WordSettingsForm } from "./word-settings-form.tsx";

/** Who words the lines, what that may cost, what is never told, and what was. */
export function WordsPage() {
  const settings = useWordSettings();
  const { config } = useApp();
  return (
    <Page title="Words" aside={<SettingsNavigation />}>
      <div className="mx-auto max-w-4xl px-4 py-5">
        <Section
          title="What clients read"
          description="A line has the commit's own words at once. With summaries, a language model then words it for the client, in the client's language; what it fails at keeps the words it has, and what you touched stays yours. It never sees or sets time or money."
        >
          <WordProjects />
        </Section>
        {settings.data !== undefined ? (
          <>
            <Section
              title="Key"
              description={
                config.words && settings.data.key_set_at === null
                  ? "This installation has a key of its own, which is used unless you set one."
                  : "Of Anthropic, whose Claude words the lines. It is stored encrypted and never shown again."
              }
            >
              <WordKey settings={settings.data} />
            </Section>
            <WordSettingsForm settings={settings.data} />
          </>
        ) : settings.isPending ? (
          <ListSkeleton rows={4} rowHeight={56} />
        ) : (
          <ErrorState message={messageOf(settings.error)} onRetry={() => void settings.refetch()} />
        )}
        <Section
          title="What was sent"
          description="As it left, without what was taken out. Of changes in code, only their size and files are kept. After thirty days only the cost remains."
        >
          <SentList />
        </Section>
      </div>
    </Page>
  );
}
