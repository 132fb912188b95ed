import type { Provider } from '../core/provider/provider.ts';
import { decentraland } from './decentraland/index.ts';
import { gamefuse } from './gamefuse/index.ts';
import { inveterate } from './inveterate/index.ts';
import { klaim } from './klaim/index.ts';
import { openmonetize } from './openmonetize/index.ts';

/** A provider and its place, which is how far its port lies behind the shared one. Places never change. */
export interface Bundled {
  readonly place: number;
  readonly provider: Provider;
}

/** Every provider that the emulator knows. Adding one to this list is all that is needed. */
export const bundled: readonly Bundled[] = [
  { place: 1, provider: gamefuse },
  { place: 2, provider: klaim },
  { place: 3, provider: decentraland },
  { place: 4, provider: inveterate },
  { place: 5, provider: openmonetize },
];
