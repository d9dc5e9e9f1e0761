/** What `compose:prepare` has made, for the steps that run in containers. */
import { chaincodePackage, type ChaincodePackage } from '../chaincode/package.ts';
import { hostOf, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { readIfThere, writeWhole } from '../files.ts';

export interface Preparation {
  readonly profile: string;
  readonly basePort: number;
  /** Of the chaincode in the image, which every package carries. */
  readonly digest: string;
  readonly gateways: boolean;
}

const preparationFile = (data: DataFolder): string => data.at('compose.json');

export async function findPreparation(data: DataFolder): Promise<Preparation | undefined> {
  const text = await readIfThere(preparationFile(data));
  return text === undefined ? undefined : (JSON.parse(text) as Preparation);
}

/** @throws NetworkFailure when nothing was prepared */
export async function readPreparation(data: DataFolder): Promise<Preparation> {
  const found = await findPreparation(data);
  if (found === undefined) throw new NetworkFailure(`${data.root} was not prepared`, 'run npm run compose:prepare');
  return found;
}

export async function writePreparation(data: DataFolder, preparation: Preparation): Promise<void> {
  await writeWhole(preparationFile(data), `${JSON.stringify(preparation, null, 2)}\n`);
}

/** The one server that a member's container runs is replaced by an upgrade, so that its label names no sequence. */
export function containerPackage(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  digest: string,
): Promise<ChaincodePackage> {
  const address = `${hostOf(config, member, 'chaincode')}:${member.ports.chaincodeOdd}`;
  return chaincodePackage(`${config.chaincode}_${digest}`, address);
}
