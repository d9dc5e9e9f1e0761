/** The channel's first block, made once. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { exists, writeWhole } from '../files.ts';
import { run } from '../processes/run.ts';
import { channelProfile, configtx } from './configtx.ts';

/** @param binaries folder of the Fabric binaries */
export async function makeGenesisBlock(config: ConsortiumConfig, data: DataFolder, binaries: string): Promise<void> {
  if (await exists(data.genesisBlock)) return;
  await writeWhole(data.at('channel/configtx.yaml'), configtx(config, data));
  const unfinished = `${data.genesisBlock}.unfinished`;
  await run(
    join(binaries, 'configtxgen'),
    ['-profile', channelProfile, '-channelID', config.channel, '-outputBlock', unfinished],
    { environment: { FABRIC_CFG_PATH: data.at('channel') } },
  );
  await rename(unfinished, data.genesisBlock);
}
