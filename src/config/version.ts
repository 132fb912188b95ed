import { readFileSync } from 'node:fs';

import { toBundledUrl } from '../core/values/bundled-file.ts';

const manifest: unknown = JSON.parse(readFileSync(toBundledUrl('package.json'), 'utf8'));

export const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
