/** What a seat costs at Klaim, and what who sails is given at OpenMonetize. */
const FEE = 25;
const PRIZE = 500;

/** Times that a request is sent before it is given up. */
const ATTEMPTS = 3;

/**
 * A regatta in each season of Decentraland. A seat costs credits of Klaim, who sails is given credits of OpenMonetize, and
 * who did not sail gets the fee back once the season is over.
 *
 * @param settings what `process.env` holds in production
 * @param customer the regatta's id at OpenMonetize
 */
export function createRegatta(settings, customer) {
  const klaim = createClient(settings.KLAIM_BASE_URL, settings.KLAIM_API_KEY);
  const openmonetize = createClient(settings.OPENMONETIZE_BASE_URL, settings.OPENMONETIZE_API_KEY);
  const decentraland = createClient(settings.DECENTRALAND_CREDITS_URL);
  /** By the player's id at Klaim: in which season, and what became of it: `booked`, `sailed` or `refunded`. */
  const seats = new Map();

  const getBalance = async (player) => (await klaim('GET', `/users/${player}/credits`)).credit_balance;

  /**
   * Klaim has no idempotency key. So what an answer that did not come leaves open is looked up, and nothing is sent
   * again that has happened. Nobody else moves the credits of this app.
   */
  async function move(player, amount) {
    const before = await getBalance(player);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await klaim('PUT', `/users/${player}/credits`, { credit_delta: amount });
      } catch (error) {
        if ((await getBalance(player)) !== before) return;
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** The season that runs; `undefined` between two of them. */
  async function findSeason() {
    const { current } = await decentraland('GET', '/seasons');
    return current?.id;
  }

  return {
    getBalance,

    async book(player) {
      const season = await findSeason();
      if (season === undefined) throw new Error('There is no regatta between the seasons.');
      await move(player, -FEE);
      seats.set(player, { season, state: 'booked' });
    },

    /** OpenMonetize has a key. With the same one the request may be sent as often as it takes. */
    async sail(player, userId) {
      const seat = seats.get(player);
      const idempotencyKey = `regatta-${seat.season}-${player}`;
      const body = { customerId: customer, userId, amount: PRIZE, idempotencyKey };
      for (let attempt = 1; ; attempt += 1) {
        try {
          await openmonetize('POST', '/v1/credits/grant', body);
          break;
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
        }
      }
      seat.state = 'sailed';
    },

    /** Pays back the seats of seasons that are over, each once, and says whose they were. */
    async close() {
      const season = await findSeason();
      const refunded = [];
      for (const [player, seat] of seats) {
        if (seat.season === season || seat.state !== 'booked') continue;
        await move(player, FEE);
        seat.state = 'refunded';
        refunded.push(player);
      }
      return refunded;
    },

    /** What a wallet can spend now, in MANA. */
    async getMana(wallet) {
      return (await decentraland('GET', `/users/${wallet}/credits`)).totalCredits;
    },
  };
}

/** Calls a service, and throws where it was not answered, or not as was hoped. */
function createClient(url, key) {
  return async (method, path, body) => {
    const headers = {
      ...(key && { Authorization: `Bearer ${key}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
}
