/** An answer to a verification is proven by the root that the ledger has of its hour; an hour is three seconds here. */
import { isIncluded, merkleLeaf } from '@chain-of-care/client';
import { openNetwork } from '@chain-of-care/network';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changedGateway } from '../../system/changedGateway.ts';
import { makeLot, posterOf, serialOf } from '../../system/lots.ts';
import { network } from '../../system/networks.ts';
import type { Json, RestSession } from '../../system/rest.ts';
import { until } from '../../system/until.ts';
import { visibleTo } from './visibleTo.fixture.ts';
import { World } from './world.fixture.ts';

const mspId = 'PharmaMSP';
const packs = 5;
const anchored = { file: 'verification/service.js', from: 'AnchorMinutes * 60_000', to: 'AnchorMinutes * 50' };
let maker: RestSession;

beforeAll(async () => {
  await network.start();
  await (await openNetwork({ name: network.name })).runGatewayWith(mspId, changedGateway([anchored]));
  maker = await new World(network).people.as(mspId, 'maker');
}, 300_000);

afterAll(() => network.start(), 300_000);

interface Proof extends Json {
  readonly entry: string;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly inclusionPath: readonly string[];
  readonly rootHash: string;
  readonly transactionId?: string;
}

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

function isProven({ entry, leafIndex, treeSize, inclusionPath, rootHash }: Proof): boolean {
  return isIncluded({
    leaf: merkleLeaf(Buffer.from(entry)),
    index: leafIndex,
    size: treeSize,
    path: inclusionPath.map(bytes),
    root: bytes(rootHash),
  });
}

test('every answer is in the tree of its hour, whose root the regulator’s own peer has on the ledger', async () => {
  const { gtin, lot, expiry } = await makeLot(posterOf(maker), packs);
  const proofs: Proof[] = [];
  for (let index = 0; index < packs; index += 1) {
    const scan = `]d201${gtin}21${serialOf(index)}\u001D17${expiry}10${lot}`;
    const said = await maker.create<{ verificationId: string }>('/v1/verifications', { scan }, { key: null });
    const address = `/v1/verifications/${said.verificationId}/proof`;
    const proof = await until<Proof>(maker, address, ({ transactionId }) => transactionId !== undefined);
    expect(JSON.parse(proof.entry)).toMatchObject({ verificationId: said.verificationId });
    proofs.push(proof);
  }
  const { blocks } = await visibleTo(network, 'RegulatorMSP');
  const transactions = new Map(blocks.flatMap((block) => block.transactions.map((each) => [each.txId, each] as const)));
  for (const proof of proofs) {
    expect(isProven(proof)).toBe(true);
    expect(isProven({ ...proof, entry: proof.entry.replace('"', ' "') })).toBe(false);
    const { validationCode, writes } = transactions.get(proof.transactionId!)!;
    const facts = writes.flatMap(({ value }) => (value === undefined ? [] : [Buffer.from(value).toString('utf8')]));
    expect(validationCode).toBe(0);
    expect(facts.filter((fact) => fact.includes(proof.rootHash))).toHaveLength(1);
  }
}, 240_000);
