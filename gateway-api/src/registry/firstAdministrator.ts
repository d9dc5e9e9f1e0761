/**
 * The organisation's first administrator: registered by its MSP administrator's certificate, which can register
 * administrators and nothing else. Done when the gateway starts, until it is done.
 */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ledgerIdentity } from '../enrolment/enrolment.ts';
import { problemFrom } from '../http/answer.ts';
import { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import { registerStaff } from './staff.ts';

const keyName = 'gateway/msp-administrator';
const retryMs = 1_000;

/**
 * @param subject `sub` of the administrator's access tokens
 * @param signal ends the attempts
 */
export async function bootstrapAdministrator(services: Services, subject: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await services.people.find(services.config.issuer, subject)) !== undefined) return;
      await register(services, subject);
      services.log.info('first administrator registered');
      return;
    } catch (error) {
      const problem = problemFrom(error);
      services.log.warn({ err: problem.cause ?? error, code: problem.code }, 'first administrator not registered yet');
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function register(services: Services, subject: string): Promise<void> {
  const { profile, keystore } = services;
  const [certificate, key] = await Promise.all([
    readFile(profile.admin.certificate, 'utf8'),
    readFile(profile.admin.privateKey),
  ]);
  await keystore.put(keyName, createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }));
  try {
    const administrator = ledgerIdentity(profile.mspId, certificate, keyName);
    const derivation = new Derivation(
      keystore.derived('idempotency'),
      administrator.deviceKey,
      `first ${subject}`,
      subject,
    );
    await registerStaff(services, administrator, { role: 'administrator', subject }, derivation);
  } finally {
    await keystore.delete(keyName);
  }
}
