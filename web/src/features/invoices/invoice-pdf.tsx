import { useQuery } from "@tanstack/react-query";
import { Download, ExternalLink } from "lucide-react";
import { useEffect, useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { buttonClass } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/states.tsx";
import type { InvoiceRow } from "./invoice-state.ts";

/** The PDF as the client gets it. Asked for anew when the invoice changes. */
export function InvoicePdf({ invoice }: { invoice: InvoiceRow }) {
  const app = useApp();
  const [url, setUrl] = useState<string | null>(null);
  const pdf = useQuery({
    queryKey: [...keys.invoice(invoice.workspace_id, invoice.id), "pdf", invoice.version] as const,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: async (): Promise<Blob> => {
      const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/pdf`));
      if (!asked.ok) throw new Error(asked.problem.message);
      return asked.response.blob();
    },
  });
  const { data } = pdf;
  useEffect(() => {
    if (data === undefined) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    // A download that has begun still reads it.
    return () => void setTimeout(() => URL.revokeObjectURL(made), 60_000);
  }, [data]);

  if (pdf.isError) {
    return (
      <ErrorState title="The PDF could not be made" message={pdf.error.message} onRetry={() => void pdf.refetch()} />
    );
  }
  const name = `${(invoice.number ?? "draft").replaceAll(/[^A-Za-z0-9._-]/gu, "-")}.pdf`;
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 bg-sunken p-4">
      <div className="flex flex-wrap items-center gap-2">
        {invoice.status === "draft" && (
          <p className="text-muted">As it would be if you finalised it today, marked as a draft.</p>
        )}
        <span className="ml-auto flex gap-2">
          {url !== null && (
            <>
              <a href={url} target="_blank" rel="noreferrer" className={buttonClass()}>
                <ExternalLink size={14} aria-hidden /> Open in a new tab
              </a>
              <a href={url} download={name} className={buttonClass()}>
                <Download size={14} aria-hidden /> Download
              </a>
            </>
          )}
        </span>
      </div>
      {url === null ? (
        <div role="status" aria-label="Making the PDF" className="flex-1 animate-skeleton rounded-md bg-line" />
      ) : navigator.pdfViewerEnabled ? (
        // Phones show no PDF inside a page; there the buttons above do.
        <iframe
          title={`PDF of ${invoice.number ?? "the draft"}`}
          src={`${url}#view=FitH`}
          className="min-h-0 w-full flex-1 rounded-md border border-line bg-surface max-md:hidden"
        />
      ) : (
        // A frame would start a download that nobody asked for.
        <p className="text-muted max-md:hidden">
          This browser shows no PDF inside a page. Download it, or open it in a new tab.
        </p>
      )}
    </div>
  );
}
