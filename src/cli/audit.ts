import type { Finding, RuleName } from '../client.ts';
import { CLIENT_FLAGS, withSandbox } from './client.ts';
import { renderGithub } from './findings/github.ts';
import { renderJunit } from './findings/junit.ts';
import { renderText } from './findings/text.ts';
import { NotVerified } from './report.ts';
import { defineVerb } from './verb.ts';

/** Gravest first. */
const SEVERITIES = ['error', 'warning', 'info'] as const;
const FORMATS = ['text', 'json', 'junit', 'github'] as const;

export const audit = defineVerb({
  name: 'audit',
  describe: 'Report client bugs',
  flags: {
    ...CLIENT_FLAGS,
    rules: { describe: 'Only findings of these rules, separated by commas' },
    every: { type: 'boolean', describe: 'Findings of all sandboxes, also of deleted ones' },
    'fail-on': {
      choices: SEVERITIES,
      default: 'error',
      describe: `Exit with 1 for findings of at least this severity: ${SEVERITIES.join(', ')}`,
    },
    format: { choices: FORMATS, describe: `One of ${FORMATS.join(', ')} [text]` },
  },
  examples: ['$0 audit --sandbox checkout', ['$0 audit --every --format junit > audit.xml', 'for a pipeline']],
  run: async (flags) => {
    const format = flags.format ?? (flags.json ? 'json' : 'text');
    const rules = flags.rules?.split(',').map((rule) => rule.trim()) as RuleName[] | undefined;
    const report = await withSandbox(flags, (sandbox) => sandbox.audit({ rules, every: flags.every }));
    const worst = SEVERITIES.indexOf(flags['fail-on']);
    const isGrave = ({ severity }: Finding): boolean => SEVERITIES.indexOf(severity) <= worst;
    const { findings, waived, from } = report;
    const rendered = {
      text: () => renderText(findings),
      json: () => `${JSON.stringify(report)}\n`,
      junit: () => renderJunit(findings, isGrave),
      github: () => renderGithub(findings),
    };
    process.stdout.write(rendered[format]());
    if (format === 'text') process.stderr.write(describeRest(waived, from));
    if (findings.some(isGrave)) throw new NotVerified('');
  },
});

function describeRest(waived: number, from: string | undefined): string {
  const lines = [
    ...(waived === 0 ? [] : [`${waived} more ${waived === 1 ? 'was' : 'were'} allowed by the requests themselves.`]),
    ...(from === undefined ? [] : [`Exchanges before ${from} are no longer kept and were not judged.`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
