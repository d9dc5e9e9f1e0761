/** What Fabric's system contract of fabric-contract-api (`GetMetadata`) tells every member of the channel. */
import { expect, test } from '@jest/globals';
import type { ChaincodeStub } from 'fabric-shim';
import { ChainOfCare } from './chaincode.ts';
import { identityOf, members } from './ledger/scenario.fixture.ts';
import { Consortium } from './model/index.ts';

test('metadata names contracts and their two functions, and no command, field or state', async () => {
  const chaincode = new ChainOfCare({ consortium: new Consortium(members), clock: Date.now });
  const { mspId, certificate } = await identityOf('PharmaMSP');
  const logging = { setLevel: () => undefined };
  const stub = {
    getFunctionAndParameters: () => ({ fcn: 'org.hyperledger.fabric:GetMetadata', params: [] }),
    getBufferArgs: () => [Buffer.from('org.hyperledger.fabric:GetMetadata')],
    getTxID: () => 't',
    getChannelID: () => 'consortium',
    getCreator: () => ({ mspid: mspId, idBytes: certificate }),
    logging,
  };
  const { status, payload } = await chaincode.Invoke(stub as unknown as ChaincodeStub);
  expect(status).toBe(200);
  const metadata = JSON.parse(Buffer.from(payload!).toString('utf8')) as {
    contracts: Record<string, { transactions: { name: string; parameters?: unknown[] }[] }>;
    components: unknown;
  };
  const functions = Object.entries(metadata.contracts).map(([contract, { transactions }]) => [
    contract,
    transactions.map(({ name, parameters = [] }) => [name, parameters.length]),
  ]);
  const two = [
    ['submit', 0],
    ['query', 0],
  ];
  expect(Object.fromEntries(functions)).toEqual({
    registry: two,
    care: two,
    supply: two,
    'org.hyperledger.fabric': [['GetMetadata', 0]],
  });
  expect(metadata.components).toEqual({ schemas: {} });
});
