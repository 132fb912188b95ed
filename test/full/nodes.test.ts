import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { passSuite } from '../support/node-suite.ts';
import { installNode, run } from '../support/nodes.ts';

/** What depends on the version: connections, processes and streams. */
const DEPENDENT = ['test/http/', 'test/cli/', 'test/providers/decentraland/stream', 'test/faults/stream'];
/** All that `npm test` runs takes minutes for each version; the workflow runs it on each by itself. */
const IS_WHOLE = process.env['NODE_SUITE'] === 'whole';
const FILES = IS_WHOLE ? [] : DEPENDENT;

/** Else those beside the one that runs this: what the image ships and the newest. */
describe.each(IS_WHOLE ? [20, 22, 24, 26] : [24, 26])('the newest Node %i', (major) => {
  it(IS_WHOLE ? 'passes all that npm test runs' : 'passes what depends on the version', async ({ skip }) => {
    const installed = await installNode(major);
    if ('missing' in installed) return skip(installed.missing);
    expect((await run(join(installed.bin, 'node'), ['--version'])).text).toMatch(new RegExp(`^v${major}\\.`));
    const passed = await passSuite(installed.bin, FILES);
    process.stdout.write(`Node ${major}: ${passed} tests passed.\n`);
  });
});
