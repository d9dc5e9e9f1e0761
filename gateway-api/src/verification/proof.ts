/** Proof that an answer is in the log: its entry, the way to the root, and where the root is on the ledger. */
import { inclusionPath } from '@chain-of-care/client';
import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { leafOf } from './anchor.ts';

export class VerificationParams {
  @IsFormat('uuid') verificationId!: string;
}

export class InclusionProofView {
  @IsFormat('uuid') verificationId!: string;
  /** The leaf as it was hashed: canonical JSON. */
  @IsString() entry!: string;
  @IsFormat('msp-id') mspId!: string;
  /** Number of the tree among the organisation's. */
  @IsInt() sequence!: number;
  @IsInt() leafIndex!: number;
  @IsInt() treeSize!: number;
  /** SHA-256, hex; the nearest first (RFC 9162, §2.1.3). */
  @IsArray() @IsString({ each: true }) inclusionPath!: string[];
  @IsFormat('hex-256') rootHash!: string;
  /** Of the ledger's transaction with the root; absent while it is on its way. */
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** @throws Problem not_found; not_anchored until the hour has ended */
export async function inclusionProof(
  { readModel: { db }, profile, config }: Pick<Services, 'readModel' | 'profile' | 'config'>,
  verificationId: string,
): Promise<InclusionProofView> {
  const own = await db
    .selectFrom('verification_log')
    .select(['entry', 'sequence', 'position'])
    .where('verification_id', '=', verificationId)
    .executeTakeFirst();
  if (own === undefined) throw new Problem('not_found');
  const { sequence, position } = own;
  if (sequence === null || position === null)
    throw new Problem('not_anchored', {
      headers: { 'retry-after': String(config.verificationAnchorMinutes * 60) },
    });
  const anchor = await db
    .selectFrom('verification_anchors')
    .selectAll()
    .where('sequence', '=', sequence)
    .executeTakeFirstOrThrow();
  const leaves = await db
    .selectFrom('verification_log')
    .select('entry')
    .where('sequence', '=', sequence)
    .orderBy('position')
    .execute();
  const path = inclusionPath(
    leaves.map(({ entry }) => leafOf(entry)),
    position,
  );
  const onLedger = await db
    .selectFrom('verification_roots')
    .select(['tx_id', 'block_number'])
    .where('msp_id', '=', profile.mspId)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return {
    verificationId,
    entry: own.entry,
    mspId: profile.mspId,
    sequence,
    leafIndex: position,
    treeSize: anchor.size,
    inclusionPath: path.map((hash) => Buffer.from(hash).toString('hex')),
    rootHash: anchor.root,
    ...(onLedger === undefined ? {} : { transactionId: onLedger.tx_id, blockNumber: onLedger.block_number }),
  };
}
