/** The shapes that routes of a resource have in common: reading one, listing them, answering what was just written. */
import type { Described } from '@chain-of-care/chaincode/model';
import type { Act } from '../fabric/act.ts';
import type { Services } from '../services.ts';
import { page } from './page.ts';
import { route, type Exchange, type Reply, type Route } from './route.ts';
import { transactionMembers } from './transaction.ts';

interface Listed {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

type Reading<Params, Query> = Omit<Route<Params, Query>, 'method' | 'body' | 'responses' | 'handler'>;

/** GET of one thing. */
export function getRoute<Params, Query>(
  reading: Reading<Params, Query> & {
    /** Class of the answer, and what the answer is. */
    readonly of: readonly [view: Described, is: string];
    readonly find: (exchange: Exchange<Params, Query>) => Promise<object>;
  },
): Route {
  const { of, find, ...rest } = reading;
  const [body, description] = of;
  return route<Params, Query, unknown>({
    ...rest,
    method: 'get',
    responses: { 200: { description, body } },
    handler: async (exchange) => ({ status: 200, body: await find(exchange) }),
  });
}

/** GET of a list, a page at a time. */
export function listRoute<Params, Query>(
  reading: Reading<Params, Query> & {
    /** Class of the items, and what the answer is when it is more than a page. */
    readonly of: readonly [view: Described, is?: string];
    readonly list: (exchange: Exchange<Params, Query>) => Promise<Listed>;
  },
): Route {
  const { of, list, ...rest } = reading;
  const [view, description = 'a page'] = of;
  return route<Params, Query, unknown>({
    ...rest,
    method: 'get',
    responses: { 200: { description, list: view } },
    async handler(exchange) {
      const { items, nextCursor } = await list(exchange);
      return page(exchange, items, nextCursor);
    },
  });
}

/**
 * Submits as the caller, and answers what the read model shows of it then, with the transaction.
 *
 * @param location of what is made: 201; 200 for what was changed
 */
export async function written(
  { ledger, readModel }: Pick<Services, 'ledger' | 'readModel'>,
  { caller, idempotency }: Pick<Exchange, 'caller' | 'idempotency'>,
  { part, ...act }: Omit<Act, 'key' | 'fingerprint'> & { readonly part: string },
  find: () => Promise<object>,
  location?: string,
): Promise<Reply> {
  const { transaction } = await ledger.submit(caller.identity, { ...act, ...idempotency.command(part) });
  await readModel.waitForAcknowledged();
  const body = { ...(await find()), ...transactionMembers(transaction) };
  return location === undefined ? { status: 200, body } : { status: 201, headers: { location }, body };
}
