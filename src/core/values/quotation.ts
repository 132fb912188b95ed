/** Characters of what somebody wrote that are said back: enough to find it by, however long it is. */
const LONGEST = 100;

/** What somebody wrote, as it stands in a sentence. */
export function quote(written: string): string {
  return `"${shorten(written)}"`;
}

/** The same without quotation marks, for paths and lists. */
export function shorten(written: string): string {
  return shortenTo(LONGEST, written);
}

/** @param most characters of it */
export function shortenTo(most: number, written: string): string {
  if (written.length <= most) return written;
  // Not between the halves of one character.
  return `${written.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
