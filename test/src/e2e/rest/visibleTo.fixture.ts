/** Everything of the channel that one member sees: whole blocks as bytes, and the private values its own peer holds. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash } from '@hyperledger/fabric-gateway';
import { nativeSigner } from '@chain-of-care/client/node';
import { decodeBlock } from '../../../../gateway-api/src/readmodel/blocks/index.ts';
import type { DecodedBlock } from '../../../../gateway-api/src/readmodel/blocks/types.ts';
import type { TestNetwork } from '../../system/network.ts';

export interface Visible {
  readonly blocks: readonly DecodedBlock[];
  /** The blocks as they lie on the peer's disk. */
  readonly raw: readonly Uint8Array[];
}

export async function visibleTo(network: TestNetwork, mspId: string): Promise<Visible> {
  const { peers, service, channel } = await network.profileOf(mspId);
  const peer = peers.find((candidate) => candidate.mspId === mspId)!;
  const client = new Client(peer.endpoint, credentials.createSsl(await readFile(peer.tlsCa)), {
    'grpc.ssl_target_name_override': peer.hostname,
    'grpc.default_authority': peer.hostname,
    'grpc.max_receive_message_length': -1,
  });
  const gateway = connect({
    client,
    identity: { mspId, credentials: await readFile(service.certificate) },
    signer: nativeSigner(createPrivateKey(await readFile(service.privateKey))),
    hash: hash.none,
  });
  const stream = await gateway.getNetwork(channel).getBlockAndPrivateDataEvents({ startBlock: 0n });
  const [blocks, raw]: [DecodedBlock[], Uint8Array[]] = [[], []];
  // A live stream does not end: it is read until no further block comes for this long.
  const quietMs = 3_000;
  let isDone = false;
  const finish = (): void => {
    isDone = true;
    stream.close();
  };
  let timer = setTimeout(finish, quietMs);
  try {
    for await (const event of stream) {
      clearTimeout(timer);
      timer = setTimeout(finish, quietMs);
      blocks.push(decodeBlock(event));
      raw.push(event.getBlock()!.serializeBinary());
    }
  } catch (error) {
    // Closing our side is how the stream ends: the SDK reports it as cancelled.
    if (!isDone) throw error;
  } finally {
    clearTimeout(timer);
    gateway.close();
    client.close();
  }
  return { blocks, raw };
}

/** Where a text stands in these bytes, as it is or in base64. */
export function contains(bytes: Uint8Array, text: string): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(text) || base64Forms(text).some((form) => buffer.includes(form));
}

/** The text inside a longer base64 text, at each of the three alignments. */
function base64Forms(text: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    const [first, last] = [[0, 2, 3][shift]!, Math.floor(((shift + Buffer.byteLength(text)) * 8) / 6)];
    return encoded.slice(first, last);
  });
}
