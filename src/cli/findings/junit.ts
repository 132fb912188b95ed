import type { Finding } from '../../client.ts';

const SUITE = 'credits-emulator audit';

/**
 * Renders a JUnit report: a failed case for each finding of the given severity, a passed case with its text for each
 * other finding, and a passed case if nothing was found.
 */
export function renderJunit(findings: readonly Finding[], fails: (finding: Finding) => boolean): string {
  const cases =
    findings.length === 0
      ? [`    <testcase classname="audit" name="nothing was found"/>`]
      : findings.map((one) => renderCase(one, fails(one)));
  const failures = findings.filter(fails).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${SUITE}" ${counts}>`,
    `  <testsuite name="${SUITE}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function renderCase(finding: Finding, hasFailed: boolean): string {
  const { id, rule, severity, certainty, client, what, advice, requests, link } = finding;
  const text = toText([what, advice, `${severity}, ${certainty}; ${client}`, requests.join(', '), link].join('\n'));
  const open = `    <testcase classname="audit.${toText(rule)}" name="${toText(`${client}: ${id}`)}">`;
  const inside = hasFailed
    ? `<failure type="${toText(rule)}" message="${toText(what)}">${text}</failure>`
    : `<system-out>${text}</system-out>`;
  return `${open}${inside}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML cannot hold even when escaped: most control characters, and halves of surrogate pairs. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes text for elements and attributes. */
function toText(text: string): string {
  return text
    .replaceAll(FORBIDDEN, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
