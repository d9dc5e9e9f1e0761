/** The plain asset-transfer contract, as Fabric's samples have it: what everything else is compared with. */
import fabricContractApi, { Context, Contract } from 'fabric-contract-api';
import { pairCollection } from './collection.ts';

/** CommonJS exports that Node's import does not see by name. */
const { Info, Returns, Transaction } = fabricContractApi;

@Info({ title: 'assets', description: 'Baseline of the benchmark' })
export class Assets extends Contract {
  constructor() {
    super('assets');
  }

  @Transaction()
  async create(
    context: Context,
    id: string,
    color: string,
    size: number,
    owner: string,
    appraisedValue: number,
  ): Promise<void> {
    if ((await context.stub.getState(id)).length > 0) throw new Error(`the asset ${id} exists`);
    await context.stub.putState(id, Buffer.from(JSON.stringify({ id, color, size, owner, appraisedValue })));
  }

  /** The same shape on private data: the asset travels in the transient map. */
  @Transaction()
  async createPrivate(context: Context, id: string): Promise<void> {
    const asset = context.stub.getTransient().get('asset');
    if (asset === undefined) throw new Error('no asset');
    if ((await context.stub.getPrivateData(pairCollection, id)).length > 0) throw new Error(`the asset ${id} exists`);
    await context.stub.putPrivateData(pairCollection, id, asset);
  }

  @Transaction(false)
  @Returns('string')
  async read(context: Context, id: string): Promise<string> {
    const asset = await context.stub.getState(id);
    if (asset.length === 0) throw new Error(`there is no asset ${id}`);
    return Buffer.from(asset).toString('utf8');
  }
}
