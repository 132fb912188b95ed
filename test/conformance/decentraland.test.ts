import { describeBehaviour } from '../../src/conformance/behaviour.ts';
import { decentraland } from '../../src/providers/decentraland/index.ts';
import { loadRequests } from '../support/requests.ts';

describeBehaviour(decentraland, await loadRequests('decentraland'), [
  { check: 'credentials', reason: 'it looks at signatures if an option asks for it' },
]);
