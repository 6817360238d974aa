export interface PreviewedWords {
  draftId: string;
  subject: string;
  template: string;
  summary: string | null;
  /** Why there is no summary. */
  reason: string | null;
}

/** The Worker's answer, of which only what is there is believed. */
export function readPreview(answer: unknown): PreviewedWords[] {
  const lines = typeof answer === "object" && answer !== null ? (answer as { lines?: unknown }).lines : null;
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((value: unknown): PreviewedWords[] => {
    if (typeof value !== "object" || value === null) return [];
    const { draft_id: draftId, subject, template, summary, reason } = value as Record<string, unknown>;
    if (typeof draftId !== "string") return [];
    return [
      {
        draftId,
        subject: typeof subject === "string" ? subject : "",
        template: typeof template === "string" ? template : "",
        summary: typeof summary === "string" ? summary : null,
        reason: typeof reason === "string" ? reason : null,
      },
    ];
  });
}
