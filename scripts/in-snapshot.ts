/**
 * Runs within `node --build-snapshot`, where scripts/build-startup.ts sends it: what it leaves behind is the snapshot.
 *
 * The code is loaded twice from one text. The first copy rehearses and is dropped: Node keeps what it compiled for it, and
 * nothing else is left of its clocks, caches and records. The second one has run nothing and sleeps.
 */
import { readFileSync } from 'node:fs';
import { startupSnapshot } from 'node:v8';

import type * as Startup from '../src/cli/startup.ts';

const [, , bundle = '', home = '', rehearsal = ''] = process.argv;

const load = process.getBuiltinModule.bind(process);
const text = readFileSync(bundle, 'utf8');

/** For libraries: Node's own modules at once, which takes no note of those that are not proven here, others once it is awake. */
const require = (id: string): unknown => load(id) ?? load('node:module').createRequire(home)(id);

function loadCopy(): typeof Startup {
  const make = load('node:vm').runInThisContext(text, { filename: home }) as (require: unknown) => typeof Startup;
  return make(require);
}

interface Rehearsal {
  readonly requests: readonly string[];
  /** What stands for `node:http`, which cannot be loaded here. */
  readonly http: object;
}

const { requests, http } = JSON.parse(rehearsal) as Rehearsal;
process.getBuiltinModule = (id: string) => (id === 'node:http' ? http : load(id));
void loadCopy()
  .rehearse(requests)
  .then((answers) => {
    process.getBuiltinModule = load;
    if (answers.split('HTTP/1.1 200 ').length !== requests.length + 1) throw new Error(answers);
    const { wake } = loadCopy();
    startupSnapshot.setDeserializeMainFunction(wake);
  });
