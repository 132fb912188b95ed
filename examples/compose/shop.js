// A service that sells for credits of Klaim: POST /orders {"user": "mira", "price": 25}.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const { KLAIM_BASE_URL, KLAIM_API_KEY, PORT } = process.env;

async function callKlaim(method, path, body) {
  const response = await fetch(KLAIM_BASE_URL + path, {
    method,
    headers: { Authorization: `Bearer ${KLAIM_API_KEY}`, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  return { ok: response.ok, body: await response.json() };
}

async function getBalance(user) {
  const { ok, body } = await callKlaim('POST', `/users/${user}/credits`);
  if (!ok) throw new Error(body.message);
  return body.credit_balance;
}

/** Klaim has no idempotency key: what an error leaves open, the balance tells. */
async function spend(user, price) {
  const before = await getBalance(user);
  const { ok } = await callKlaim('PUT', `/users/${user}/credits`, { credit_delta: -price });
  if (!ok && (await getBalance(user)) === before) throw new Error('Klaim did not take it');
}

async function answer(request) {
  if (request.url === '/health') return { status: 200, body: {} };
  if (request.url !== '/orders' || request.method !== 'POST') return { status: 404, body: {} };
  const { user, price } = await json(request);
  await spend(user, price);
  return { status: 201, body: { user, price } };
}

const server = createServer((request, response) => {
  answer(request)
    .catch(({ message }) => ({ status: 502, body: { message } }))
    .then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
});
server.listen(Number(PORT), () => console.log(`The shop listens on ${server.address().port}.`));
process.once('SIGTERM', () => server.close(() => process.exit(0)));
