/** The client's examples derive keys from a wallet's signature; ours come from the key hierarchy, and say so. */
import { IsOptional } from 'class-validator';
import { Problem } from '../http/problem.ts';

const walletFields = ['walletAddress', 'walletSignature', 'patientSignature'] as const;

/** Members that a body of the client's may bring, so that they are answered and not merely unknown. */
export class WalletFields {
  @IsOptional() walletAddress?: unknown;
  @IsOptional() walletSignature?: unknown;
  @IsOptional() patientSignature?: unknown;
}

/** @throws Problem wallet_not_used, naming every such field, rather than to ignore what somebody relies on */
export function refuseWallet(given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  const sent = walletFields.filter((name) => Object.hasOwn(given, name));
  if (sent.length === 0) return;
  throw new Problem('wallet_not_used', {
    detail: 'the caller is who the access token says; keys are kept by the home hospital',
    errors: sent.map((name) => ({ pointer: `/${name}`, code: 'wallet_not_used', detail: 'leave this out' })),
  });
}
