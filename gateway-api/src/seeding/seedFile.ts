/** The seed: the first facts of a development consortium, as `network/seed.yaml` has them. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { LicenceKind, PremisesKind, StaffRole } from '@chain-of-care/chaincode/model';

export interface SeedPremises {
  readonly gln: string;
  readonly name: string;
  readonly kind: PremisesKind;
  readonly latitude: number;
  readonly longitude: number;
  readonly country: string;
  readonly licences?: readonly LicenceKind[];
}

export interface SeedStaff {
  /** `sub` of the person's tokens. */
  readonly name: string;
  readonly role: StaffRole;
  readonly department?: string;
  readonly gln?: string;
  /** A professional licence as well. */
  readonly licensed?: boolean;
}

export interface SeedPatient {
  readonly account: { readonly subject: string };
  readonly [member: string]: unknown;
}

export interface SeedMember {
  /** Departments or roles that get a key to which content is sealed. */
  readonly groups?: readonly string[];
  readonly premises?: readonly SeedPremises[];
  readonly staff?: readonly SeedStaff[];
  readonly patients?: readonly SeedPatient[];
  /** Requests to be posted by a user once licences are there, such as products. */
  readonly posts?: readonly { readonly user: string; readonly path: string; readonly body: unknown }[];
}

export interface Seed {
  readonly licences: { readonly validFrom: string; readonly validUntil: string };
  /** By MSP id. */
  readonly members: Readonly<Record<string, SeedMember>>;
}

/** The name under which each member's first administrator logs in. */
export const firstAdministrator = 'admin';

export async function readSeed(file: string): Promise<Seed> {
  return parse(await readFile(file, 'utf8')) as Seed;
}

/** Names of everybody of a member who logs in. */
export function usersOf({ staff = [], patients = [] }: SeedMember): readonly string[] {
  return [firstAdministrator, ...staff.map(({ name }) => name), ...patients.map(({ account }) => account.subject)];
}
