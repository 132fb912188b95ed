import { describe, expect, it } from 'vitest';

import { renderGithub } from '../../src/cli/findings/github.ts';
import { renderJunit } from '../../src/cli/findings/junit.ts';
import { renderText } from '../../src/cli/findings/text.ts';
import type { Finding } from '../../src/client.ts';

const finding: Finding = {
  ...{
    id: 'default-double-effect-3',
    sandbox: 'default',
    rule: 'double-effect',
    certainty: 'likely',
    severity: 'error',
  },
  ...{ client: 'shop', provider: 'klaim', subject: 'ada', requests: ['default-1', 'default-2'], entries: ['1', '2'] },
  what: 'It took effect twice.',
  advice: 'Look first.',
  link: 'http://127.0.0.1:4620/_emulator/?sandbox=default#/traffic/default-2',
};
/** A client name that ends a tag, a line and a command, and holds characters that no document can hold. */
const HOSTILE = `</failure>]]>&"'<\r\n::error::x,y:z%0A\u001b[2J\u0000\ud800\u2028end`;
const hostile: Finding = { ...finding, severity: 'info', client: HOSTILE, what: HOSTILE, advice: HOSTILE };

describe('findings as text', () => {
  it('are a paragraph each', () => {
    expect(renderText([finding])).toBe(
      'error  double-effect  likely  klaim  shop\n' +
        '  It took effect twice.\n' +
        '  Look first.\n' +
        '  default-1, default-2  http://127.0.0.1:4620/_emulator/?sandbox=default#/traffic/default-2\n',
    );
  });

  it('are one sentence if nothing was found', () => {
    expect(renderText([])).toBe('No client bugs found in the recorded exchanges.\n');
  });

  it('contain no control sequences and no forged lines', () => {
    const text = renderText([hostile]);
    expect(text.split('\n').length).toBe(5);
    expect(
      [...text].filter((character) => character !== '\n' && /[\u0000-\u001f\u007f-\u009f\u2028]/.test(character)),
    ).toEqual([]);
  });
});

describe('findings as annotations', () => {
  it('are a command each, by gravity', () => {
    expect(renderGithub([finding, { ...finding, severity: 'warning' }, { ...finding, severity: 'info' }])).toBe(
      ['error', 'warning', 'notice']
        .map((command) => {
          const link = 'http://127.0.0.1:4620/_emulator/?sandbox=default#/traffic/default-2';
          return `::${command} title=double-effect%3A shop::It took effect twice.%0ALook first.%0A${link}\n`;
        })
        .join(''),
    );
  });

  it('are read back unchanged, whatever the name of a client', () => {
    const written = renderGithub([hostile]);
    expect(written.split('\n').length).toBe(2);
    // Reads a command as the runner does.
    const [, title = '', message = ''] = /^::notice title=([^:,]*)::(.*)\n$/s.exec(written) ?? [];
    const undo = (text: string): string =>
      text
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%25', '%');
    expect(undo(title)).toBe(
      `double-effect: </failure>]]>&"'<\ufffd\ufffd::error::x,y:z%0A\ufffd[2J\ufffd\ud800\ufffdend`,
    );
    expect(undo(message).split('\n').length).toBe(3);
  });
});

describe('findings as JUnit', () => {
  const fails = ({ severity }: Finding): boolean => severity === 'error';

  it('are test cases, and the grave ones fail', () => {
    const written = renderJunit([finding, { ...finding, severity: 'info' }], fails);
    expect(written).toContain(
      '<testsuite name="credits-emulator audit" tests="2" failures="1" errors="0" skipped="0">',
    );
    expect(written.match(/<failure type="double-effect" message="It took effect twice\.">/g)).toHaveLength(1);
    expect(written.match(/<system-out>/g)).toHaveLength(1);
  });

  it('are one passed case if nothing was found', () => {
    expect(renderJunit([], fails)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<testsuites name="credits-emulator audit" tests="1" failures="0" errors="0" skipped="0">\n' +
        '  <testsuite name="credits-emulator audit" tests="1" failures="0" errors="0" skipped="0">\n' +
        '    <testcase classname="audit" name="nothing was found"/>\n' +
        '  </testsuite>\n</testsuites>\n',
    );
  });

  it('stay a valid document, whatever the name of a client', () => {
    const written = renderJunit([{ ...hostile, severity: 'error' }], fails);
    // The name adds no markup, and no character that XML cannot hold.
    expect(written.match(/<[^>]*>/g)?.length).toBe(9);
    expect(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|[\ud800-\udfff]/.test(written)).toBe(false);
    expect(written).toContain(
      '&lt;/failure&gt;]]&gt;&amp;&quot;&apos;&lt;&#13;&#10;::error::x,y:z%0A\ufffd[2J\ufffd\ufffd\u2028end',
    );
  });
});
