/** Joiners stay where they join letters (Arabic, Persian) or pictures. */
const STRAY_JOINERS =
  /(?<![\p{Script_Extensions=Arabic}\p{M}])\u200c|(?<![\p{Script_Extensions=Arabic}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])\u200d/gu;

const WITHOUT_FORM =
  /[\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]|\p{Variation_Selector}|\u20e3|(?!\n)\p{Cc}/gu;

/** Marks of direction, which are seen by the bidirectional algorithm only. */
export const DIRECTION_MARKS = /[\u061c\u200e\u200f]/gu;

/**
 * A text without what has no form on paper: soft hyphens, variation selectors, control characters, and overrides of
 * direction, by which a text could show itself in another order than it has. The marks that amounts in Hebrew and Arabic
 * begin with stay: they say in which direction what has none is read.
 */
export function printable(text: string): string {
  if (/^[\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff]*$/u.test(text)) return text;
  return text.replaceAll(WITHOUT_FORM, "").replaceAll(STRAY_JOINERS, "");
}
