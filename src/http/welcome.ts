import type { Reply } from '../core/wire/reply.ts';

/** The contents of the emulator's answer at `/`. */
export interface Welcome {
  readonly version: string;
  readonly providers: readonly {
    readonly id: string;
    readonly title: string;
    readonly url: string;
    /** Advice for clients that would not reach the URL. */
    readonly hint?: string | undefined;
  }[];
  /** Path prefixes of the shared port. */
  readonly paths: readonly string[];
  /** The URL of the control API, if it is on. */
  readonly control: string | undefined;
}

/** Renders HTML for a browser, JSON for other clients. */
export function renderWelcome(welcome: Welcome, accept: string | undefined): Reply {
  if (accept?.includes('text/html')) {
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: renderPage(welcome) };
  }
  const { version, providers, control } = welcome;
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: { name: 'credits-emulator', version, providers, control },
  };
}

function renderPage({ version, providers, control }: Welcome): string {
  const rows = providers.map(
    ({ id, title, url, hint }) =>
      `<tr><td>${escapeHtml(title)}</td><td><code>${escapeHtml(url)}</code>${renderHint(hint)}</td>` +
      `<td><code>/${escapeHtml(id)}</code></td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>credits-emulator</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 48rem; padding: 0 1rem }
td, th { padding: .25rem 1rem .25rem 0; text-align: left }</style>
<h1>credits-emulator ${version}</h1>
<p>This process answers like the services below.${describeControl(control)}</p>
<table>
<tr><th>Service</th><th>Base URL</th><th>Path on the shared port</th></tr>
${rows.join('\n')}
</table>
</html>
`;
}

function renderHint(hint: string | undefined): string {
  return hint === undefined ? '' : `<br><small>${escapeHtml(hint)}</small>`;
}

function describeControl(control: string | undefined): string {
  if (control === undefined) return '';
  const url = escapeHtml(control);
  return ` The control API is under <a href="${url}/health"><code>${url}</code></a>.`;
}

/** A provider from outside may have any title. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
