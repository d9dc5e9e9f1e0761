/** The confusion matrix: how many packs of each label the rules put into each band. */
import { riskBands, type RiskBand } from '@chain-of-care/chaincode/rules';

export const honest = 'honest';

export interface Judgement {
  /** `honest` or the kind of attack. */
  readonly label: string;
  readonly context: string;
  readonly band: RiskBand;
  readonly factors: readonly string[];
}

export interface Row {
  readonly label: string;
  readonly packs: number;
  readonly bands: Readonly<Record<RiskBand, number>>;
}

/** Bands in which nobody sells the box on. */
const stopped: ReadonlySet<RiskBand> = new Set(['quarantine', 'reject']);

export class Confusion {
  readonly #judgements: Judgement[] = [];

  add(judgement: Judgement): void {
    this.#judgements.push(judgement);
  }

  /** Honest packs first, then attacks by name. */
  get rows(): readonly Row[] {
    const labels = [...new Set(this.#judgements.map(({ label }) => label))];
    const order = (label: string): string => (label === honest ? '' : label);
    return labels
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .map((label) => {
        const own = this.#judgements.filter((judgement) => judgement.label === label);
        const count = (band: RiskBand): number => own.filter((judgement) => judgement.band === band).length;
        const bands = Object.fromEntries(riskBands.map((band) => [band, count(band)])) as Row['bands'];
        return { label, packs: own.length, bands };
      });
  }

  /** Share of a label's packs that anything but `accept` was said of. */
  noticed(label: string): number {
    return this.#share(label, ({ band }) => band !== 'accept');
  }

  /** Share of a label's packs that were quarantined or rejected. */
  stopped(label: string): number {
    return this.#share(label, ({ band }) => stopped.has(band));
  }

  /** What a label's packs were noticed for, the most frequent first. */
  reasons(label: string): readonly (readonly [string, number])[] {
    const counts = new Map<string, number>();
    for (const { factors, ...judgement } of this.#judgements) {
      if (judgement.label !== label) continue;
      const key = [...factors].sort().join('+') || 'nothing';
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].sort(([, a], [, b]) => b - a);
  }

  /** As text. */
  table(): string {
    const head = ['', 'packs', ...riskBands, 'noticed', 'stopped'];
    const lines = this.rows.map(({ label, packs, bands }) => [
      label,
      String(packs),
      ...riskBands.map((band) => String(bands[band])),
      percent(this.noticed(label)),
      percent(this.stopped(label)),
    ]);
    return [head, ...lines]
      .map(([first, ...rest]) => `${first!.padEnd(20)}${rest.map((cell) => cell.padStart(11)).join('')}`)
      .join('\n');
  }

  #share(label: string, fits: (judgement: Judgement) => boolean): number {
    const own = this.#judgements.filter((judgement) => judgement.label === label);
    return own.length === 0 ? 0 : own.filter(fits).length / own.length;
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
