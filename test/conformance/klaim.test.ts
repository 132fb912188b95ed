import { describeBehaviour } from '../../src/conformance/behaviour.ts';
import { klaim } from '../../src/providers/klaim/index.ts';
import { loadRequests } from '../support/requests.ts';

describeBehaviour(klaim, await loadRequests('klaim'));
