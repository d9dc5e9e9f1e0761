/** Premises of each trade in every state of licence, and goods at them that are ready for each act. */
import { randomInt, randomUUID } from 'node:crypto';
import { gs1CheckDigit, type LicenceKind } from '@chain-of-care/chaincode/model';
import type { World } from '../world.fixture.ts';
import type { Json, RestSession } from '../../../system/rest.ts';
import { licenceStates, type LicenceState, type TradingRole } from './supplyCells.fixture.ts';

/** `other`: a colleague whose goods are foreign to the rest. */
export const standings = [...licenceStates, 'other'] as const;
export type Standing = (typeof standings)[number];

export interface Trader {
  readonly session: RestSession;
  readonly gln: string;
  readonly licenceId: string;
}

interface Trade {
  readonly mspId: string;
  readonly licence: LicenceKind;
  readonly premises: string;
}

export const trades: Readonly<Record<Exclude<TradingRole, 'inspector'>, Trade>> = {
  manufacturer: { mspId: 'PharmaMSP', licence: 'manufacturer', premises: 'plant' },
  cmo: { mspId: 'PharmaMSP', licence: 'cmo', premises: 'plant' },
  distributor: { mspId: 'PharmaMSP', licence: 'distributor', premises: 'warehouse' },
  repackager: { mspId: 'PharmaMSP', licence: 'repackager', premises: 'warehouse' },
  pharmacist: { mspId: 'HospitalMSP', licence: 'pharmacy', premises: 'pharmacy' },
};

const period = { validFrom: '2025-01-01T00:00:00Z', validUntil: '2035-01-01T00:00:00Z' };
const past = { validFrom: '2020-01-01T00:00:00Z', validUntil: '2021-01-01T00:00:00Z' };

export function randomKey(digits: number): string {
  const body = `0426${Array.from({ length: digits - 5 }, () => randomInt(10)).join('')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

/** A GLN whose last digit is its check digit. */
function randomGln(): string {
  const body = `426${Array.from({ length: 9 }, () => randomInt(10)).join('')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

export class Traders {
  readonly #world: World;
  readonly #traders = new Map<string, Trader>();

  constructor(world: World) {
    this.#world = world;
  }

  of(role: keyof typeof trades, standing: Standing): Trader {
    return this.#traders.get(`${role} ${standing}`)!;
  }

  /** Everybody licensed, so that goods can be brought to them. */
  async establish(): Promise<void> {
    const roles = Object.keys(trades) as (keyof typeof trades)[];
    const everybody = roles.flatMap((role) => standings.map((standing) => ({ role, standing })));
    await Promise.all(
      everybody.map(async ({ role, standing }) =>
        this.#traders.set(`${role} ${standing}`, await this.#trader(trades[role], role)),
      ),
    );
  }

  /** Suspends or lets expire the licences of those who are to have none that holds. */
  async degrade(): Promise<void> {
    const inspector = await this.#world.people.as('RegulatorMSP', 'inspector');
    await Promise.all(
      [...this.#traders].map(async ([name, { gln, licenceId }]) => {
        const [role, standing] = name.split(' ') as [keyof typeof trades, Standing];
        if (standing === 'suspended') await inspector.create(`/v1/licences/${licenceId}/suspension`);
        if (standing !== 'expired') return;
        await inspector.create('/v1/licences', { kind: trades[role].licence, gln, ...past });
        await inspector.create(`/v1/licences/${licenceId}/revocation`);
      }),
    );
  }

  async #trader({ mspId, licence, premises }: Trade, role: string): Promise<Trader> {
    const { people } = this.#world;
    const [admin, inspector] = [await people.as(mspId, 'admin'), await people.as('RegulatorMSP', 'inspector')];
    const gln = randomGln();
    const subject = `${role}-${randomUUID().slice(0, 8)}`;
    const place = { name: 'Site', kind: premises, latitude: 51, longitude: 7, country: 'DE' };
    await admin.create('/v1/premises', { gln, ...place });
    await admin.create('/v1/staff', { role, gln, subject });
    const { licenceId } = await inspector.create<{ licenceId: string }>('/v1/licences', {
      kind: licence,
      gln,
      ...period,
    });
    return { session: await people.as(mspId, subject), gln, licenceId };
  }
}

/** Records a list of events and demands that all are applied. */
export async function record(session: RestSession, commands: readonly Json[]): Promise<readonly Json[]> {
  if (commands.length === 0) return [];
  const { results } = await session.create<{ results: readonly Json[] }>('/v1/supply-events', { commands });
  const refused = results.find(({ status }) => status === 'refused');
  if (refused !== undefined) throw new Error(`preparation refused: ${JSON.stringify(refused)}`);
  return results;
}

export const isLicenceState = (standing: Standing): standing is LicenceState => standing !== 'other';
