/** The chaincode that a peer calls: Fabric's own routing of contracts, with the status of a refusal put back. */
import { JSONSerializer } from 'fabric-contract-api';
import type { ChaincodeInterface, ChaincodeResponse, ChaincodeStub } from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract.js';
import { contractClass, refusals } from './contract.ts';
import { contractDefinitions } from './contracts.ts';
import type { Environment } from './ledger/index.ts';
import { chaincodeName, contracts } from './model/index.ts';

/**
 * fabric-contract-api answers every error with status 500 and its message. Here a refusal keeps its 4xx status and its
 * code; an error that is none of ours says nothing about the state it met.
 */
export class ChainOfCare implements ChaincodeInterface {
  readonly #routed: ChaincodeInterface;

  constructor(environment: Environment) {
    const classes = contracts.map((name) =>
      contractClass(name, `Chain of Care: ${name}`, contractDefinitions[name], environment),
    );
    const serializers = { transaction: 'json', serializers: { json: JSONSerializer } };
    this.#routed = new ChaincodeFromContract(classes, serializers, {}, chaincodeName, '1');
  }

  Init(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    return this.Invoke(stub);
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const response = await this.#routed.Invoke(stub);
    if (response.status < 400) return response;
    const refusal = refusals.get(stub);
    if (refusal === undefined) return { status: 500, message: 'the chaincode failed; its log has the transaction id' };
    return { status: refusal.status, message: JSON.stringify(refusal) };
  }
}
