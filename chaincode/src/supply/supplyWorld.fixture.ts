/** A consortium with licensed premises and their people, for tests of the supply chain. */
import { randomUUID } from 'node:crypto';
import { applied, identityOf, Scenario, type CommandOptions, type Identity } from '../ledger/scenario.fixture.ts';
import { gs1CheckDigit, type LicenceKind, type Outcome, type StaffRole } from '../model/index.ts';

export interface Person {
  readonly identity: Identity;
  readonly staffId: string;
  readonly role: StaffRole;
  readonly gln: string;
}

export const gtin = '00300021200107';
export const lot = 'LOT-1';

let glns = 0;
const nextGln = (): string => {
  glns += 1;
  const body = `950600${String(glns).padStart(6, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
};

/** An SSCC by number. */
export const ssccOf = (number: number): string => {
  const body = `0950600${String(number).padStart(10, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
};

/** Serials S00000 …, ascending. */
export const serialsOf = (count: number, prefix = 'S', from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(from + index).padStart(6, '0')}`);

export class SupplyWorld {
  readonly scenario = new Scenario();
  readonly #administrators = new Map<string, Identity>();
  inspector!: Person;

  static async open(): Promise<SupplyWorld> {
    const world = new SupplyWorld();
    for (const mspId of ['RegulatorMSP', 'PharmaMSP', 'DistributorMSP', 'HospitalMSP', 'Hospital2MSP']) {
      const administrator = await identityOf(mspId);
      world.#administrators.set(mspId, administrator);
      const staff = { staffId: randomUUID(), deviceKey: administrator.deviceKey, role: 'administrator' };
      applied(await world.scenario.submit(await identityOf(mspId, 'admin'), 'registry.registerStaff', staff));
    }
    world.inspector = await world.person('RegulatorMSP', 'inspector');
    return world;
  }

  /** A person at premises of their own (or given ones); licensed when a kind is told. */
  async person(mspId: string, role: StaffRole, licence?: LicenceKind, at?: string): Promise<Person> {
    const administrator = this.#administrators.get(mspId)!;
    const gln = at ?? nextGln();
    if (at === undefined) {
      const place = { name: 'Site', kind: 'warehouse', latitudeE6: 48_000_000, longitudeE6: 16_000_000, country: 'AT' };
      applied(await this.scenario.submit(administrator, 'registry.registerPremises', { gln, ...place }));
    }
    if (licence !== undefined) await this.grant(gln, licence);
    const identity = await identityOf(mspId);
    const staffId = randomUUID();
    const staff = { staffId, deviceKey: identity.deviceKey, role, gln };
    applied(await this.scenario.submit(administrator, 'registry.registerStaff', staff));
    return { identity, staffId, role, gln };
  }

  /** A device at somebody's premises that acts in a role by its own key. */
  async device({ identity: { mspId }, gln }: Person, deviceKey: string, role: StaffRole): Promise<void> {
    const staff = { staffId: randomUUID(), deviceKey, role, gln };
    applied(await this.scenario.submit(this.#administrators.get(mspId)!, 'registry.registerStaff', staff));
  }

  async grant(gln: string, kind: LicenceKind): Promise<string> {
    const licenceId = randomUUID();
    const period = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2030-01-01T00:00:00Z' };
    applied(
      await this.scenario.submit(this.inspector.identity, 'registry.grantLicence', { licenceId, kind, gln, ...period }),
    );
    return licenceId;
  }

  /** Submits a command of the contract; its event time is the transaction's unless the body says otherwise. */
  async act(person: Person, verb: string, body: object, options: CommandOptions = {}): Promise<Outcome> {
    const eventTime = new Date(this.scenario.now).toISOString();
    const timeless = ['registerProduct', 'registerLot', 'openCommissioningJob'].includes(verb);
    const outcome = await this.scenario.submit(
      person.identity,
      `supply.${verb}`,
      { ...(timeless ? {} : { eventTime }), ...body },
      options,
    );
    this.scenario.now += 60_000;
    return outcome;
  }

  /** Ships goods from one to the other, who receives all of them. */
  async move(from: Person, to: Person, what: object): Promise<void> {
    const shipmentId = randomUUID();
    applied(await this.act(from, 'ship', { shipmentId, recipient: to.gln, ...what }));
    applied(await this.act(to, 'receive', { shipmentId, ...what }));
  }

  query<Answer>(person: Person, verb: string, body: object): Promise<Answer> {
    return this.scenario.query(person.identity, `supply.${verb}`, body) as Promise<Answer>;
  }

  async product(maker: Person, declaredQuantity = 100_000): Promise<void> {
    const facts = { name: 'Amoxicillin', dosageForm: 'capsule', strength: '500 mg', packContent: 20, markets: ['AT'] };
    applied(await this.act(maker, 'registerProduct', { gtin, ndc: '0002-1200-10', ...facts }));
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    applied(await this.act(maker, 'registerLot', { gtin, lot, declaredQuantity, ...dates }));
  }
}
