import type { Argv, CommandModule } from 'yargs';

import type { Finding, RuleName } from '../client.ts';
import { suggestKnown } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { renderGithub } from './findings/github.ts';
import { renderJunit } from './findings/junit.ts';
import { renderText } from './findings/text.ts';
import { NotVerified, UsageError } from './report.ts';

interface AuditFlags extends ClientFlags {
  readonly rules?: string | undefined;
  readonly every?: boolean | undefined;
  readonly 'fail-on': string;
  readonly format?: string | undefined;
}

/** Gravest first. */
const SEVERITIES = ['error', 'warning', 'info'] as const;
const FORMATS = ['text', 'json', 'junit', 'github'] as const;

export const audit: CommandModule<object, AuditFlags> = {
  command: 'audit',
  describe: 'Say what is wrong with the clients',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<AuditFlags>)
      .option('rules', {
        type: 'string',
        requiresArg: true,
        describe: 'Only what these rules find, with commas between',
      })
      .option('every', { type: 'boolean', describe: 'Of every sandbox that there is or was' })
      .option('fail-on', {
        type: 'string',
        default: 'error',
        requiresArg: true,
        describe: `Exit with 1 for what is as grave as this: ${SEVERITIES.join(', ')}`,
      })
      .option('format', { type: 'string', requiresArg: true, describe: `One of ${FORMATS.join(', ')} [text]` })
      .example('$0 audit --sandbox checkout', '')
      .example('$0 audit --every --format junit > audit.xml', 'for a pipeline'),
  handler: async (flags) => {
    const failOn = parseChoice('--fail-on', flags['fail-on'], SEVERITIES);
    const format = parseChoice('--format', flags.format ?? (flags.json ? 'json' : 'text'), FORMATS);
    const rules = flags.rules?.split(',').map((rule) => rule.trim()) as RuleName[] | undefined;
    const report = await withSandbox(flags, (sandbox) => sandbox.audit({ rules, every: flags.every }));
    const isGrave = ({ severity }: Finding): boolean => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
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
};

function parseChoice<T extends string>(flag: string, written: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === written);
  if (found === undefined) {
    throw new UsageError(`${flag} cannot be ${quote(written)}${suggestKnown(written, choices)}`);
  }
  return found;
}

function describeRest(waived: number, from: string | undefined): string {
  const lines = [
    ...(waived === 0 ? [] : [`${waived} more ${waived === 1 ? 'was' : 'were'} allowed by the requests themselves.`]),
    ...(from === undefined ? [] : [`What came before ${from} is no longer kept, and was not judged.`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
