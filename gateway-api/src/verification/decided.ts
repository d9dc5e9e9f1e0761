/** A verification with all that is known; what of it is shown depends on the audience. */
import type { Finding, Verification } from '@chain-of-care/chaincode/rules';
import type { Asked } from './asked.ts';
import type { Audience, VerificationView } from './dto.ts';
import type { KnownPack } from './knownPack.ts';

export type Proof = VerificationView['proof'];
export type AskedOf<Scope extends Asked['scope']> = Extract<Asked, { scope: Scope }>;

export interface Decided {
  readonly asked: Asked;
  readonly audience: Audience;
  readonly verdicts: Pick<Verification, 'isAuthentic' | 'quality' | 'status' | 'risk'> & {
    readonly identity: Said;
    readonly custody: Said;
  };
  readonly known: KnownPack;
  readonly nmvsCode?: string;
  readonly proof: Proof;
  readonly blockHeight?: number;
}

export interface Said {
  readonly verdict: string;
  readonly state?: string;
  readonly findings: readonly Finding[];
}
