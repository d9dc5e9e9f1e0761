/** The baselines, on the ledger itself: the plain contract, the same on private data, and what a query of ours costs. */
import { deployAssets, LedgerClient } from '../assets/ledgerClient.ts';
import { hospital } from '../population.ts';
import type { Stage } from '../stage.ts';

/** Of the consortium's seed. */
const seededGtin = '00300692587415';

/** A lone caller's commit: what a lone access or grant is compared with. */
export async function benchCommitAlone(stage: Stage): Promise<void> {
  const ledger = await LedgerClient.of(stage.network.connectionProfile(hospital));
  try {
    await stage.load({ name: 'plainSubmitAlone', workers: 1, work: () => ledger.create() });
  } finally {
    ledger.close();
  }
}

/** The two figures that everything else is compared with, where {@link benchLedger} has not measured them. */
export async function benchBaseline(stage: Stage): Promise<void> {
  if (stage.figures.some(({ name }) => name === 'plainEvaluate')) return;
  await deployAssets(stage.network);
  const ledger = await LedgerClient.of(stage.network.connectionProfile(hospital));
  const { clients } = stage.options;
  try {
    const asset = await ledger.create();
    await stage.load({ name: 'plainSubmit', workers: clients, work: () => ledger.create() });
    await stage.load({ name: 'plainEvaluate', workers: Math.min(clients, 32), work: () => ledger.read(asset) });
  } finally {
    ledger.close();
  }
}

export async function benchLedger(stage: Stage): Promise<void> {
  await deployAssets(stage.network);
  const ledger = await LedgerClient.of(stage.network.connectionProfile(hospital));
  const { clients } = stage.options;
  try {
    let asset = await ledger.create();
    await stage.load({
      name: 'plainSubmit',
      workers: clients,
      work: async () => {
        asset = await ledger.create();
      },
    });
    await stage.load({ name: 'privateSubmit', workers: clients, work: () => ledger.createPrivate() });
    const workers = Math.min(clients, 32);
    await stage.load({ name: 'plainEvaluate', workers, work: () => ledger.read(asset) });
    await stage.load({ name: 'plainEvaluateNativeSigner', workers, work: () => ledger.readNative(asset) });
    await stage.load({ name: 'ownEvaluate', workers, work: () => ledger.findProduct(seededGtin) });
  } finally {
    ledger.close();
  }
}
