/** Who trades in the made-up world: makers, distributors and pharmacies at real places, each licensed. */
import { randomUUID } from 'node:crypto';
import { gs1CheckDigit, type LicenceKind, type StaffRole } from '@chain-of-care/chaincode/model';
import type { Caller, LedgerIdentity } from '../../../gateway-api/src/auth/caller.ts';
import type { Act } from '../../../gateway-api/src/fabric/act.ts';
import type { MemoryGateway } from './memoryGateway.fixture.ts';

export interface Trader {
  readonly caller: Caller;
  readonly gln: string;
  readonly country: string;
  readonly place: { readonly latitude: number; readonly longitude: number };
  readonly licenceId: string;
}

type Site = readonly [city: string, latitude: number, longitude: number, country: string];

const plants: readonly Site[] = [['Leverkusen', 51.0459, 7.0192, 'DE']];
const warehouses: readonly Site[] = [
  ['Hamburg', 53.5511, 9.9937, 'DE'],
  ['Kassel', 51.3127, 9.4797, 'DE'],
  ['Nuremberg', 49.4521, 11.0767, 'DE'],
];
const pharmacies: readonly Site[] = [
  ['Cologne', 50.9375, 6.9603, 'DE'],
  ['Munich', 48.1351, 11.582, 'DE'],
  ['Berlin', 52.52, 13.405, 'DE'],
  ['Rostock', 54.0924, 12.0991, 'DE'],
  ['Stuttgart', 48.7758, 9.1829, 'DE'],
  ['Dresden', 51.0504, 13.7373, 'DE'],
  ['Freiburg', 47.999, 7.8421, 'DE'],
  ['Kiel', 54.3233, 10.1228, 'DE'],
];
/** Outside the markets that the products are for. */
const abroad: readonly Site[] = [
  ['Lisbon', 38.7223, -9.1393, 'PT'],
  ['Helsinki', 60.1699, 24.9384, 'FI'],
];

export class Trade {
  readonly gateway: MemoryGateway;
  makers: readonly Trader[] = [];
  distributors: readonly Trader[] = [];
  pharmacies: readonly Trader[] = [];
  foreignPharmacies: readonly Trader[] = [];
  /** A distributor whose licence the regulator suspends when the world begins. */
  suspended!: Trader;
  inspector!: Caller;
  readonly #administrators = new Map<string, LedgerIdentity>();
  #glns = 0;
  #keys = 0;

  constructor(gateway: MemoryGateway) {
    this.gateway = gateway;
  }

  establish(): Promise<void> {
    return this.gateway.together(() => this.#establish());
  }

  async #establish(): Promise<void> {
    for (const mspId of ['RegulatorMSP', 'PharmaMSP', 'DistributorMSP', 'HospitalMSP', 'Hospital2MSP'])
      await this.#administrator(mspId);
    this.inspector = await this.#staff('RegulatorMSP', 'inspector');
    this.makers = await this.#sites(plants, ['PharmaMSP'], 'manufacturer', 'manufacturer');
    this.distributors = await this.#sites(warehouses, ['DistributorMSP', 'PharmaMSP'], 'distributor', 'distributor');
    this.pharmacies = await this.#sites(pharmacies, ['HospitalMSP', 'Hospital2MSP'], 'pharmacist', 'pharmacy');
    this.foreignPharmacies = await this.#sites(abroad, ['Hospital2MSP'], 'pharmacist', 'pharmacy');
    const [suspended] = await this.#sites(warehouses.slice(0, 1), ['DistributorMSP'], 'distributor', 'distributor');
    this.suspended = suspended!;
  }

  async changeLicence({ licenceId, gln }: Trader, change: 'suspend' | 'reinstate'): Promise<void> {
    await this.#registry(this.inspector.identity, 'changeLicence', { licenceId, change, gln });
  }

  async #sites(
    sites: readonly Site[],
    organisations: readonly string[],
    role: StaffRole,
    licence: LicenceKind,
  ): Promise<readonly Trader[]> {
    const traders: Trader[] = [];
    for (const [index, [city, latitude, longitude, country]] of sites.entries()) {
      const mspId = organisations[index % organisations.length]!;
      const gln = this.#nextGln();
      const e6 = { latitudeE6: Math.round(latitude * 1e6), longitudeE6: Math.round(longitude * 1e6) };
      const kind = role === 'pharmacist' ? 'pharmacy' : 'warehouse';
      const administrator = this.#administrators.get(mspId)!;
      await this.#registry(administrator, 'registerPremises', { gln, name: city, kind, country, ...e6 });
      const licenceId = randomUUID();
      const period = { validFrom: '2025-01-01T00:00:00Z', validUntil: '2035-01-01T00:00:00Z' };
      await this.#registry(this.inspector.identity, 'grantLicence', { licenceId, kind: licence, gln, ...period });
      const caller = await this.#staff(mspId, role, gln);
      traders.push({ caller, gln, country, place: { latitude, longitude }, licenceId });
    }
    return traders;
  }

  async #administrator(mspId: string): Promise<void> {
    const root = await this.gateway.ledger.identity(mspId, 'admin');
    const administrator = await this.gateway.ledger.identity(mspId);
    this.#administrators.set(mspId, administrator);
    const { deviceKey } = administrator;
    await this.#registry(root, 'registerStaff', { staffId: randomUUID(), deviceKey, role: 'administrator' });
  }

  async #staff(mspId: string, role: StaffRole, gln?: string): Promise<Caller> {
    const identity = await this.gateway.ledger.identity(mspId);
    const staffId = randomUUID();
    const at = gln === undefined ? {} : { gln };
    const { deviceKey } = identity;
    await this.#registry(this.#administrators.get(mspId)!, 'registerStaff', { staffId, deviceKey, role, ...at });
    return { issuer: 'i', subject: staffId, kind: 'staff', id: staffId, role, identity, scopes: [], ...at };
  }

  async #registry(identity: LedgerIdentity, verb: string, body: object): Promise<void> {
    const act: Act = { type: `registry.${verb}`, body, key: this.#nextKey(), touches: { writes: [] } };
    await this.gateway.ledger.submit(identity, act);
  }

  #nextKey(): string {
    this.#keys += 1;
    return this.#keys.toString(16).padStart(64, '0');
  }

  #nextGln(): string {
    this.#glns += 1;
    const body = `950600${String(this.#glns).padStart(6, '0')}`;
    return `${body}${gs1CheckDigit(body)}`;
  }
}
