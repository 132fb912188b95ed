// Runs in a browser, on a page that is not the emulator's. Whatever a page can do to send a request is tried for every
// act, and whatever it could learn from that is collected.

/** Longer than any answer takes; only what never ends by itself waits for it. */
const PATIENCE = 10_000;
/** Loads of documents at a time. */
const AT_ONCE = 12;

const learned = [];
const signs = {};

/** @param what of the answer the page could see */
function learn(way, url, what) {
  learned.push({ way, url, what });
}

/** Whether a load came to an end with this event rather than another is something that a page sees, too. */
function sign(way, event, url) {
  ((signs[way] ??= {})[event] ??= []).push(url);
}

function within(promise, otherwise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(otherwise), PATIENCE))]);
}

async function each(items, act) {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
    }),
  );
}

async function tryFetch(way, url, options) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), ...options });
    if (response.type !== 'opaque') {
      const reader = response.body?.getReader();
      const first = await reader?.read();
      learn(way, url, { status: response.status, text: new TextDecoder().decode(first?.value) });
      void reader?.cancel();
      return;
    }
    if (response.status !== 0 || (await response.text()) !== '') learn(way, url, 'an opaque answer that is not');
    sign(way, 'answered', url);
  } catch {
    sign(way, 'failed', url);
  }
}

async function fetches({ method, url, body }) {
  const sent = method === 'GET' ? undefined : body;
  const json = sent === undefined ? {} : { 'Content-Type': 'application/json' };
  await tryFetch('fetch', url, { method, body: sent, headers: json });
  await tryFetch('fetch with credentials', url, { method, body: sent, headers: json, credentials: 'include' });
  await tryFetch('fetch with headers of ours', url, {
    method,
    body: sent,
    headers: { ...json, 'X-Emulator-Sandbox': 'kept', Authorization: 'Bearer x', 'X-Forwarded-Host': 'localhost' },
  });
  await tryFetch('fetch without a referrer', url, { method, body: sent, referrerPolicy: 'no-referrer' });
  if (method === 'GET') {
    await tryFetch('fetch, no-cors', url, { mode: 'no-cors' });
    await tryFetch('fetch, no-cors, with credentials', url, { mode: 'no-cors', credentials: 'include' });
    await tryFetch('fetch, no-cors, HEAD', url, { mode: 'no-cors', method: 'HEAD' });
    await tryFetch('fetch, same-origin', url, { mode: 'same-origin' });
  }
  // What needs no leave of the server's; an act that takes another method is asked for by POST as well.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
    const mode = { mode: 'no-cors', method: 'POST', credentials: 'include' };
    await tryFetch(`fetch, no-cors, POST as "${type}"`, url, { ...mode, body: new Blob([body], { type }) });
    await tryFetch(`fetch, POST as "${type}"`, url, { method: 'POST', body: new Blob([body], { type }) });
  }
  await tryFetch('fetch, no-cors, POST without a referrer', url, {
    mode: 'no-cors',
    method: 'POST',
    body: new Blob([body]),
    referrerPolicy: 'no-referrer',
  });
  await tryFetch('fetch, no-cors, redirected', `/redirect?to=${encodeURIComponent(url)}`, {
    mode: 'no-cors',
    method: 'POST',
    body: new Blob([body]),
  });
  navigator.sendBeacon(url, body);
  navigator.sendBeacon(url, new Blob([body], { type: '' }));
  await new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = PATIENCE;
    request.onloadend = resolve;
    request.onprogress = () => {
      if (request.status === 0) return;
      learn('XMLHttpRequest', url, { status: request.status, text: request.responseText });
      request.abort();
    };
    request.send(sent);
  });
}

/** Loads of a subresource, by element. */
const ELEMENTS = {
  script: (url) => ['script', { src: url }],
  module: (url) => ['script', { src: url, type: 'module' }],
  'script, crossorigin': (url) => ['script', { src: url, crossOrigin: 'use-credentials' }],
  img: (url) => ['img', { src: url }],
  stylesheet: (url) => ['link', { href: url, rel: 'stylesheet' }],
  prefetch: (url) => ['link', { href: url, rel: 'prefetch' }],
  modulepreload: (url) => ['link', { href: url, rel: 'modulepreload' }],
  video: (url) => ['video', { src: url, preload: 'auto' }],
};

async function loads(url) {
  for (const [way, describe] of Object.entries(ELEMENTS)) {
    const [name, properties] = describe(url);
    const element = Object.assign(document.createElement(name), properties);
    const end = new Promise((resolve) => {
      element.onload = () => resolve('load');
      element.onerror = () => resolve('error');
      element.onloadedmetadata = () => resolve('loadedmetadata');
    });
    document.body.append(element);
    sign(way, await within(end, 'nothing'), url);
    if (element.naturalWidth > 0) learn(way, url, 'an image');
    if (element.sheet) {
      try {
        if (element.sheet.cssRules.length > 0) learn(way, url, 'a style sheet');
      } catch {
        // As it should be: the sheet of another origin is closed.
      }
    }
    element.remove();
  }
}

