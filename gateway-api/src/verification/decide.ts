/** Decides a verification on the read model or the peer. */
import { nmvsCodeOf, verify, type Verification } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import type { Asked } from './asked.ts';
import { audienceOf } from './audience.ts';
import { containerVerdicts, lotVerdicts } from './classes.ts';
import type { AskedOf, Decided, Proof } from './decided.ts';
import { factsTogether, knownPack, type FactsReader } from './facts.ts';
import type { KnownPack } from './knownPack.ts';
import { earlierScans } from './scans.ts';

export async function decide(
  services: Services,
  asked: Asked,
  caller: Caller | undefined,
  { proof, facts }: { readonly proof?: Proof | undefined; readonly facts?: FactsReader } = {},
): Promise<Decided> {
  if (asked.scope === 'container') return decided(services, asked, caller, await containerVerdicts(services, asked));
  if (asked.scope === 'lot') return decided(services, asked, caller, await lotVerdicts(services, asked));
  const { db } = services.readModel;
  const { gtin, serial, request } = asked;
  const known = await knownPack(facts ?? factsTogether(db), { gtin, serial, lot: request.lot }, request.timeMs);
  const scans = await earlierScans(db, asked);
  return decidePack(services, asked, caller, { ...known, facts: { ...known.facts, ...scans } }, proof);
}

/** @param known of the same pack */
export async function decidePack(
  services: Services,
  asked: AskedOf<'pack'>,
  caller: Caller | undefined,
  known: KnownPack,
  proof: Proof = 'read-model',
): Promise<Decided> {
  const verdicts =
    proof === 'ledger' ? await askLedger(services, caller, asked, known) : verify(known.facts, asked.request);
  const nmvsCode = nmvsCodeOf(known.facts, asked.request, verdicts);
  return {
    ...decided(services, asked, caller, { verdicts, known }),
    proof,
    ...(nmvsCode === undefined ? {} : { nmvsCode }),
  };
}

function decided(
  { consortium, readModel }: Services,
  asked: Asked,
  caller: Caller | undefined,
  { verdicts, known }: Pick<Decided, 'verdicts' | 'known'>,
): Decided {
  const { height } = readModel;
  return {
    asked,
    audience: audienceOf(consortium, caller, known),
    verdicts,
    known,
    proof: 'read-model',
    ...(height === undefined ? {} : { blockHeight: height }),
  };
}

/** Evaluated on the organisation's own peer; history, other lots and alerts are the read model's only. */
async function askLedger(
  { ledger, serviceIdentity }: Services,
  caller: Caller | undefined,
  { gtin, serial, request }: AskedOf<'pack'>,
  { commissioned }: KnownPack,
): Promise<Verification> {
  const { context, lot, expiry } = request;
  return ledger.query<Verification>(caller?.identity ?? serviceIdentity, {
    type: 'supply.verify',
    body: {
      gtin,
      serial,
      context,
      ...(lot === undefined ? {} : { lot }),
      ...(expiry === undefined ? {} : { expiry }),
      ...(commissioned === undefined ? {} : { knownLot: commissioned.lot, segment: commissioned.segment }),
    },
  });
}
