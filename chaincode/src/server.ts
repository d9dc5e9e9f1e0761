/** The chaincode as a service: one process per peer, mutual TLS, only with the digest that its package label carries. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import fabricShim from 'fabric-shim';
import { ChainOfCare } from './chaincode.ts';
import { contractDefinitions } from './contracts.ts';
import { chaincodeDigest } from './digest.ts';
import { Consortium, precompile, type Member } from './model/index.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

async function main(): Promise<void> {
  const membersFile = required('CHAINCODE_MEMBERS');
  const digest = await chaincodeDigest(membersFile);
  if (digest !== required('CHAINCODE_DIGEST'))
    throw new Error(`this chaincode has the digest ${digest}, not the one its package was installed with`);
  const members = JSON.parse(readFileSync(membersFile, 'utf8')) as Member[];
  for (const { commands, queries } of Object.values(contractDefinitions))
    precompile([...Object.values(commands), ...Object.values(queries)].map(({ body }) => body));

  const chaincode = new ChainOfCare({ consortium: new Consortium(members), clock: Date.now });
  const server = fabricShim.Shim.server(chaincode, {
    ccid: required('CHAINCODE_ID'),
    address: required('CHAINCODE_SERVER_ADDRESS'),
    tlsProps: {
      key: readFileSync(required('CHAINCODE_TLS_KEY')),
      cert: readFileSync(required('CHAINCODE_TLS_CERT')),
      clientCACerts: readFileSync(required('CHAINCODE_CLIENT_CA')),
    },
  });
  await server.start();
  process.stdout.write(`chaincode ${digest} serves ${required('CHAINCODE_SERVER_ADDRESS')}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