/** What a document in a frame or a window tells the page that opened it. */
function look(way, url, view) {
  try {
    const { document: inside } = view;
    // An empty document is what a frame has before it is given another, and after that was refused.
    if (inside.URL !== 'about:blank') learn(way, url, inside.documentElement.outerHTML);
  } catch {
    // As it should be: the document is of another origin.
  }
  if (view.length > 0) learn(way, url, `${view.length} frames`);
}

async function embed(name, url) {
  const element = document.createElement(name);
  element[name === 'object' ? 'data' : 'src'] = url;
  const end = new Promise((resolve) => {
    element.onload = () => resolve('load');
    element.onerror = () => resolve('error');
  });
  document.body.append(element);
  sign(name, await within(end, 'nothing'), url);
  if (element.contentWindow) {
    look(name, url, element.contentWindow);
    element.contentWindow.postMessage({ give: 'state' }, '*');
  }
  element.remove();
}

async function frames(url) {
  await Promise.all(['iframe', 'object', 'embed'].map((name) => embed(name, url)));
}

/** @param field of the form; none for a form that sends nothing */
async function submit(frame, method, enctype, url, field) {
  const form = Object.assign(document.createElement('form'), { method, action: url, enctype, target: frame.name });
  if (field) form.append(Object.assign(document.createElement('input'), { type: 'hidden', ...field }));
  document.body.append(form);
  const end = new Promise((resolve) => {
    frame.onload = () => resolve('load');
  });
  form.submit();
  sign(`form, ${method}`, await within(end, 'nothing'), url);
  look(`form, ${method}`, url, frame.contentWindow);
  form.remove();
}

let framesOfForms = 0;

/** All into one frame: making one takes a browser longer than the request does. */
async function submits({ url, body }) {
  // As plain text, name and value are sent with `=` between them: JSON, where that stands in a string.
  const json = { name: `${body.slice(0, -1)}${body === '{}' ? '' : ','}"memo":"`, value: '"}' };
  const frame = Object.assign(document.createElement('iframe'), { name: `forms-${(framesOfForms += 1)}` });
  document.body.append(frame);
  await submit(frame, 'get', 'application/x-www-form-urlencoded', url);
  await submit(frame, 'post', 'application/x-www-form-urlencoded', url);
  await submit(frame, 'post', 'text/plain', url, json);
  await submit(frame, 'post', 'multipart/form-data', url, json);
  frame.remove();
}

async function listen(url) {
  for (const withCredentials of [false, true]) {
    const source = new EventSource(url, { withCredentials });
    const end = new Promise((resolve) => {
      source.onopen = () => resolve('open');
      source.onerror = () => resolve('error');
    });
    sign('EventSource', await within(end, 'nothing'), url);
    source.close();
  }
}

async function talk(url) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  const end = new Promise((resolve) => {
    socket.onopen = () => resolve('open');
    socket.onerror = () => resolve('error');
  });
  sign('WebSocket', await within(end, 'nothing'), url);
  socket.close();
}

async function visit(url) {
  const view = window.open(url, '_blank');
  if (!view) {
    sign('window.open', 'blocked', url);
    return;
  }
  view.postMessage({ give: 'state' }, '*');
  // A window of another origin has no load event for its opener: its document can no longer be reached once it is there.
  const until = performance.now() + PATIENCE;
  while (performance.now() < until && isBlank(view)) await new Promise((resolve) => setTimeout(resolve, 10));
  look('window.open', url, view);
  view.close();
}

function isBlank(view) {
  try {
    return view.document.URL === 'about:blank';
  } catch {
    return false;
  }
}

async function work(url) {
  const text = `try { importScripts(${JSON.stringify(url)}); postMessage('ran'); } catch (error) { postMessage(error.name); }`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const end = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve('error');
  });
  sign('importScripts', await within(end, 'nothing'), url);
  worker.terminate();
}

/**
 * Tries every way for every act.
 *
 * @param acts `{ method, url, body }` each, `body` being JSON that would change something
 * @returns what was learned, and for each way which loads came to an end with which event
 */
globalThis.attack = async (acts) => {
  addEventListener('message', ({ data }) => learn('postMessage', '', data));
  addEventListener('error', ({ message }) => {
    if (message !== undefined && message !== 'Script error.') learn('onerror', '', message);
  });
  await each(acts, fetches);
  const urls = [...new Set(acts.map(({ url }) => url))];
  await each(urls, loads);
  await each(urls, frames);
  await each(urls, work);
  await each(urls, listen);
  // A browser has more and more time pass between those that it is refused.
  for (const url of urls.slice(-4)) await talk(url);
  await each(acts, submits);
  for (const url of urls) await visit(url);
  for (const { name, responseStatus, decodedBodySize } of performance.getEntriesByType('resource')) {
    if (!name.startsWith(location.origin) && (responseStatus > 0 || decodedBodySize > 0)) {
      learn('resource timing', name, { responseStatus, decodedBodySize });
    }
  }
  return { learned, signs };
};
