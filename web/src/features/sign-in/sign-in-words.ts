import type { AuthError } from "@supabase/supabase-js";

/** What went wrong, for people: the service's own words are not shown. */
export function explainAuthError(error: AuthError): string {
  if (error.status === undefined || error.status === 0 || error.status >= 500) {
    return "The sign-in service cannot be reached. Try again in a moment.";
  }
  switch (error.code) {
    case "invalid_credentials":
    case "invalid_grant":
      return "This email and password do not belong together.";
    case "user_already_exists":
    case "email_exists":
      return "There is an account with this email already. Sign in instead.";
    case "weak_password":
      return "This password is too weak. Use at least eight characters.";
    case "email_not_confirmed":
      return "Confirm your email address first: the link is in your mailbox.";
    case "over_request_rate_limit":
    case "over_email_send_rate_limit":
      return "Too many attempts. Wait a minute, then try again.";
    case "signup_disabled":
      return "New accounts are not open here. Ask whoever runs Billhook.";
    case "otp_disabled":
      return "There is no account with this email yet. Create one.";
    default:
      return error.status === 400 ? "This email and password do not belong together." : "This did not work. Try again.";
  }
}

/** Why a link or a host led back to the sign-in page, by the code the service gives. */
export function explainRefusal(code: string): string {
  switch (code) {
    case "otp_expired":
    case "flow_state_expired":
      return "This link was used before, or is too old. Ask for a new one.";
    case "access_denied":
      return "Signing in was not allowed at the other side. Try again, or sign in another way.";
    case "signup_disabled":
      return "New accounts are not open here. Ask whoever runs Billhook.";
    case "provider_email_needs_verification":
      return "Confirm your email address first: the link is in your mailbox.";
    default:
      return "Signing in did not work. Try again.";
  }
}
