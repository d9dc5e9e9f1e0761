/**
 * The documents that travel with ownership in the United States: transaction information and transaction statement
 * (FD&C Act §581(26) and (27), 21 U.S.C. 360eee). Pure.
 */
import type { PostalAddress } from '@chain-of-care/chaincode/model';

export interface TransactedLot {
  readonly gtin: string;
  readonly lot: string;
  readonly units: number;
  /** Absent when the pack's serials are those of its containers' contents. */
  readonly serials?: readonly string[];
  readonly name: string;
  readonly strength: string;
  readonly dosageForm: string;
  readonly ndc: string | null;
  /** Units in one pack. */
  readonly packContent: number;
  /** YYMMDD as printed. */
  readonly expiry: string;
}

export interface Party {
  readonly gln: string;
  readonly name: string;
  readonly address?: PostalAddress;
}

export interface Transacted {
  readonly shipmentId: string;
  /** ISO days. */
  readonly transactionDate: string;
  readonly shipmentDate: string;
  readonly from: Party;
  readonly to: Party;
  /** GLN of who possesses the goods, where it is not the new owner. */
  readonly possessor?: string;
  readonly containers: readonly string[];
  readonly lots: readonly TransactedLot[];
}

/** §581(26): (A) to (J) in their order. */
export function transactionInformation({ lots, from, to, ...transacted }: Transacted) {
  return {
    documentType: 'TransactionInformation',
    transactionId: transacted.shipmentId,
    products: lots.map(({ packContent, units, ndc, ...lot }) => ({
      name: lot.name,
      strength: lot.strength,
      dosageForm: lot.dosageForm,
      ...(ndc === null ? {} : { ndc }),
      gtin: lot.gtin,
      containerSize: packContent,
      numberOfContainers: units,
      lot: lot.lot,
      expiry: lot.expiry,
      ...(lot.serials === undefined ? {} : { serials: lot.serials }),
    })),
    containers: transacted.containers,
    transactionDate: transacted.transactionDate,
    shipmentDate: transacted.shipmentDate,
    transferredFrom: from,
    transferredTo: to,
    ...(transacted.possessor === undefined ? {} : { possessor: transacted.possessor }),
  };
}

/** §581(27)(A) to (G). */
export function transactionStatement({ shipmentId, from, to, transactionDate }: Transacted): string {
  return [
    `Transaction statement for transaction ${shipmentId} of ${transactionDate}, from ${from.name} (GLN ${from.gln}) to ` +
      `${to.name} (GLN ${to.gln}), under section 581(27) of the Federal Food, Drug, and Cosmetic Act.`,
    'The entity transferring ownership in this transaction',
    '(A) is authorized as required under the Drug Supply Chain Security Act;',
    '(B) received the product from a person that is authorized as required under that Act;',
    '(C) received transaction information and a transaction statement from the prior owner of the product, as required;',
    '(D) did not knowingly ship a suspect or illegitimate product;',
    '(E) had systems and processes in place to comply with verification requirements;',
    '(F) did not knowingly provide false transaction information; and',
    '(G) did not knowingly alter the transaction history.',
  ].join('\n');
}
