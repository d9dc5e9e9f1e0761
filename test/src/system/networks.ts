/** The networks of a test run. Their names come from the run, so that a run disturbs nobody's network but its own. */
import { TestNetwork } from './network.ts';

const runName = process.env['TEST_NETWORK'] ?? 'e2e';
const basePort = Number(process.env['TEST_BASE_PORT'] ?? 31_000);

/** The consortium as `npm start` makes it: hospital, pharma, regulator, operator. */
export const network = new TestNetwork({ name: runName, basePort });

/** With a second hospital and a distributor: what crosses organisations is tested here. */
export const largeNetwork = new TestNetwork({
  name: `${runName}-two-hospitals`,
  basePort: basePort + 400,
  profile: 'two-hospitals',
});
