/** Which consortium a command or a test means. */
import { configure, readConsortiumFile, type Choice, type ConsortiumConfig } from './config/consortium.ts';
import { consortiumFile, DataFolder } from './config/paths.ts';
import { findPreparation } from './compose/preparation.ts';
import { NetworkFailure } from './failure.ts';
import { exists } from './files.ts';
import { readState } from './state.ts';

/** A consortium and its data; profile and base port of one that exists need not be repeated. */
export async function chosenNetwork(
  options: Choice,
): Promise<{ readonly config: ConsortiumConfig; readonly data: DataFolder }> {
  const file = readConsortiumFile(consortiumFile);
  const data = new DataFolder(options.name ?? file.name);
  const state = await readState(data);
  const config = configure(file, {
    name: options.name,
    profile: options.profile ?? state?.profile,
    basePort: options.basePort ?? state?.basePort,
  });
  return { config, data };
}

/**
 * A consortium that was started before.
 *
 * @throws NetworkFailure when there is none of this name
 */
export async function existingNetwork(
  options: Choice,
): Promise<{ readonly config: ConsortiumConfig; readonly data: DataFolder }> {
  const chosen = await chosenNetwork(options);
  const { config, data } = chosen;
  if ((await exists(data.state)) || (await findPreparation(data)) !== undefined) return chosen;
  const defaultName = readConsortiumFile(consortiumFile).name;
  const start = config.name === defaultName ? 'npm start' : `npm start -- --name ${config.name}`;
  throw new NetworkFailure(`there is no consortium "${config.name}" yet`, `${start} makes it`);
}
