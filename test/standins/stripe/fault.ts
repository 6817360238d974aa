/** An answer other than 200, in the form of Stripe's errors (API reference, "Errors"). */
export class StripeFault extends Error {
  readonly status: number;
  readonly error: Record<string, string>;

  constructor(status: number, type: string, message: string, details: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.error = { ...details, message, type };
  }
}

export function refuseRequest(message: string, details: Record<string, string> = {}): StripeFault {
  return new StripeFault(400, "invalid_request_error", message, details);
}

export function missingResource(kind: string, id: string, param = "id"): StripeFault {
  return new StripeFault(404, "invalid_request_error", `No such ${kind}: '${id}'`, {
    code: "resource_missing",
    param,
  });
}

/** What real Stripe would take and the stand-in doesn't simulate: said aloud rather than ignored. */
export function notSimulated(what: string): StripeFault {
  return new StripeFault(501, "api_error", `The stand-in does not simulate ${what}.`);
}
