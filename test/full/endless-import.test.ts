import { join } from 'node:path';

import { expect, it } from 'vitest';

import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

it(
  'a provider that never ends to load is refused with a sentence, after ten seconds',
  { timeout: 40_000 },
  async () => {
    const folder = createFolder({ 'mine.mjs': 'await new Promise(() => {});\nexport default {};\n' });
    const file = join(folder, 'mine.mjs');
    expect(await runCommand(['start', '--port', '0', '--provider', file])).toEqual({
      stdout: '',
      stderr: `The provider "${file}" cannot be imported: it is not done after 10 s; its top level may wait for something that never happens.\n`,
      code: 2,
    });
  },
);
