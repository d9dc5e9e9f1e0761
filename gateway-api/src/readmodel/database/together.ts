/** What is asked while a statement runs shares the next one: the busier the gateway, the less each request costs. */

interface Waiting<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class Together<Asked, Answer> {
  readonly #work: (asked: readonly Asked[]) => Promise<readonly Answer[]>;
  readonly #atMost: number;
  readonly #waiting: Waiting<Asked, Answer>[] = [];
  #isWorking = false;

  /**
   * @param work answers all that is asked, in its order; what it throws is thrown to every one of them
   * @param atMost at once
   */
  constructor(work: (asked: readonly Asked[]) => Promise<readonly Answer[]>, atMost: number) {
    this.#work = work;
    this.#atMost = atMost;
  }

  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, resolve, reject });
      if (!this.#isWorking) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#atMost);
      try {
        const answers = await this.#work(batch.map(({ asked }) => asked));
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWorking = false;
  }
}
