import { describe, expect, it } from 'vitest';

import { parseShortRule } from '../../src/cli/short-rule.ts';
import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { prints, refuses } from './outcome.ts';

async function listFaults(url: string, sandbox = 'default'): Promise<unknown> {
  const response = await fetch(`${url}/_emulator/faults`, { headers: { 'X-Emulator-Sandbox': sandbox } });
  return ((await response.json()) as { readonly faults: unknown }).faults;
}

describe('fault add', () => {
  it('adds a rule in the short form and prints its id', async () => {
    const { url } = await startEmulator();
    const words = 'fault add klaim.updateUserCredits status=500 phase=after times=1'.split(' ');
    expect(await runCommand([...words, '--url', url])).toEqual(prints('fault-1\n'));
    expect(await listFaults(url)).toEqual([
      {
        ...{
          id: 'fault-1',
          provider: 'klaim',
          operation: 'updateUserCredits',
          phase: 'after',
          effect: { status: 500 },
        },
        ...{ skip: 0, times: 1, probability: 1, enabled: true, fired: 0, remaining: 1 },
      },
    ]);
  });

  it.each([
    [['klaim', 'staus=500'], 'There is no "staus" here; did you mean "status"?'],
    [['klaim', 'status=500', 'status=501'], '"status" is given twice.'],
    [['klaim', 'status=abc'], '"status" takes a whole number from 200 to 599, not "abc".'],
    [['klaim', 'status'], '"status" is no pair such as status=500.'],
    [['klaim', 'phase=afer'], '"phase" is one of before, after, during, not "afer"; did you mean "after"?'],
    [['klaim', 'probability=2'], '"probability" takes a number from 0 to 1, not "2".'],
    [['{"effect":'], /^The rule is not JSON: /],
    [['{}', 'x=1'], '"x=1" is unexpected after a JSON rule.'],
  ])('exits with 2 for %j without calling an emulator', async (words, message) => {
    const { stdout, stderr, code } = await callCommand(['fault', 'add', ...words, '--url', 'http://127.0.0.1:9']);
    expect([stdout, code]).toEqual(['', 2]);
    const [first, second] = stderr.split('\n');
    expect(first).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(second).toBe('Try: credits-emulator fault add --help');
  });
});

describe('fault list', () => {
  it('prints how often each rule fired and can still fire', async () => {
    const { url, urls } = await startEmulator();
    for (const words of [
      ['klaim.getUserCredits,listUsers', 'status=503', 'times=2', 'id=twice'],
      ['delay=1', 'id=slow', 'enabled=false'],
      ['stream=drop:2', 'id=dropped', 'subject=7', 'probability=0.5', 'ttl=PT5M', 'skip=1'],
    ]) {
      await callCommand(['fault', 'add', ...words, '--url', url]);
    }
    const klaim = urls.klaim;
    await fetch(`${klaim}/users/ada/credits`);
    const { stdout } = await callCommand(['fault', 'list', '--url', url]);
    expect(stdout.split('\n')).toEqual([
      'ID       CONCERNS                        PHASE   EFFECT                           FIRED  LEFT  ONLY',
      'twice    klaim.getUserCredits,listUsers  before  {"status":503}                   1      1',
      'slow     *.*                             before  {"delay":1}                      0      off',
      'dropped  *.*                             during  {"stream":{"drop":{"after":2}}}  0      ∞     {"subject":"7","skip":1,"probability":0.5,"ttl":"PT5M"}',
      '',
    ]);
  });
});

describe('fault clear', () => {
  it('removes the named rules, or all rules', async () => {
    const { url } = await startEmulator();
    for (const id of ['a', 'b', 'c', 'd']) await callCommand(['fault', 'add', 'status=500', `id=${id}`, '--url', url]);
    expect(await callCommand(['fault', 'clear', 'b', 'c', '--url', url])).toEqual(prints());
    expect(await listFaults(url)).toMatchObject([{ id: 'a' }, { id: 'd' }]);
    const { stdout } = await callCommand(['fault', 'clear', '--url', url, '--json']);
    expect([JSON.parse(stdout), await listFaults(url)]).toEqual([{ cleared: 'all' }, []]);
  });

  it('removes nothing for an empty id, such as an unset variable', async () => {
    const { url } = await startEmulator();
    await callCommand(['fault', 'add', 'status=500', 'id=kept', '--url', url]);
    expect(await callCommand(['fault', 'clear', '', '--url', url])).toEqual(
      refuses('A rule id cannot be empty. Omit ids to clear all rules.\nTry: credits-emulator fault clear --help\n'),
    );
    expect(await listFaults(url)).toMatchObject([{ id: 'kept' }]);
  });
});

describe(parseShortRule, () => {
  it('knows every field of a rule', () => {
    const words =
      'gamefuse operation=addCredits,setCredits id=x phase=after skip=1 times=2 probability=0.5 ttl=PT5M enabled=true ' +
      'subject=7 method=POST path=/v2/* query.a=1 query.b=2 headers.x-y=z body.credits=5 status=409 retryAfter=3 message=No';
    expect(parseShortRule(words.split(' '))).toEqual({
      ...{ provider: 'gamefuse', operation: ['addCredits', 'setCredits'], id: 'x', phase: 'after' },
      ...{ skip: 1, times: 2, probability: 0.5, ttl: 'PT5M', enabled: true },
      match: {
        ...{ subject: '7', method: 'POST', path: '/v2/*' },
        ...{ query: { a: '1', b: '2' }, headers: { 'x-y': 'z' }, body: { credits: '5' } },
      },
      effect: { status: 409, retryAfter: 3, message: 'No' },
    });
  });
});
