/** What a start has reached, kept so that the next one goes on from there. */
import type { DataFolder } from './config/paths.ts';
import { NetworkFailure } from './failure.ts';
import { readIfThere, writeWhole } from './files.ts';

export interface ChaincodeState {
  readonly sequence: number;
  readonly digest: string;
}

export interface NetworkState {
  readonly version: 1;
  readonly name: string;
  readonly profile: string;
  readonly basePort: number;
  readonly fabric: string;
  /** Orderers and peers are in the channel. */
  readonly joined?: boolean;
  /** The definition committed on the channel. */
  readonly chaincode?: ChaincodeState;
  /** Gateways belong to what runs. */
  readonly gateways?: boolean;
  /** The first facts and users are written. */
  readonly seeded?: boolean;
}

export async function readState(data: DataFolder): Promise<NetworkState | undefined> {
  const text = await readIfThere(data.state);
  return text === undefined ? undefined : (JSON.parse(text) as NetworkState);
}

/** Changes some of what is remembered. */
export async function remember(data: DataFolder, change: Partial<NetworkState>): Promise<void> {
  const state = await readState(data);
  if (state !== undefined) await writeState(data, { ...state, ...change });
}

export async function writeState(data: DataFolder, state: NetworkState): Promise<void> {
  await writeWhole(data.state, `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * @throws NetworkFailure when the data of this name belong to another profile or base port, whose certificates and
 *   channel they carry
 */
export function demandSame(
  state: NetworkState,
  wanted: { readonly name: string; readonly profile: string; readonly basePort: number },
): void {
  if (state.profile === wanted.profile && state.basePort === wanted.basePort) return;
  throw new NetworkFailure(
    `"${state.name}" was made with profile ${state.profile} and base port ${state.basePort}`,
    'start it with these, give another --name, or run npm run reset',
  );
}
