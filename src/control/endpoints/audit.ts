import { suggestKnown } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import { RULE_NAMES, sortFindings, type Finding, type RuleName } from '../../audit/finding.ts';
import type { Endpoint } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

export const listFindings: Endpoint<'listFindings'> = async ({ sandbox, installation, approach, query }) => {
  const asked = parseRules(query.rules);
  const { audits, sandboxes } = installation;
  const reports =
    query.every === true
      ? await audits.readEvery([...sandboxes.list(), ...sandboxes.listRefused()])
      : [await audits.read(sandbox)];
  const page = installation.addresses.seenFrom(approach && { ...approach, sandbox: undefined }).control;
  const kept = sortFindings(reports.flatMap(({ findings }) => findings));
  const from = query.every === true ? undefined : reports[0]?.from;
  return {
    status: 200,
    body: {
      findings: kept
        .filter(({ finding, isExtra }) => (asked ? asked.has(finding.rule) : !isExtra))
        .map(({ finding }) => present(finding, page)),
      waived: reports.reduce((sum, { waived }) => sum + waived, 0),
      ...(from === undefined ? undefined : { from }),
    },
  };
};

export const clearFindings: Endpoint<'clearFindings'> = ({ sandbox, installation, query }) => {
  const { audits, sandboxes } = installation;
  if (query.every === true) audits.clearEvery([...sandboxes.list(), ...sandboxes.listRefused()]);
  else audits.clear(sandbox);
  return { status: 204 };
};

export const allowFindings: Endpoint<'allowFindings'> = ({ sandbox, installation, body }) => {
  installation.audits.allow(sandbox, new Set(body.rules));
  return { status: 204 };
};

/** @throws {Failure} for an unknown rule, with the nearest name */
function parseRules(written: string | undefined): ReadonlySet<RuleName> | undefined {
  if (written === undefined) return undefined;
  const names = written.split(',').map((name) => name.trim());
  const known: readonly string[] = RULE_NAMES;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw toFailure(
      'UNKNOWN_RULE',
      `query/rules: ${quote(unknown)} is not an audit rule${suggestKnown(unknown, known)}`,
    );
  }
  return new Set(names as RuleName[]);
}

/** Adds the link to the last exchange of the finding on the page. */
function present(finding: Finding, page: string): components['schemas']['Finding'] {
  const { requests, entries, sandbox } = finding;
  const link = `${page}/?sandbox=${sandbox}#/traffic/${requests.at(-1) ?? ''}`;
  return { ...finding, requests: [...requests], entries: [...entries], link };
}
