/** The IPFS node Kubo, for tests of the store on it: from this user's cache, else built from its Go module. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheHome, projectRoot } from '../config/paths.ts';
import { exists } from '../files.ts';
import { withLock } from '../processes/lock.ts';
import { demandSpace } from '../space.ts';
import { build, type GoModule } from './build.ts';

export const kuboVersion = '0.40.1';

const kubo: GoModule = {
  path: 'github.com/ipfs/kubo',
  folder: join(projectRoot, 'network/kubo'),
  isPureGo: true,
};
const megabytes = 150;

/**
 * @param progress told what is being done
 * @returns path of the program `ipfs`
 * @throws NetworkFailure when it cannot be built
 */
export async function obtainKubo(progress: (what: string) => void): Promise<string> {
  const cache = cacheHome();
  const target = join(cache, `kubo-${kuboVersion}`);
  const program = join(target, 'ipfs');
  if (await exists(program)) return program;
  return withLock(
    `${target}.lock`,
    (pid) => progress(`another build (pid ${pid}) makes it`),
    async () => {
      if (await exists(program)) return program;
      await demandSpace(cache, megabytes, 'free some, or set CHAIN_OF_CARE_CACHE to a folder elsewhere');
      const unfinished = `${target}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { recursive: true });
      await build(kubo, unfinished, progress);
      await rename(unfinished, target);
      return program;
    },
  );
}
