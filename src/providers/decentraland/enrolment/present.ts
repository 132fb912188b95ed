import { renderInstant } from '../../../core/values/clock.ts';
import type { Wallet } from '../state.ts';
import type { components } from '../../../generated/decentraland.ts';

/** FIDELITY: the form and the three words (account client). */
export function presentEnrolment(wallet: Wallet | undefined): components['schemas']['EnrolmentAnswer'] {
  if (!wallet) return { data: { status: 'not_registered', optedOutAt: null } };
  if (wallet.optedOutAt === null) return { data: { status: 'enrolled', optedOutAt: null } };
  return { data: { status: 'opted_out', optedOutAt: renderInstant(wallet.optedOutAt) } };
}
