const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+\/?$/i;

/**
 * An origin as browsers name it, "HTTP://LocalHost:3000/" as "http://localhost:3000"; `undefined`
 * for what names none. That of a page from a file is "null".
 */
export function parseOrigin(written: string): string | undefined {
  if (written.toLowerCase() === 'null') return 'null';
  if (!ORIGIN.test(written) || !URL.canParse(written)) return undefined;
  const { origin } = new URL(written);
  // So says Node of schemes that the web knows nothing of, such as those of a browser's extensions.
  return origin === 'null' ? written.toLowerCase().replace(/\/$/, '') : origin;
}
