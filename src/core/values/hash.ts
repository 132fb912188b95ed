const PRIME = 16_777_619;

/**
 * Returns a hash of a text in 32 bits: FNV-1a, with the upper half mixed into the lower.
 *
 * @param before the hash of the texts before it
 */
export function hashText(text: string, before: number): number {
  let hash = before;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  // The last letters count in the lower half, too, by which places are found.
  return hash ^ (hash >>> 15);
}
