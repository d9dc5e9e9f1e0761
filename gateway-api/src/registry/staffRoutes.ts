import { collectionName } from '@chain-of-care/chaincode/model';
import { offerGroupKey } from '../custody/groupKeys.ts';
import { Problem } from '../http/problem.ts';
import { getRoute, listRoute, written } from '../http/resourceRoutes.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Services } from '../services.ts';
import { NewGroupKey, NewStaff, StaffParams, StaffQuery, StaffView } from './dto.ts';
import { findStaff, listStaff } from './queries.ts';
import { collectionOfRole, registerStaff } from './staff.ts';

export function staffRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/staff',
      operationId: 'registerStaff',
      tag: 'actors',
      summary: 'Registers a member of staff of the own organisation',
      description:
        'The person gets a Fabric identity of the organisation and acts with it once logged in as `subject`.',
      audience: ['administrator'],
      body: NewStaff,
      responses: { 201: { description: 'registered', body: StaffView } },
      async handler({ body, caller, idempotency }) {
        if ((await services.people.find(services.config.issuer, body.subject)) !== undefined)
          await refuseOther(services, body.subject, idempotency.uuid('staff'));
        const { staffId, applied } = await registerStaff(services, caller.identity, body, idempotency);
        const { subject: _subject, ...facts } = body;
        return {
          status: 201,
          headers: { location: `/v1/staff/${staffId}` },
          body: {
            staffId,
            mspId: caller.identity.mspId,
            ...facts,
            status: 'active',
            canReceiveGrants: true,
            ...transactionMembers(applied.transaction),
          },
        };
      },
    }),
    listRoute({
      path: '/v1/staff',
      operationId: 'listStaff',
      tag: 'actors',
      summary: 'Members of staff that this organisation may see',
      audience: 'authenticated',
      query: StaffQuery,
      of: [StaffView],
      list: (exchange) => listStaff(services.readModel.db, exchange.query),
    }),
    getRoute({
      path: '/v1/staff/:staffId',
      operationId: 'getStaff',
      tag: 'actors',
      summary: 'A member of staff',
      audience: 'authenticated',
      params: StaffParams,
      of: [StaffView, 'the person'],
      find: ({ params }) => findStaff(services.readModel.db, params.staffId),
    }),
    statusRoute(services, 'suspension', 'registry.suspendStaff', 'Suspends'),
    statusRoute(services, 'reinstatement', 'registry.reinstateStaff', 'Reinstates'),
    route({
      method: 'post',
      path: '/v1/group-keys',
      operationId: 'publishGroupKey',
      tag: 'actors',
      summary: 'Publishes the key of a department or role of the own organisation',
      description: 'The pair is made in the key store of the organisation. The first epoch is 0.',
      audience: ['administrator'],
      body: NewGroupKey,
      responses: { 201: { description: 'published', body: NewGroupKey } },
      async handler({ body, caller, idempotency }) {
        const { group, epoch } = body;
        const publicKey = await offerGroupKey(services.keystore, group, epoch);
        await services.ledger.submit(caller.identity, {
          type: 'registry.publishGroupKey',
          body: { group, epoch, publicKey },
          ...idempotency.command('group-key'),
          touches: { writes: [collectionName.registry] },
          head: `group ${group}`,
        });
        return { status: 201, body: { group, epoch } };
      },
    }),
  ];
}

function statusRoute(services: Services, noun: string, type: string, verb: string): Route {
  return route({
    method: 'post',
    path: `/v1/staff/:staffId/${noun}`,
    operationId: `${verb.toLowerCase().replace(/s$/, '')}Staff`,
    tag: 'actors',
    summary: `${verb} a member of staff`,
    audience: ['administrator', 'inspector'],
    params: StaffParams,
    responses: { 200: { description: 'done', body: StaffView } },
    async handler(exchange: Exchange<StaffParams>) {
      const { staffId } = exchange.params;
      const find = () => findStaff(services.readModel.db, staffId);
      const { role } = await find();
      const act = {
        type,
        body: { staffId, role },
        part: noun,
        touches: { writes: [collectionOfRole(role)], reads: [collectionName.registry] },
        head: `staff ${staffId}`,
      };
      return written(services, exchange, act, find);
    },
  });
}

async function refuseOther(services: Services, subject: string, staffId: string): Promise<void> {
  const known = await services.people.find(services.config.issuer, subject);
  if (known === undefined || known.id === staffId) return;
  throw new Problem('already_exists', {
    detail: 'this subject is registered',
    errors: [{ pointer: '/subject', code: 'already_exists', detail: 'names a registered person' }],
  });
}
