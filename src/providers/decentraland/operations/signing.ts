import { CONTRACT, signExternal } from '../credit-signature.ts';
import { hashKeccak } from '../ethereum.ts';
import { createUuid } from '../identifiers.ts';
import type { SharedOperation } from '../operation.ts';
import { getSigner } from '../signatures/signer.ts';
import { toAddress } from '../state.ts';

export const signExternalCall: SharedOperation<'signExternalCall'> = ({ body }) => {
  const { userAddress, ...signed } = body;
  return { status: 200, body: { signature: signExternal(toAddress(userAddress), signed) } };
};

/** Seconds for which a route is valid. */
const LIFE = 3600;

/** FIDELITY: the fields, and names of 2 to 15 letters and digits (npm client). ASSUMED: all values; no chain has them. */
export const getNameRoute: SharedOperation<'getNameRoute'> = ({ query, principal, random, now }) => {
  const { name, chainId, provider = 'across' } = query;
  const quoteId = createUuid(random, 'quote', () => false);
  const externalCall = {
    target: CONTRACT,
    selector: `0x${toHash('registerRoute(string)').slice(0, 8)}`,
    data: `0x${Buffer.from(name).toString('hex')}`,
    expiresAt: Math.max(Math.floor(now / 1000), 0) + LIFE,
    salt: `0x${toHash(quoteId)}`,
  };
  const call = { chainId: 137, creditsManagerAddress: CONTRACT, externalCall };
  return {
    status: 200,
    body: {
      externalCall,
      customExternalCallSignature: signExternal(getSigner(principal), call),
      quoteId,
      estimatedRouteDuration: 60,
      fromChainId: '137',
      toChainId: chainId,
      provider,
    },
  };
};

function toHash(text: string): string {
  return hashKeccak(Buffer.from(text)).toString('hex');
}
