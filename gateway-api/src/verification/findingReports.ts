/**
 * Tells the ledger what a licensed scan found at work: a serial that does not exist, a wrong print, a stolen pack. The ledger
 * looks itself and opens each alert once. What was typed and not scanned may be mistyped; a product that nobody registered
 * is no sign of anything; goods may arrive before their shipment is recorded: none of these is told.
 */
import { createHash } from 'node:crypto';
import type { VerificationContext } from '@chain-of-care/chaincode/model';
import { acts, alertOfFinding } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import type { Decided } from './decided.ts';

type Needs = Pick<Services, 'ledger' | 'log'>;

const atWork: ReadonlySet<VerificationContext> = new Set(['receive', 'dispense', 'return', 'inventory']);
const grave: ReadonlySet<string> = new Set(alertOfFinding.map(({ finding }) => finding));
const reporters: ReadonlySet<string> = new Set(acts['supply.reportAlert'].roles);
/** Findings that wait at the most: an inventory of nothing but copies must not fill the memory. */
const mostWaiting = 1_000;
const remembered = 10_000;

export class FindingReports {
  readonly #services: Needs;
  readonly #told = new Set<string>();
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(services: Needs) {
    this.#services = services;
  }

  /** Tells it in the background, one after the other; the same finding once. */
  note(decided: Decided, caller: Caller | undefined): void {
    const { asked, verdicts, known } = decided;
    if (caller?.kind !== 'staff' || !reporters.has(caller.role) || caller.gln === undefined) return;
    if (asked.scope !== 'pack' || !asked.isScanned || !atWork.has(asked.request.context)) return;
    if (!known.facts.productKnown || !isGrave(decided)) return;
    const { gtin, serial, request } = asked;
    const { context, lot, expiry, timeMs } = request;
    const identity = [caller.gln, gtin, serial, lot, expiry, verdicts.status.state].join('|');
    if (this.#told.has(identity) || this.#waiting >= mostWaiting) return;
    if (this.#told.size >= remembered) this.#told.clear();
    this.#told.add(identity);
    const body = {
      gtin,
      serial,
      context,
      eventTime: new Date(timeMs).toISOString(),
      ...(lot === undefined ? {} : { lot }),
      ...(expiry === undefined ? {} : { expiry }),
      ...(known.commissioned === undefined
        ? {}
        : { knownLot: known.commissioned.lot, segment: known.commissioned.segment }),
    };
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#tell(caller, body, identity));
  }

  async #tell(caller: Caller, body: { readonly eventTime: string }, identity: string): Promise<void> {
    try {
      await this.#services.ledger.submit(caller.identity, {
        type: 'supply.reportVerification',
        body,
        key: createHash('sha256').update(`finding|${identity}|${body.eventTime}`).digest('hex'),
        touches: { writes: [undefined], reads: ['registry'] },
      });
    } catch (error) {
      this.#told.delete(identity);
      this.#services.log.warn({ code: (error as { code?: unknown }).code }, 'a finding of a scan could not be told');
    }
    this.#waiting -= 1;
  }
}

function isGrave({ asked, verdicts: { identity, custody, status } }: Decided): boolean {
  const codes = [identity, custody, status].flatMap(({ findings }) => findings.map(({ code }) => code));
  const counted = asked.request.context === 'receive' ? codes.filter((code) => code !== 'scan_outside_custody') : codes;
  return counted.some((code) => grave.has(code));
}
