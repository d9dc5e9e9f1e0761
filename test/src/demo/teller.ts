/** Tells a story in steps: what was done, where it stands on the ledger, how long it took, and whether it was as expected. */
import type { Answer } from '../system/rest.ts';

export interface Told {
  readonly story: string;
  readonly step: string;
  /** What came of it, for people. */
  readonly outcome: string;
  readonly asExpected: boolean;
  readonly milliseconds: number;
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

/** What a step did. */
export interface Done<Value> {
  readonly value: Value;
  readonly outcome: string;
  /** Absent: yes. */
  readonly asExpected?: boolean;
  readonly transaction?: Transaction;
}

export interface Transaction {
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

/** A step went otherwise than the story needs; what follows cannot be told. */
export class StoryBroken extends Error {
  override readonly name = 'StoryBroken';
}

export class Teller {
  readonly told: Told[] = [];
  readonly #print: (text: string) => void;
  #story = '';

  /** @param print takes what is for people */
  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  story(title: string): void {
    this.#story = title;
    this.#print(`\n${title}\n`);
  }

  /** Does a step, tells it, and returns what the next ones need. */
  async step<Value>(step: string, act: () => Promise<Done<Value>>): Promise<Value> {
    const begun = performance.now();
    try {
      const { value, outcome, asExpected = true, transaction = {} } = await act();
      this.#tell(step, outcome, asExpected, performance.now() - begun, transaction);
      return value;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#tell(step, reason, false, performance.now() - begun, {});
      throw new StoryBroken(`${step}: ${reason}`, { cause: error });
    }
  }

  get allAsExpected(): boolean {
    return this.told.every(({ asExpected }) => asExpected);
  }

  #tell(
    step: string,
    outcome: string,
    asExpected: boolean,
    milliseconds: number,
    { transactionId, blockNumber }: Transaction,
  ): void {
    this.told.push({
      story: this.#story,
      step,
      outcome,
      asExpected,
      milliseconds: Math.round(milliseconds),
      ...(transactionId === undefined ? {} : { transactionId }),
      ...(blockNumber === undefined ? {} : { blockNumber }),
    });
    this.#print(`${asExpected ? '✓' : '✗'} ${step.padEnd(58)} ${`${Math.round(milliseconds)} ms`.padStart(9)}\n`);
    this.#print(`    ${outcome}\n`);
    if (transactionId !== undefined) this.#print(`    block ${blockNumber ?? '?'}, transaction ${transactionId}\n`);
  }
}

/** A step whose point is that it is refused. */
export function refusedWith(answer: Answer, status: number, code: string): Done<Answer> {
  const asExpected = answer.status === status && answer.body['code'] === code;
  const said = `${answer.status} ${typeof answer.body['code'] === 'string' ? answer.body['code'] : ''}`;
  return {
    value: answer,
    outcome: asExpected ? `refused: ${said}` : `expected ${status} ${code}, got ${said}`,
    asExpected,
    transaction: transactionOf(answer.body),
  };
}

/** Where an answer's write stands. */
export function transactionOf(body: Readonly<Record<string, unknown>>): Transaction {
  const { transactionId, blockNumber } = body;
  return {
    ...(typeof transactionId === 'string' ? { transactionId } : {}),
    ...(typeof blockNumber === 'number' ? { blockNumber } : {}),
  };
}
