import { readFileSync } from 'node:fs';

import { toBundledUrl } from './core/document.ts';

const manifest: unknown = JSON.parse(readFileSync(toBundledUrl('package.json'), 'utf8'));

export const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
