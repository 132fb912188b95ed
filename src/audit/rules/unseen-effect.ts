import type { AuditRule } from '../audit-rule.ts';
import { describeBalances, describeIntent, describeLoss, toIds } from '../sentences.ts';

/**
 * A balance changed, the response was lost, and nothing showed the change to the client until the end: no response about the
 * account, no event of a stream, no delivered webhook. The client believes in another balance.
 *
 * Leaves alone: what the contract does on the side, such as an empty wallet that a failing request creates, because that changes no
 * balance.
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
          what: `${describeIntent(exchange)} took effect${describeBalances([exchange])}; it ${describeLoss(exchange)}, and nothing showed the effect to the client${writtenAgain ? `, which then sent ${describeIntent(writtenAgain)}` : ''}`,
          advice: 'After a lost response, read the account before relying on its balance.',
        });
      }
    },
  }),
};
