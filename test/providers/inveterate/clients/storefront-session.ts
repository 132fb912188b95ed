// What the worker of a shop does that keeps its own ledger by webhooks: it sends each header and body in the form in which
// the vendor's docs print them, reads what comes back as text, and calls everything of the second ring once.

export type Answered = readonly [call: string, status: number, message: string, data: Data];

/** What it has seen, in its order. */
export interface Session {
  readonly answers: readonly Answered[];
  /** Of the subscription that it made. */
  readonly id: string;
}

type Data = Readonly<Record<string, unknown>>;

const KEY = 'inveterate_test_lumen';
const CUSTOMER = '6100000000001';
const TIER = '3a636361';

/**
 * @param baseUrl without the version, as the vendor's docs have it in front of each path
 * @param callbackUrl where it listens
 */
export async function keepShop(baseUrl: string, callbackUrl: string): Promise<Session> {
  const answers: Answered[] = [];

  async function call(method: string, path: string, body?: object): Promise<Data> {
    const headers: Record<string, string> = { 'X-Inveterate-Api-Key': KEY, Accept: 'application/json' };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(`${baseUrl}/v2.0${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { message, data } = JSON.parse(await response.text()) as { message: string; data: Data };
    answers.push([`${method} ${path}`, response.status, message, data]);
    return data;
  }

  // Generated clients send required parameters empty on the first page.
  await call('GET', '/admin/members?limit=&lastCustomerId=');
  await call('GET', `/storefront/members/${CUSTOMER}/credits?limit=&lastCreditEntry=`);

  const topic = 'customer.credits.updated';
  const { id } = await call('POST', '/admin/webhook-subscriptions', { topic, callbackUrl, name: 'ledger sync' });
  await call('GET', '/admin/webhook-subscriptions');
  await call('PUT', '/admin/webhook-subscriptions', { topic, id, callbackUrl, name: 'ledger' });
  await call('GET', `/storefront/members/${CUSTOMER}`);
  await call('POST', `/admin/members/${CUSTOMER}/credits`, { amount: 12.5, note: 'sorry for the delay' });
  await call('POST', `/storefront/members/${CUSTOMER}/credits/redemption`);
  await call('POST', `/admin/members/${CUSTOMER}/credits`, { amount: -5, force: true });

  await call('GET', '/admin/tiers?includeBenefits=true');
  await call('GET', `/admin/tiers/${TIER}?includeBenefits=false`);
  await call('GET', `/admin/tiers/${TIER}/benefits`);
  await call('GET', `/admin/tiers/${TIER}/benefits/FREE_SHIPPING`);
  await call('GET', `/storefront/tiers/${CUSTOMER}?includeBenefits=true`);
  await call('GET', `/storefront/tiers/${CUSTOMER}/benefits`);
  for (const path of ['/admin/benefits', '/admin/benefits/FREE_SHIPPING', '/storefront/benefits'])
    await call('GET', path);
  await call('GET', '/storefront/benefits/FREE_SHIPPING');

  const profile = { firstName: 'Ada', lastName: 'Byron', notes: '', phoneNumber: '+1 555 0100' };
  await call('PUT', `/admin/members/${CUSTOMER}`, profile);
  await call('PATCH', `/admin/members/${CUSTOMER}`, profile);
  await call('POST', `/storefront/members/${CUSTOMER}/cancellation`);
  await call('DELETE', '/admin/webhook-subscriptions', { topic, id });
  await call('DELETE', '/admin/webhook-subscriptions', { topic, id });
  return { answers, id: String(id) };
}
