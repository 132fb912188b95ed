/** Maximum characters of a quoted text, so that an error stays short. */
const LONGEST = 100;

/** Quotes input in an error message. */
export function quote(written: string): string {
  return `"${shorten(written)}"`;
}

/** Shortens input without quotation marks, for paths and lists. */
export function shorten(written: string): string {
  return shortenTo(LONGEST, written);
}

/** @param most maximum characters */
export function shortenTo(most: number, written: string): string {
  if (written.length <= most) return written;
  // Removes a lone half of a surrogate pair.
  return `${written.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
