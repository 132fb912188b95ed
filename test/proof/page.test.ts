import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { RULE_NAMES } from '../../src/proof/audit/finding.ts';
import { RULES } from '../../src/proof/audit/rules/index.ts';
import { gamefuse, inveterate, klaim } from './zoo/cast.ts';
import { Stage, type Script } from './zoo/stage.ts';

const PAGE = readFileSync('docs/audit.md', 'utf8');
const stage = new Stage();

/** As it is read, whatever its lines and marks. */
const squeeze = (text: string): string => text.replaceAll(/[>`\\]/g, '').replaceAll(/\s+/g, ' ');

it('has a row for each rule, and each rule a file', () => {
  const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name);
  expect(RULE_NAMES.filter((name) => !rows.includes(name))).toEqual([]);
  expect(RULES.map(({ name }) => name).sort()).toEqual([...RULE_NAMES].sort());
});

const MISTAKES: readonly [string, Script][] = [
  [
    'money taken twice',
    async (scene) => {
      await scene.sandbox.faults.add({ provider: 'klaim', phase: 'after', times: 1, effect: { connection: 'reset' } });
      const checkout = scene.actor('klaim', 'checkout');
      for (let attempt = 0; attempt < 2; attempt += 1) await checkout.send(klaim.add(-25));
    },
  ],
  [
    'a value that was read too early',
    async (scene) => {
      const client = scene.actor('gamefuse');
      await client.send(gamefuse.read());
      await scene.actor('gamefuse', 'other').send(gamefuse.add(3));
      await client.send({ ...gamefuse.add(0), path: '/api/v2/users/1/set_credits', body: { credits: 5210 } });
    },
  ],
  [
    'a list without an end',
    async (scene) => {
      const client = scene.actor('inveterate');
      const { path, ...ask } = inveterate.read();
      let after = '';
      for (let page = 0; page < 4; page += 1) {
        const answer = await client.send({ ...ask, path: `${path}?limit=2${after && `&after=${after}`}` });
        const { data } = answer?.body as { data: { lastCreditEntry: string } };
        after = encodeURIComponent(data.lastCreditEntry);
      }
    },
  ],
];

it.each(MISTAKES)('says of %s what the audit says', async (_, script) => {
  const [finding] = await stage.judge(script);
  expect(squeeze(PAGE)).toContain(squeeze(finding?.what ?? 'nothing'));
});
