/**
 * `npm run test:ipfs`: the store of content on two real IPFS nodes (Kubo), which are built once. It is no part of
 * `npm test`.
 */
import { kuboVersion, obtainKubo } from '@chain-of-care/network';
import { jest } from '../runner/run.ts';

try {
  process.stdout.write(`Kubo ${kuboVersion}\n`);
  const live = process.stdout.isTTY;
  const program = await obtainKubo((what) => {
    if (live) process.stdout.write(`\r\u001B[K  ${what}`);
  });
  if (live) process.stdout.write('\r\u001B[K');
  const { passed, failed } = await jest('ipfs', ['--runInBand', '--testTimeout', '120000'], { IPFS_PROGRAM: program });
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
