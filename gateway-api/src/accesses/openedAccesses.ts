/**
 * Accesses under which somebody reads now: the committed fact, which never changes, and the keys opened for it, so that not
 * each record costs openings of seals again. Whether a record may leave is asked of the peer each time all the same.
 */
import { servesForMs } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { DataKeys } from '../custody/dataKeys.ts';
import { Problem } from '../http/problem.ts';
import { ExpiringMap } from '../memory/expiringMap.ts';
import { accessById, type AccessFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';

export interface AccessInUse {
  readonly access: AccessFact;
  readonly keys: DataKeys;
}

const capacity = 10_000;

export class OpenedAccesses {
  readonly services: Services;
  readonly #opened: ExpiringMap<AccessInUse>;

  constructor(services: Services) {
    this.services = services;
    this.#opened = new ExpiringMap(servesForMs, capacity, services.clock);
  }

  /** @throws Problem access_not_found (also for somebody else's), access_not_permitted */
  async of(caller: Caller, accessId: string): Promise<AccessInUse> {
    const isOwn = ({ accessorId, accessorOrg }: AccessFact): boolean =>
      accessorId === caller.id && accessorOrg === caller.identity.mspId;
    const opened = this.#opened.get(accessId);
    const access = opened?.access ?? (await accessById(this.services.readModel.db, accessId));
    if (access === undefined || !isOwn(access)) throw new Problem('access_not_found');
    if (opened !== undefined) return opened;
    const isForged = access.creator !== access.deviceKey;
    if (isForged || access.decision !== 'permit') throw new Problem('access_not_permitted');
    const fresh = { access, keys: new DataKeys(this.services, caller, access.basis) };
    this.#opened.set(accessId, fresh);
    return fresh;
  }
}
