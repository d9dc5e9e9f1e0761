/** Gateway to gateway: ciphertext for another hospital, only against an access that is VALID on the own peer. */
import { Readable } from 'node:stream';
import { formats } from '@chain-of-care/chaincode/model';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { parseRange } from '../http/range.ts';
import type { InternalExchange } from '../internal/server.ts';
import type { Reply } from '../http/route.ts';
import { accessById, recordVersions } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { storedCiphertext } from './ciphertext.ts';

interface Permitted {
  readonly permitted: readonly { readonly recordId: string; readonly version: number }[];
}

/** Adds `GET /v1/content/{cid}?access=&patient=&record=&version=` to the server between gateways. */
export function addContentRoute(services: Services): void {
  services.internalRoutes.add('get', '/v1/content/:cid', async (exchange) => serveCiphertext(services, exchange));
}

/** @throws Problem access_not_permitted for anything that the ledger does not show as permitted now */
async function serveCiphertext(services: Services, { params, query, peer, header }: InternalExchange): Promise<Reply> {
  const { access: accessId = '', patient: patientId = '', record: recordId = '' } = query;
  const version = Number(query['version']);
  const wellFormed = [accessId, patientId, recordId].every((id) => formats.uuid(id)) && Number.isSafeInteger(version);
  if (!wellFormed) throw new Problem('validation_failed');
  const [fact] = await recordVersions(services.readModel.db, [{ recordId, version }]);
  if (fact === undefined || fact.patientId !== patientId || fact.cid !== params['cid'])
    throw new Problem('content_not_found');
  const access = await accessById(services.readModel.db, accessId);
  const isOfPeer = access?.accessorOrg === peer.mspId && access.creator === access.deviceKey;
  if (!isOfPeer) throw new Problem('access_not_permitted');
  const { home, handle } = await patientOf(services, patientId);
  const { permitted } = await services.ledger.query<Permitted>(services.serviceIdentity, {
    type: 'care.checkAccess',
    handle,
    body: { patientId, home, accessId, accessorOrg: peer.mspId, records: [{ recordId, version }] },
  });
  if (permitted.length === 0) throw new Problem('access_not_permitted');
  const range = parseRange(header('range'), fact.size);
  const stored = storedCiphertext(services, fact);
  await stored.verify();
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
