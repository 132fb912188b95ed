import type { Finding } from '../../client.ts';

// Names come from requests and may hold control sequences of a terminal.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Makes a text one line, with a mark for each replaced character. */
export function toOneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\ufffd');
}

/** Renders a paragraph per finding, or a sentence if nothing was found. */
export function renderText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No client bugs found in the recorded exchanges.\n';
  return findings.map(renderFinding).join('\n');
}

function renderFinding(finding: Finding): string {
  const { severity, rule, certainty, provider, client, what, advice, requests, link } = finding;
  const lines = [
    `${severity}  ${rule}  ${certainty}  ${provider}  ${client}`,
    `  ${what}`,
    `  ${advice}`,
    `  ${requests.join(', ')}  ${link}`,
  ];
  return lines.map((line) => `${toOneLine(line)}\n`).join('');
}
