import type { Finding } from '../../client.ts';
import { toOneLine } from './text.ts';

const COMMANDS: Readonly<Record<Finding['severity'], string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Renders findings as commands that a GitHub workflow shows as annotations. */
export function renderGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, rule, client, what, advice, link }) => {
      const title = toProperty(`${rule}: ${toOneLine(client)}`);
      const message = [what, advice, link].map(toOneLine).join('\n');
      return `::${COMMANDS[severity]} title=${title}::${toMessage(message)}\n`;
    })
    .join('');
}

/** Escapes text for the runner. */
function toMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Escapes also the characters that would end a property. */
function toProperty(text: string): string {
  return toMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
