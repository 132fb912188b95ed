const PRIME = 16_777_619;

/** 32 bits by which texts are found and told apart, FNV-1a. Goes on from the hash of what stands in front of it. */
export function hashText(text: string, before: number): number {
  let hash = before;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  // The last letters count in the lower half, too, by which places are found.
  return hash ^ (hash >>> 15);
}
