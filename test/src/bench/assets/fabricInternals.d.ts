/** fabric-shim's router of contracts, which its own command line requires the same way. */
declare module 'fabric-shim/lib/contract-spi/chaincodefromcontract.js' {
  import type { ChaincodeInterface } from 'fabric-shim';

  const ChaincodeFromContract: new (
    contracts: unknown[],
    serializers: object,
    metadata: object,
    title: string,
    version: string,
  ) => ChaincodeInterface;
  export default ChaincodeFromContract;
}
