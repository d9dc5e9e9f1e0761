/** Where a containerised consortium's files lie: the same layout as on the host, under other roots. */
import { projectRoot, type DataFolder } from '../config/paths.ts';

/** The project inside every container that has one. */
export const insideRoot = '/app';
/** State of Fabric's nodes, a named volume each. */
export const fabricState = '/var/hyperledger/production';
/** State of a gateway, a named volume each. */
export const gatewayState = '/var/lib/chain-of-care';

/** The development issuer's users, which every gateway adds to: the one folder that all of them write. */
export const usersFolder = 'users';

/** Name of the consortium that the committed compose file describes. */
export const composeName = 'compose';

/** @returns the data folder of the consortium inside a container */
export const insideData = (name: string): string => `${insideRoot}/network/.data/${name}`;

/** What a node writes while it runs; everything else of its folder is only read. */
const stateFolders = [
  ['peer/ledger', `${fabricState}/ledger`],
  ['peer/snapshots', `${fabricState}/snapshots`],
  ['orderer/ledger', `${fabricState}/ledger`],
  ['orderer/wal', `${fabricState}/wal`],
  ['orderer/snapshots', `${fabricState}/snapshots`],
  ['gateway/data', gatewayState],
] as const;

/**
 * Configuration written for this host, with the paths that a container knows.
 *
 * @param text core.yaml, orderer.yaml, a connection profile or a value of the environment
 * @param data folder on this host that the text names
 * @param name of the consortium
 * @param members keys of the members
 */
export function seenInside(text: string, data: DataFolder, name: string, members: readonly string[]): string {
  const moved = members.flatMap((key) =>
    stateFolders.map(([folder, inside]): [string, string] => [data.member(key).at(folder), inside]),
  );
  return [...moved, [data.root, insideData(name)] as const, [projectRoot, insideRoot] as const].reduce(
    (seen, [outside, inside]) => seen.replaceAll(outside, inside),
    text,
  );
}
