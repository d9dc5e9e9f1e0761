/** Gateway to gateway: ciphertext for another hospital, only against an access that is VALID on the own peer. */
import { Readable } from 'node:stream';
import { formats, type RecordFact } from '@chain-of-care/chaincode/model';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { parseRange } from '../http/range.ts';
import type { InternalExchange } from '../internal/server.ts';
import type { Reply } from '../http/route.ts';
import { WaitTimeout } from '../readmodel/index.ts';
import { accessById, recordVersions, type AccessFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { whilePermitted, type Flowing } from './whilePermitted.ts';
import { storedCiphertext } from './ciphertext.ts';
import { keepReceipt } from './receipts.ts';

interface Permitted {
  readonly permitted: readonly { readonly recordId: string; readonly version: number }[];
}

/** How long a committed access may take to be seen here too. */
const accessTimeoutMs = 5000;

/** Adds `GET /v1/content/{cid}?access=&patient=&record=&version=&transaction=` to the server between gateways. */
export function addContentRoute(services: Services): void {
  services.internalRoutes.add('get', '/v1/content/:cid', async (exchange) => serveCiphertext(services, exchange));
}

/**
 * The other gateway has seen the access committed on its own peer; this one may be a block behind, and waits for it.
 *
 * @throws Problem access_not_permitted for anything that the ledger does not show as permitted now; unavailable when the
 *   access's transaction does not arrive here in time
 */
async function serveCiphertext(services: Services, { params, query, peer, header }: InternalExchange): Promise<Reply> {
  const { access: accessId = '', patient: patientId = '', record: recordId = '', transaction = '' } = query;
  const version = Number(query['version']);
  const wellFormed =
    [accessId, patientId, recordId].every((id) => formats.uuid(id)) &&
    Number.isSafeInteger(version) &&
    formats['hex-256'](transaction);
  if (!wellFormed) throw new Problem('validation_failed');
  await services.readModel.waitForTransaction(transaction, { timeoutMs: accessTimeoutMs }).catch(notYet);
  const [fact] = await recordVersions(services.readModel.db, [{ recordId, version }]);
  if (fact === undefined || fact.patientId !== patientId || fact.cid !== params['cid'])
    throw new Problem('content_not_found');
  const access = await accessById(services.readModel.db, accessId);
  const isOfPeer = access?.accessorOrg === peer.mspId && access.creator === access.deviceKey;
  if (!isOfPeer) throw new Problem('access_not_permitted');
  const { home, handle } = await patientOf(services, patientId);
  const decide = async (): Promise<void> => {
    const { permitted } = await services.ledger.query<Permitted>(services.serviceIdentity, {
      type: 'care.checkAccess',
      handle,
      body: { patientId, home, accessId, accessorOrg: peer.mspId, records: [{ recordId, version }] },
    });
    if (permitted.length === 0) throw new Problem('access_not_permitted');
  };
  return whilePermitted(services, access, async () => {
    await decide();
    return { reply: await ciphertextReply(services, access, fact, header('range')), decide };
  });
}

async function ciphertextReply(
  services: Services,
  access: AccessFact,
  fact: RecordFact,
  rangeHeader: string | undefined,
): Promise<Flowing['reply']> {
  const range = parseRange(rangeHeader, fact.size);
  const stored = storedCiphertext(services, fact);
  await stored.verify();
  await keepReceipt(services, access, fact);
  const ciphertext = await stored.fetch(range);
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      'content-type': 'application/octet-stream',
      ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${fact.size}` }),
    },
    stream: Readable.from(ciphertext),
  };
}

function notYet(error: unknown): never {
  if (!(error instanceof WaitTimeout)) throw error;
  throw new Problem('unavailable', { headers: { 'retry-after': '2' }, cause: error });
}
