const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+\/?$/i;

/**
 * Spells an origin as browsers do: "HTTP://LocalHost:3000/" becomes "http://localhost:3000". Returns `undefined` for
 * text that is not an origin. The origin of a page from a file is "null".
 */
export function parseOrigin(written: string): string | undefined {
  if (written.toLowerCase() === 'null') return 'null';
  if (!ORIGIN.test(written) || !URL.canParse(written)) return undefined;
  const { origin } = new URL(written);
  // Node says "null" for schemes outside the web's standard, such as those of browser extensions.
  return origin === 'null' ? written.toLowerCase().replace(/\/$/, '') : origin;
}
