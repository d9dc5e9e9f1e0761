/** The published images that the consortium runs and builds on. */
import { fabricCaVersion, fabricVersion } from '../binaries/version.ts';

export const officialImages = {
  peer: `hyperledger/fabric-peer:${fabricVersion}`,
  orderer: `hyperledger/fabric-orderer:${fabricVersion}`,
  ca: `hyperledger/fabric-ca:${fabricCaVersion}`,
} as const;

/** Node with a C library as new as the official peer, built on Ubuntu 24.04, asks for. */
export const nodeImage = 'node:24-trixie-slim';
