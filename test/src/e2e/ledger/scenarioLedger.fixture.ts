/** What a scenario needs of a ledger: the in-memory one of unit tests and the real network offer it alike. */
import type { Outcome } from '@chain-of-care/chaincode/model';
import {
  identityOf,
  Scenario,
  type CommandOptions,
  type Identity,
} from '../../../../chaincode/src/ledger/scenario.fixture.ts';

export type { Identity } from '../../../../chaincode/src/ledger/scenario.fixture.ts';
export { applied } from '../../../../chaincode/src/ledger/scenario.fixture.ts';

export interface ScenarioOptions extends Pick<CommandOptions, 'handle' | 'key'> {
  /** Members whose peers endorse, the first of them answers queries; by default the submitter's own and the regulator. */
  readonly endorsers?: readonly string[];
}

export interface ScenarioLedger {
  /** Somebody new with a certificate of this member's CA; `admin`: an administrator of its MSP. */
  identity(mspId: string, unit?: 'client' | 'admin'): Promise<Identity>;
  /** Endorses one command and, when it wrote something, commits it. @throws when the transaction is not valid */
  submit(identity: Identity, type: string, body: object, options?: ScenarioOptions): Promise<Outcome>;
  /** @throws with the refusal's `code` */
  query(identity: Identity, type: string, body: object, options?: ScenarioOptions): Promise<unknown>;
}

export function memoryLedger(): ScenarioLedger {
  const scenario = new Scenario();
  const inMemory = ({ endorsers, ...rest }: ScenarioOptions = {}): CommandOptions =>
    endorsers?.[0] === undefined ? rest : { ...rest, endorser: endorsers[0] };
  return {
    identity: identityOf,
    submit: (identity, type, body, options) => scenario.submit(identity, type, body, inMemory(options)),
    query: (identity, type, body, options) => scenario.query(identity, type, body, inMemory(options)),
  };
}
