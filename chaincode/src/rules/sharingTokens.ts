/** Whether a sharing token can be used. */
import type { SharingToken } from '../model/index.ts';

export const tokenStates = ['active', 'spent', 'revoked', 'expired'] as const;
export type TokenState = (typeof tokenStates)[number];

/** @param timeMs transaction time */
export function stateOfToken(
  { spentBy, expiresAt }: Pick<SharingToken, 'spentBy' | 'expiresAt'>,
  isRevoked: boolean,
  timeMs: number,
): TokenState {
  if (isRevoked) return 'revoked';
  if (spentBy !== undefined) return 'spent';
  return Date.parse(expiresAt) <= timeMs ? 'expired' : 'active';
}
