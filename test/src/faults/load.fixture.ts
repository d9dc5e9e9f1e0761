/** Concurrent writes with a fault in their midst, and the account of what became of each. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { all } from '../demo/careStory.ts';
import { home, newRecord, type RegisteredPatient, type World } from '../e2e/rest/world.fixture.ts';
import type { Answer, Json } from '../system/rest.ts';

interface Write {
  readonly patient: RegisteredPatient;
  readonly key: string;
  readonly record: Json;
  /** Ids of the records that an answer acknowledged. */
  acknowledged?: string;
}

export interface LoadReport {
  readonly acknowledged: number;
  /** Answers that were errors, by `status code`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Errors that do not say whether to retry. */
  readonly unclear: readonly string[];
  /** Writes whose connection broke: no answer at all. */
  readonly unanswered: number;
}

/** Codes that by their definition in the catalogue say what to do: repeat with the same key. */
const retryCodes = new Set(['unavailable', 'draining', 'commit_unknown', 'conflict', 'idempotency_in_progress']);
const attemptsAtRepeating = 60;

export class WriteLoad {
  readonly #world: World;
  readonly #writes: Write[];

  constructor(world: World, patients: readonly RegisteredPatient[], count: number) {
    this.#world = world;
    this.#writes = Array.from({ length: count }, (_, index) => ({
      patient: patients[index % patients.length]!,
      key: randomUUID(),
      record: newRecord(),
    }));
  }

  /** Sends all writes at once; when a quarter is acknowledged, the fault happens. */
  async run(fault: () => Promise<void>): Promise<LoadReport> {
    const author = await this.#world.people.as(home, 'dr-ada');
    const errors: Record<string, number> = {};
    const unclear: string[] = [];
    let [acknowledged, unanswered] = [0, 0];
    let fell: Promise<void> | undefined;
    const send = async (write: Write): Promise<void> => {
      const answer = await author
        .post(`${write.patient.chart}/records`, write.record, { key: write.key })
        .catch(() => undefined);
      if (answer === undefined) {
        unanswered += 1;
        return;
      }
      if (this.#note(write, answer)) {
        acknowledged += 1;
        if (acknowledged >= this.#writes.length / 4) fell ??= fault();
        return;
      }
      const said = `${answer.status} ${String(answer.body['code'])}`;
      errors[said] = (errors[said] ?? 0) + 1;
      if (!retryCodes.has(String(answer.body['code'])) && answer.headers.get('retry-after') === null)
        unclear.push(said);
    };
    await Promise.all(this.#writes.map(send));
    await fell;
    return { acknowledged, errors, unclear, unanswered };
  }

  /** Repeats, with its own key, every write that was not acknowledged, until all are. */
  async finish(): Promise<void> {
    const author = await this.#world.people.as(home, 'dr-ada');
    for (let attempt = 1; ; attempt += 1) {
      const open = this.#writes.filter(({ acknowledged }) => acknowledged === undefined);
      if (open.length === 0) return;
      if (attempt > attemptsAtRepeating) throw new Error(`${open.length} writes are still refused`);
      await Promise.all(
        open.map(async (write) => {
          const answer = await author
            .post(`${write.patient.chart}/records`, write.record, { key: write.key })
            .catch(() => undefined);
          if (answer !== undefined) this.#note(write, answer);
        }),
      );
      if (this.#writes.some(({ acknowledged }) => acknowledged === undefined)) await delay(1_000);
    }
  }

  /**
   * Every acknowledged record stands in its patient's chart, once. The lists come from a read model that may be some
   * blocks behind after a restart: it has this long to catch up.
   *
   * @returns what is wrong
   */
  async audit(withinMs = 60_000): Promise<readonly string[]> {
    for (const deadline = Date.now() + withinMs; ; await delay(500)) {
      const wrong = await this.#wrongNow();
      if (wrong.length === 0 || Date.now() > deadline) return wrong;
    }
  }

  async #wrongNow(): Promise<readonly string[]> {
    const wrong: string[] = [];
    const patients = new Set(this.#writes.map(({ patient }) => patient));
    for (const patient of patients) {
      const listed = (await all(patient.session, `${patient.chart}/records`)).map(({ id }) => String(id));
      const acknowledged = this.#writes.filter(
        (write) => write.patient === patient && write.acknowledged !== undefined,
      );
      for (const { acknowledged: id } of acknowledged) {
        const times = listed.filter((each) => each === id).length;
        if (times !== 1) wrong.push(`record ${id} stands ${times} times`);
      }
    }
    return wrong;
  }

  /** Records that the patient's charts hold in all. */
  async records(): Promise<number> {
    const patients = [...new Set(this.#writes.map(({ patient }) => patient))];
    const lists = await Promise.all(patients.map(({ session, chart }) => all(session, `${chart}/records`)));
    return lists.reduce((sum, list) => sum + list.length, 0);
  }

  #note(write: Write, answer: Answer): boolean {
    if (answer.status !== 201) return false;
    write.acknowledged = (answer.body as { records: { id: string }[] }).records[0]!.id;
    return true;
  }
}
