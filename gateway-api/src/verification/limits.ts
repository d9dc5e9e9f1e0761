/** Verification without an account is limited by address, so that serials cannot be tried one after the other. */
import type { Config } from '../config/config.ts';
import type { RateLimit } from '../http/route.ts';

const quarterOfAnHourMs = 15 * 60_000;

export function publicLimit({ publicVerifications }: Pick<Config, 'publicVerifications'>): RateLimit {
  return { windowMs: quarterOfAnHourMs, limit: publicVerifications, of: 'public' };
}

/** Of every caller by address, whoever it is: the client's own address of the API. */
export const verifyProductLimit: RateLimit = { windowMs: quarterOfAnHourMs, limit: 100, of: 'address' };
