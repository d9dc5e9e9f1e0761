/** What happened that somebody of the own organisation should know. Never health information. */
import type { AlertSeverity } from '@chain-of-care/chaincode/model';
import type { Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import type { NoticeKind } from './catalogue.ts';

export interface Notice {
  /** The same for the same fact, whenever it is read again: nobody gets it twice. */
  readonly source: string;
  readonly kind: NoticeKind;
  readonly severity: AlertSeverity;
  /** Identifiers and codes that the text and the link need. */
  readonly about: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly blockNumber: number;
  /** Staff ids and patient ids of the own organisation. */
  readonly recipients: readonly string[];
}

/** Blocks from `first` up to and with `last`. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** Reads notices out of the rows of these blocks. The same rows give the same notices. */
export type NoticeSource = (db: Kysely<Database>, range: BlockRange) => Promise<readonly Notice[]>;
