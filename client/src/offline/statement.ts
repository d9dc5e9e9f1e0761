/** Events that premises state without connection, signed by their device. */
import {
  canonicalJson,
  expandSerialRange,
  normaliseGtin,
  parseQueuedStatement,
  parseScan,
  queuedStatementPrefix,
  Refusal,
  supplyLimits,
  type CustodyEvent,
  type QueuedPack,
} from '@chain-of-care/chaincode/model';
import { toBase64Url } from '../encoding/index.ts';
import { exportSpki, webCryptoSigner } from '../signing/index.ts';
import type { GoodsReference, HeldQuantity } from '../rest/supply.ts';
import type { CryptoKeyPair } from '../webCrypto.ts';

/** As a device hands it on. */
export interface SignedEvent {
  readonly statement: string;
  /** SubjectPublicKeyInfo, DER, base64url. */
  readonly publicKey: string;
  /** Over prefix and statement, DER, base64url. */
  readonly signature: string;
}

export interface OfflineEvent {
  readonly event: CustodyEvent;
  /** RFC 3339 with offset. */
  readonly eventTime: string;
  readonly packs?: readonly GoodsReference[];
  readonly containers?: readonly string[];
  readonly quantities?: readonly HeldQuantity[];
  readonly [member: string]: unknown;
}

/**
 * The text that is signed. A shipment gets its id here: nobody else can give it one.
 *
 * @throws Refusal validation_failed, invalid_identifier
 */
export function queuedStatement({ event, packs = [], containers = [], ...rest }: OfflineEvent): string {
  const named = packs.map(readReference);
  const ssccs = [...containers, ...named.flatMap(({ sscc }) => (sscc === undefined ? [] : [sscc]))];
  const single = named.flatMap(({ packs: all }) => all);
  const ships = event === 'ship' || event === 'return';
  const statement = canonicalJson({
    ...(ships ? { shipmentId: crypto.randomUUID() } : {}),
    ...rest,
    type: event,
    ...(single.length === 0 ? {} : { packs: single }),
    ...(ssccs.length === 0 ? {} : { containers: ssccs }),
  });
  parseQueuedStatement(statement);
  return statement;
}

/** @param keys the device's pair, which is registered at the premises */
export async function signStatement(keys: CryptoKeyPair, statement: string): Promise<SignedEvent> {
  const message = new TextEncoder().encode(queuedStatementPrefix + statement);
  const [spki, signature] = await Promise.all([exportSpki(keys.publicKey), webCryptoSigner(keys.privateKey)(message)]);
  return { statement, publicKey: toBase64Url(spki), signature: toBase64Url(signature) };
}

function readReference(reference: GoodsReference): { readonly packs: readonly QueuedPack[]; readonly sscc?: string } {
  const { gtin, lot, serials, sscc } = 'scan' in reference ? scanned(reference.scan) : listed(reference);
  if (gtin === undefined || serials.length === 0) {
    if (sscc === undefined) throw new Refusal('validation_failed', 'needs a GTIN and a serial', '/packs');
    return { packs: [], sscc };
  }
  const product = normaliseGtin(gtin);
  return { packs: serials.map((serial) => ({ gtin: product, serial, ...(lot === undefined ? {} : { lot }) })) };
}

interface Read {
  readonly gtin?: string | undefined;
  readonly lot?: string | undefined;
  readonly serials: readonly string[];
  readonly sscc?: string | undefined;
}

function scanned(text: string): Read {
  const { gtin, lot, serial, sscc } = parseScan(text);
  return { gtin, lot, sscc, serials: serial === undefined ? [] : [serial] };
}

function listed(reference: Exclude<GoodsReference, { readonly scan: string }>): Read {
  const { gtin, lot } = reference;
  if ('range' in reference) {
    const { first, last } = reference.range;
    return { gtin, lot, serials: expandSerialRange(first, last, supplyLimits.packsPacked) };
  }
  return { gtin, lot, serials: 'serials' in reference ? reference.serials : [reference.serial] };
}
