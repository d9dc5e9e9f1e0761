import { X509Certificate, createHash } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { Creator } from './types.ts';

const rememberedCreators = 4096;
const known = new Map<string, Creator>();

/**
 * Who a serialized identity is. Parsing a certificate costs far more than the rest of a transaction, so the last few
 * thousand are remembered.
 *
 * @param serialized bytes of Fabric's `SerializedIdentity`
 */
export function creatorOf(serialized: Uint8Array): Creator {
  const id = Buffer.from(serialized).toString('latin1');
  const remembered = known.get(id);
  if (remembered !== undefined) return remembered;
  const identity = msp.SerializedIdentity.deserializeBinary(serialized);
  const certificate = Buffer.from(identity.getIdBytes_asU8()).toString('utf8');
  const creator = { mspId: identity.getMspid(), certificate, deviceKey: deviceKeyOf(certificate) };
  if (known.size >= rememberedCreators) known.delete(known.keys().next().value!);
  known.set(id, creator);
  return creator;
}

/** SHA-256 of the certificate's public key (SPKI, DER), hex; empty for what is no certificate (an idemix identity). */
function deviceKeyOf(certificate: string): string {
  try {
    const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('hex');
  } catch {
    return '';
  }
}
