import { describeBehaviour } from '../../src/conformance/behaviour.ts';
import { openmonetize } from '../../src/providers/openmonetize/index.ts';
import { loadRequests } from '../support/requests.ts';

describeBehaviour(openmonetize, await loadRequests('openmonetize'));
