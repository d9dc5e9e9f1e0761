/** What the commands need of the API: a token of a user, and requests with it. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** The gateway answered with a problem. */
export class RestProblem extends Error {
  override readonly name = 'RestProblem';
  readonly status: number;
  readonly code: string;

  constructor(method: string, path: string, status: number, code: string, detail: string) {
    super(`${method} ${path}: ${status} ${code}${detail === '' ? '' : `: ${detail}`}`);
    this.status = status;
    this.code = code;
  }
}

/**
 * An access token by the client credentials grant of the embedded development issuer.
 *
 * @throws Error when the issuer refuses
 */
export async function tokenOf(gateway: string, name: string, secret: string): Promise<string> {
  const response = await fetch(`${gateway}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(name)}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api' }),
  });
  const answer = (await response.json()) as { access_token?: string; error?: string };
  if (answer.access_token === undefined) throw new Error(`no token for ${name}: ${answer.error ?? response.status}`);
  return answer.access_token;
}

export class RestSession {
  readonly #gateway: string;
  readonly #token: string;

  constructor(gateway: string, token: string) {
    this.#gateway = gateway;
    this.#token = token;
  }

  get(path: string): Promise<Record<string, unknown>> {
    return this.#request('GET', path, undefined);
  }

  /**
   * Posts with an idempotency key made of the path and body, so that a repeat is one; tries again while the gateway says
   * that a repeat may help.
   */
  async post(path: string, body: unknown, attempts = 20): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#request('POST', path, body);
      } catch (error) {
        const mayRepeat = error instanceof RestProblem && (error.status >= 500 || error.code === 'conflict');
        if (!mayRepeat || attempt >= attempts) throw error;
        await pause(500);
      }
    }
  }

  async #request(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(`${this.#gateway}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(text === undefined
          ? {}
          : {
              'content-type': 'application/json',
              'idempotency-key': createHash('sha256').update(`${path}\n${text}`).digest('hex'),
            }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    const errors = answer['errors'] === undefined ? '' : JSON.stringify(answer['errors']);
    const detail = [answer['detail'], errors].filter((part) => typeof part === 'string' && part !== '').join(' ');
    throw new RestProblem(method, path, response.status, String(answer['code']), detail);
  }
}
