import { describeBehaviour } from '../../src/conformance/behaviour.ts';
import { inveterate } from '../../src/providers/inveterate/index.ts';
import { loadRequests } from '../support/requests.ts';

describeBehaviour(inveterate, await loadRequests('inveterate'));
