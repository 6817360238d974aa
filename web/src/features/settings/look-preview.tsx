import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { askWorker } from "../../lib/problem.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { lookColumns, type LookValues } from "./look-columns.ts";

const WAIT = 500;
const languages = [
  { value: "en", label: "English" },
  { value: "de", label: "German" },
  { value: "fr", label: "French" },
  { value: "es", label: "Spanish" },
  { value: "pl", label: "Polish" },
  { value: "ja", label: "Japanese" },
];

/** An example invoice with what is in the form, half a second after the last key. */
export function LookPreview({ values }: { values: LookValues }) {
  const app = useApp();
  const { workspace } = useWorkspace();
  const [locale, setLocale] = useState(workspace.locale);
  const asked = JSON.stringify({ ...lookColumns(values), locale, currency: workspace.currency });
  const settled = useSettled(asked);
  const pdf = useQuery({
    queryKey: [...keys.workspace(workspace.id), "invoice-preview", settled, workspace.logo_id] as const,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Blob> => {
      const answer = await askWorker(() =>
        fetchApi(app, `/api/workspaces/${workspace.id}/invoice-preview`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: settled,
        }),
      );
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.response.blob();
    },
  });
  const url = useAddress(pdf.data);
  const own = languages.some(({ value }) => value === locale) ? [] : [{ value: locale, label: locale }];

  return (
    <section aria-label="Example" className="flex min-h-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="text-base font-semibold">Example</h2>
        <div className="ml-auto w-32">
          <Select
            aria-label="Language of the example"
            value={locale}
            onChange={({ target }) => setLocale(target.value)}
          >
            {[...own, ...languages].map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </div>
        {url !== null && (
          <a href={url} target="_blank" rel="noreferrer" className={buttonClass()}>
            Open in a new tab
          </a>
        )}
      </div>
      {pdf.isError ? (
        <ErrorState
          title="The example could not be made"
          message={pdf.error.message}
          onRetry={() => void pdf.refetch()}
        />
      ) : url === null ? (
        <div
          role="status"
          aria-label="Making the example"
          className="aspect-[1/1.3] animate-skeleton rounded-md bg-line"
        />
      ) : navigator.pdfViewerEnabled ? (
        <iframe
          title="Example invoice"
          src={`${url}#toolbar=0&navpanes=0&view=FitH`}
          className="aspect-[1/1.3] w-full rounded-md border border-line bg-surface"
        />
      ) : (
        <p className="text-muted">This browser shows no PDF inside a page. Open it in a new tab.</p>
      )}
    </section>
  );
}

/** A text once it has not changed for a while. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Where a page finds the bytes, as long as they are shown. */
function useAddress(bytes: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (bytes === undefined) return;
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    // A tab that was opened with it still reads it.
    return () => void setTimeout(() => URL.revokeObjectURL(made), 60_000);
  }, [bytes]);
  return url;
}
