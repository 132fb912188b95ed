import type { Finding } from '../../client.ts';

// What a request named may hold anything, also what a terminal would take for an order.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text that is one line, and shows where it is not what was written. */
export function toOneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\ufffd');
}

/** A paragraph for each finding; one sentence where there are none. */
export function renderText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong with the clients, as far as the record tells.\n';
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
