import type { InveterateOperation } from '../operation.ts';
import { presentMerchant } from '../present.ts';

export const findMerchant: InveterateOperation<'MerchantController_findOne'> = ({ principal }) => ({
  status: 200,
  body: { message: 'Merchant found', data: presentMerchant(principal) },
});
