/* Renders /openapi.json and lets one try each operation; logs in at the development issuer with PKCE. */
const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const session = {
  get token() {
    return sessionStorage.getItem('token');
  },
  set token(value) {
    sessionStorage.setItem('token', value);
  },
};
const redirectUri = `${location.origin}/docs/callback`;

async function discover(api) {
  const { openIdConnectUrl } = api.components.securitySchemes.oidc;
  const response = await fetch(openIdConnectUrl).catch(() => undefined);
  return response?.ok ? response.json() : undefined;
}

async function login(provider) {
  const verifier = randomText();
  const state = randomText();
  sessionStorage.setItem('login', JSON.stringify({ verifier, state }));
  const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    client_id: 'docs',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid api',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  location.assign(`${provider.authorization_endpoint}?${query}`);
}

async function finishLogin(provider) {
  const answer = new URLSearchParams(location.search);
  const kept = JSON.parse(sessionStorage.getItem('login') ?? '{}');
  sessionStorage.removeItem('login');
  history.replaceState(null, '', '/docs');
  if (!answer.has('code') || answer.get('state') !== kept.state) return;
  const response = await fetch(provider.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'docs',
      code: answer.get('code'),
      redirect_uri: redirectUri,
      code_verifier: kept.verifier,
    }),
  });
  const tokens = await response.json();
  if (tokens.access_token !== undefined) session.token = tokens.access_token;
}

function showWho() {
  if (session.token === null) return;
  const claims = JSON.parse(atob(session.token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  byId('who').textContent = claims.exp * 1000 > Date.now() ? `logged in as ${claims.sub}` : 'login expired';
}

function resolve(api, schema) {
  const name = schema?.$ref?.split('/').at(-1);
  return name === undefined ? schema : api.components.schemas[name];
}

/** A value that has the schema's shape, to start from. */
function sample(api, schema, depth = 0) {
  const found = resolve(api, schema) ?? {};
  if (found.example !== undefined) return found.example;
  if (found.enum !== undefined) return found.enum[0];
  if (found.type === 'array') return depth > 4 ? [] : [sample(api, found.items, depth + 1)];
  if (found.type === 'integer' || found.type === 'number') return found.minimum ?? 0;
  if (found.type === 'boolean') return false;
  if (found.properties === undefined) return found.type === 'object' ? {} : (found.format ?? '');
  if (depth > 4) return {};
  const wanted = Object.entries(found.properties).filter(([name]) => found.required?.includes(name));
  return Object.fromEntries(wanted.map(([name, value]) => [name, sample(api, value, depth + 1)]));
}

function tryIt(api, path, method, operation) {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const value = parameter.name === 'Idempotency-Key' ? crypto.randomUUID() : '';
    return { parameter, input: element('input', { value, required: parameter.required }) };
  });
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  const body = element('textarea', { rows: 8, ariaLabel: 'Body' });
  if (type !== undefined) body.value = JSON.stringify(sample(api, operation.requestBody.content[type].schema), null, 2);
  const result = element('pre', { hidden: true });
  const form = element('form', {
    async onsubmit(event) {
      event.preventDefault();
      let address = path;
      const query = new URLSearchParams();
      const headers = new Headers(session.token === null ? {} : { authorization: `Bearer ${session.token}` });
      for (const { parameter, input } of inputs) {
        if (input.value === '') continue;
        if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        if (parameter.in === 'query') query.append(parameter.name, input.value);
        if (parameter.in === 'header') headers.set(parameter.name, input.value);
      }
      if (type !== undefined) headers.set('content-type', type);
      const response = await fetch(`${address}${query.size > 0 ? `?${query}` : ''}`, {
        method: method.toUpperCase(),
        headers,
        ...(type === undefined ? {} : { body: body.value }),
      });
      const text = await response.text();
      result.hidden = false;
      result.textContent = `${response.status} ${response.statusText}\n${[...response.headers].map((pair) => pair.join(': ')).join('\n')}\n\n${pretty(text)}`;
    },
  });
  for (const { parameter, input } of inputs)
    form.append(element('label', {}, `${parameter.name} (${parameter.in})`, input));
  if (type !== undefined) form.append(element('label', {}, `Body, ${type}`, body));
  form.append(element('button', {}, 'Send'), result);
  return form;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(api, path, method, operation) {
  const details = element('details', { id: operation.operationId });
  const heading = element('summary', {}, element('span', { className: 'method' }, method));
  heading.append(element('span', { className: 'path' }, path), ` ${operation.summary}`);
  details.append(heading);
  details.dataset.text = `${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
  details.addEventListener('toggle', () => fill(), { once: true });
  function fill() {
    if (operation.description !== undefined) details.append(element('p', {}, operation.description));
    details.append(
      element('p', {}, operation['x-roles'] === undefined ? '' : `Roles: ${operation['x-roles'].join(', ')}`),
    );
    const rows = Object.entries(operation.responses).map(([status, response]) =>
      element('tr', {}, element('th', {}, status), element('td', {}, response.description ?? 'problem document')),
    );
    details.append(element('table', {}, ...rows), tryIt(api, path, method, operation));
    for (const [status, response] of Object.entries(operation.responses)) {
      const schema = response.content?.['application/json']?.schema;
      if (schema === undefined) continue;
      const shape = element('details', {}, element('summary', {}, `${status} body`));
      shape.append(element('pre', {}, JSON.stringify(resolve(api, schema), null, 2)));
      details.append(shape);
    }
  }
  return details;
}

function render(api) {
  byId('version').textContent = api.info.version;
  const sections = api.tags.map(({ name }) => {
    const section = element('section', {}, element('h2', {}, name));
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.tags.includes(name)) section.append(show(api, path, method, operation));
    return section;
  });
  byId('operations').replaceChildren(element('p', {}, api.info.description), ...sections);
  byId('filter').addEventListener('input', ({ target }) => {
    for (const details of document.querySelectorAll('details[data-text]'))
      details.hidden = !details.dataset.text.includes(target.value.toLowerCase());
  });
}

const api = await (await fetch('/openapi.json')).json();
render(api);
const provider = await discover(api);
if (provider !== undefined) {
  if (location.pathname === '/docs/callback') await finishLogin(provider);
  byId('login').hidden = false;
  byId('login').addEventListener('click', () => void login(provider));
}
showWho();
