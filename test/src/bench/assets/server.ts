/** Serves the plain contract beside ours, told what our server is told. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { JSONSerializer } from 'fabric-contract-api';
import fabricShim from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract.js';
import { Assets } from './contract.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

const serializers = { transaction: 'json', serializers: { json: JSONSerializer } };
const server = fabricShim.Shim.server(new ChaincodeFromContract([Assets], serializers, {}, 'assets', '1'), {
  ccid: required('CHAINCODE_ID'),
  address: required('CHAINCODE_SERVER_ADDRESS'),
  tlsProps: {
    key: readFileSync(required('CHAINCODE_TLS_KEY')),
    cert: readFileSync(required('CHAINCODE_TLS_CERT')),
    clientCACerts: readFileSync(required('CHAINCODE_CLIENT_CA')),
  },
});
await server.start();
