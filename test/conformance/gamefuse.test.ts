import { describeBehaviour } from '../../src/conformance/behaviour.ts';
import { gamefuse } from '../../src/providers/gamefuse/index.ts';
import { loadRequests } from '../support/requests.ts';

describeBehaviour(gamefuse, await loadRequests('gamefuse'));
