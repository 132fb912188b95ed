import { setTimeout } from 'node:timers/promises';

/** Milliseconds to wait before each attempt. */
const PAUSES = [0, 50, 200];

/**
 * The body of the answer. What failed is tried again, so it must be a request that may come twice: an error can be the
 * answer to one that was carried out.
 */
export async function send(url, { method = 'GET', key, body } = {}) {
  const headers = { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) };
  let problem;
  for (const pause of PAUSES) {
    await setTimeout(pause);
    try {
      const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
      if (response.ok) return await response.json();
      problem = new Error(`${method} ${url} was answered ${response.status}: ${await response.text()}`);
      if (response.status < 500) break;
    } catch (error) {
      problem = new Error(`${method} ${url} was not answered in full`, { cause: error });
    }
  }
  throw problem;
}
