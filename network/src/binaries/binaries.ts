/** Fabric's programs on this machine. */
export interface Binaries {
  /** Folder of peer, orderer, configtxgen, osnadmin, fabric-ca-server and the rest. */
  readonly folder: string;
  /** Folder of Fabric's sample core.yaml and orderer.yaml. */
  readonly samples: string;
  /** How they came here. */
  readonly origin: 'cache' | 'FABRIC_BIN' | 'built' | 'archive';
}
