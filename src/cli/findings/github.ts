import type { Finding } from '../../client.ts';
import { toOneLine } from './text.ts';

const COMMANDS: Readonly<Record<Finding['severity'], string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** A command for each finding, which a workflow of GitHub shows as an annotation. */
export function renderGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, rule, client, what, advice, link }) => {
      const title = toProperty(`${rule}: ${toOneLine(client)}`);
      const message = [what, advice, link].map(toOneLine).join('\n');
      return `::${COMMANDS[severity]} title=${title}::${toMessage(message)}\n`;
    })
    .join('');
}

/** As the runner reads it back. */
function toMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** What ends a property is part of the text as well. */
function toProperty(text: string): string {
  return toMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
