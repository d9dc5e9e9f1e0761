/** The one place that names the versions of Fabric and Fabric CA, for every way of getting them. */
export const fabricVersion = '3.1.1';
export const fabricCaVersion = '1.5.21';

/** Name of the binaries in the cache: `2` since Fabric CA is built apart from Fabric. */
export const binariesName = `fabric-${fabricVersion}-ca-${fabricCaVersion}-2`;

export const fabricPrograms = [
  'peer',
  'orderer',
  'configtxgen',
  'configtxlator',
  'osnadmin',
  'discover',
  'ledgerutil',
  'fabric-ca-server',
  'fabric-ca-client',
] as const;

/** Samples of Fabric's configuration that ours is laid over. */
export const fabricSamples = ['core.yaml', 'orderer.yaml'] as const;
