import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { common } from '@hyperledger/fabric-protos';
import * as x509 from '@peculiar/x509';
import { decodeBlock, decodePublicBlock } from './decode.ts';
import { FixtureLedger } from './ledger.fixture.ts';
import { BlockFormatError } from './types.ts';

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const hash = (value: string): string => createHash('sha256').update(value).digest('hex');

async function certificate(): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = {
    privateKey: await crypto.subtle.importKey('jwk', privateKey.export({ format: 'jwk' }), algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicKey.export({ format: 'jwk' }), algorithm, true, ['verify']),
  };
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=random',
    keys,
    signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
  });
  return made.toString('pem');
}

describe('decodeBlock', () => {
  test('gives public writes, and private writes with their plain keys and values', () => {
    const ledger = new FixtureLedger().add({
      writes: [
        { key: '\u0000lot\u0000A\u0000', value: { t: 'lot', v: 1 } },
        { collection: 'care_HospitalMSP', key: 'abc', value: { t: 'record', v: 1 } },
        { collection: 'care_HospitalMSP', key: 'gone', purge: true },
      ],
    });
    const [transaction] = decodeBlock(ledger.delivered(0)).transactions;
    expect(
      transaction?.writes.map(({ collection, key, value, isDelete, isPurge }) => [
        collection,
        key,
        text(value),
        isDelete,
        isPurge,
      ]),
    ).toEqual([
      [undefined, '\u0000lot\u0000A\u0000', '{"t":"lot","v":1}', false, false],
      ['care_HospitalMSP', 'abc', '{"t":"record","v":1}', false, false],
      ['care_HospitalMSP', 'gone', '', true, true],
    ]);
    expect(transaction?.unmatched).toEqual([]);
    expect(transaction?.open?.event?.name).toBe('v');
  });

  test('a private write that the peer lacks is given by its hashes alone', () => {
    const ledger = new FixtureLedger().add({
      writes: [{ collection: 'care_HospitalMSP', key: 'abc', value: { t: 'record' }, withheld: true }],
    });
    const [transaction] = decodeBlock(ledger.delivered(0)).transactions;
    expect(transaction?.writes).toEqual([]);
    expect(transaction?.unmatched).toEqual([
      {
        namespace: 'chain-of-care',
        collection: 'care_HospitalMSP',
        keyHash: hash('abc'),
        valueHash: hash('{"t":"record"}'),
        isDelete: false,
        isPurge: false,
      },
    ]);
  });

  test('a private value that does not hash to what was endorsed is not believed', () => {
    const honest = new FixtureLedger().add({ writes: [{ collection: 'c', key: 'k', value: { t: 'a' } }] });
    const forged = new FixtureLedger().add({ writes: [{ collection: 'c', key: 'k', value: { t: 'b' } }] });
    const delivered = honest.delivered(0);
    delivered.getPrivateDataMapMap().set(0, forged.delivered(0).getPrivateDataMapMap().get(0)!);
    const [transaction] = decodeBlock(delivered).transactions;
    expect(transaction?.writes).toEqual([]);
    expect(transaction?.unmatched).toHaveLength(1);
  });

  test('an invalid transaction is named and wrote nothing', () => {
    const ledger = new FixtureLedger().add(
      { txId: 'conflict', code: 11, writes: [{ key: 'k', value: { t: 'a' } }] },
      { txId: 'good', writes: [{ key: 'k', value: { t: 'b' } }] },
    );
    const { transactions } = decodeBlock(ledger.delivered(0));
    expect(transactions.map(({ txId, validationCode, writes }) => [txId, validationCode, writes.length])).toEqual([
      ['conflict', 11, 0],
      ['good', 0, 1],
    ]);
  });

  test('bytes that are no transaction do not stop the block when the peer judged them invalid', () => {
    const delivered = new FixtureLedger().add({ code: 22, writes: [] }).delivered(0);
    delivered
      .getBlock()!
      .getData()!
      .setDataList([Uint8Array.of(0xff, 0xff, 0xff)]);
    expect(decodeBlock(delivered).transactions[0]).toMatchObject({ validationCode: 22, writes: [] });
  });

  test('the submitter is the SHA-256 of the public key of the certificate', async () => {
    const pem = await certificate();
    const [transaction] = decodeBlock(new FixtureLedger(pem).add({ writes: [] }).delivered(0)).transactions;
    const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
    expect(transaction?.creator).toEqual({
      mspId: 'HospitalMSP',
      certificate: pem,
      deviceKey: createHash('sha256').update(key).digest('hex'),
    });
  });

  test('without private data every private write is unmatched', () => {
    const delivered = new FixtureLedger()
      .add({ writes: [{ collection: 'c', key: 'k', value: { t: 'a' } }] })
      .delivered(0);
    expect(decodePublicBlock(delivered.getBlock()!).transactions[0]?.unmatched).toHaveLength(1);
  });

  test('a block whose flags do not fit its transactions is refused', () => {
    const delivered = new FixtureLedger().add({ writes: [] }).delivered(0);
    delivered.getBlock()!.setMetadata(new common.BlockMetadata());
    expect(() => decodeBlock(delivered)).toThrow(BlockFormatError);
  });
});
