import type { AuditRule } from '../audit-rule.ts';
import { describeCourse, describeIntent, describeLoss, toIds } from '../sentences.ts';

/**
 * A balance was changed, the answer was lost, and nothing showed the change to the client until the end: no answer about the
 * account, no push, no webhook that was taken. What the client believes is not so.
 *
 * Leaves alone what the contract does on the side, such as an empty wallet that is made by a request that fails: it changes
 * no balance.
 */
export const unseenEffect: AuditRule = {
  name: 'unseen-effect',
  watch: (context) => ({
    *end() {
      for (const lost of context.lost) {
        yield;
        const { exchange, writtenAgain } = lost;
        if (!exchange.hasLedger || lost.wasShown) continue;
        const again = writtenAgain ? [writtenAgain] : [];
        const exchanges = [exchange, ...again];
        context.report({
          rule: 'unseen-effect',
          certainty: 'certain',
          severity: writtenAgain ? 'warning' : 'info',
          ...{ exchanges, entries: toIds([exchange]), subject: exchange.subject },
          what: `${describeIntent(exchange)} took effect${describeCourse([exchange])}; it ${describeLoss(exchange)}, and nothing showed it to the client${writtenAgain ? `, which went on with ${describeIntent(writtenAgain)}` : ''}`,
          advice: 'After an answer that did not come, read the account before anything is decided by it.',
        });
      }
    },
  }),
};
