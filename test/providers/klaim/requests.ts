import type { ProviderRequests } from '../../support/requests.ts';

/** One request for each operation that succeeds on the default fixtures. */
export const requests: ProviderRequests = {
  headers: { Authorization: 'Bearer klaim_test_lantern' },
  pools: { starting_after: 'lastKey', userId: 'user_id' },
  operations: {
    createUser: { method: 'POST', path: '/users', body: { email: 'grace@lantern.example', userId: 'grace' } },
    listUsers: { method: 'GET', path: '/users' },
    getUser: { method: 'POST', path: '/users/ada' },
    updateUser: { method: 'PUT', path: '/users/ada', body: { name: 'Ada O.' } },
    getUserCredits: { method: 'POST', path: '/users/ada/credits' },
    updateUserCredits: { method: 'PUT', path: '/users/ada/credits', body: { credit_delta: 6, description: 'Reward' } },
  },
};
