/** The development issuer's login page: a name and its secret, nothing else. */
import express, { Router, type Request, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import { sendProblem } from '../../http/answer.ts';
import { Problem } from '../../http/problem.ts';
import type { DevelopmentUsers } from './users.ts';

const maxFormBytes = 4096;

/** Routes to be mounted at /oidc, before the provider itself. */
export function loginRoutes(provider: Provider, users: DevelopmentUsers): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: maxFormBytes });
  router.get('/interaction/:uid', (request, response) => {
    ask(provider, request, response).catch((error: unknown) => sendProblem(response, error));
  });
  router.post('/interaction/:uid', form, (request, response) => {
    logIn(provider, users, request, response).catch((error: unknown) => sendProblem(response, error));
  });
  return router;
}

async function ask(provider: Provider, request: Request, response: Response): Promise<void> {
  await interactionOf(provider, request, response);
  response.type('html').send(page(''));
}

async function logIn(provider: Provider, users: DevelopmentUsers, request: Request, response: Response): Promise<void> {
  await interactionOf(provider, request, response);
  const { name, secret } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof secret !== 'string' || !(await users.isSecretOf(name, secret))) {
    response.status(401).type('html').send(page('Name or secret is wrong.'));
    return;
  }
  const login = { login: { accountId: name } };
  await provider.interactionFinished(request, response, login, { mergeWithLastSubmission: false });
}

/** @throws Problem malformed_request without the cookie of a login under way */
async function interactionOf(provider: Provider, request: Request, response: Response): Promise<void> {
  await provider.interactionDetails(request, response).catch((cause: unknown) => {
    throw new Problem('malformed_request', { detail: 'no login is under way', cause });
  });
}

function page(message: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chain of Care: development login</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/docs.css"></head>
<body class="login"><main><h1>Development login</h1>
<p>Users come from the seed. <code>npm run -s token -- --user NAME --secret</code> prints a user's secret.</p>
${message === '' ? '' : `<p role="alert">${message}</p>`}
<form method="post"><label>Name <input name="name" autocomplete="username" required autofocus></label>
<label>Secret <input name="secret" type="password" autocomplete="current-password" required></label>
<button>Log in</button></form></main></body></html>`;
}
