/** The embedded issuer behind a real HTTP server, with users in a temporary file. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { SealedKeyStore } from '../../keystore/keyStore.ts';
import { createLog } from '../../log.ts';
import { createDevelopmentIssuer, type DevelopmentIssuer } from './issuer.ts';
import { loginRoutes } from './login.ts';
import { DevelopmentUsers } from './users.ts';

export interface RunningIssuer extends DevelopmentIssuer {
  /** Where the gateway would be; the tokens' audience. */
  readonly gateway: string;
  readonly users: DevelopmentUsers;
  close(): Promise<void>;
}

export async function runIssuer(): Promise<RunningIssuer> {
  const directory = await mkdtemp(join(tmpdir(), 'issuer-'));
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const users = new DevelopmentUsers(join(directory, 'users.json'), 'HospitalMSP');
  await users.add('dr-ada');
  const issuer = await createDevelopmentIssuer({
    issuer: `${gateway}/oidc`,
    audience: gateway,
    users,
    pages: [{ clientId: 'docs', redirectUris: [`${gateway}/docs/callback`] }],
    keystore: new SealedKeyStore(join(directory, 'keys'), new Uint8Array(32)),
    log: createLog('silent'),
  });
  app.use('/oidc', loginRoutes(issuer.provider, users));
  app.use('/oidc', issuer.provider.callback());
  return {
    ...issuer,
    gateway,
    users,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
