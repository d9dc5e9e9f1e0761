/** Makes Fabric contracts of contract definitions, with refusals that keep their HTTP status on the way to the client. */
import fabricContractApi, { Contract, Context } from 'fabric-contract-api';
import { executeQuery, executeSubmit, type ContractDefinition, type Environment } from './ledger/index.ts';
import { ShimStub } from './ledger/shimStub.ts';
import { Refusal, type ContractName } from './model/index.ts';

/** CommonJS exports that Node's import does not see by name. */
const { Info, Returns, Transaction } = fabricContractApi;

/** The refusal that ended a transaction, by its stub: fabric-contract-api passes on only a message, always as 500. */
export const refusals = new WeakMap<object, Refusal>();

/**
 * A contract class of two functions without arguments: `submit` and `query`. Requests come in the transient map, answers
 * leave sealed (base64), so a block shows neither.
 */
export function contractClass(
  name: ContractName,
  title: string,
  definition: ContractDefinition,
  environment: Environment,
): new () => Contract {
  @Info({ title, description: title })
  class DefinedContract extends Contract {
    constructor() {
      super(name);
    }

    @Transaction()
    @Returns('string')
    async submit(context: Context): Promise<string> {
      return run(context, executeSubmit);
    }

    @Transaction(false)
    @Returns('string')
    async query(context: Context): Promise<string> {
      return run(context, executeQuery);
    }
  }

  async function run(context: Context, execute: typeof executeSubmit): Promise<string> {
    try {
      const answer = await execute(new ShimStub(context.stub), definition, environment);
      return Buffer.from(answer).toString('base64');
    } catch (error) {
      if (error instanceof Refusal) refusals.set(context.stub, error);
      throw error;
    }
  }

  return DefinedContract;
}
