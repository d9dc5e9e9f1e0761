/**
 * Patients whose key epochs are being decided here: somebody lost a right, and whether new keys are to be made is not done
 * yet. What is appended meanwhile waits, so that nothing acknowledged later is sealed to keys that were given away.
 */
export class EpochsUnderWay {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #patienceMs: number;
  #first: Promise<unknown> | undefined;

  /** @param patienceMs care waits no longer: what is then appended is sealed to the keys there are */
  constructor(patienceMs = 10_000) {
    this.#patienceMs = patienceMs;
  }

  /**
   * After a start nobody knows what an earlier process left undone.
   *
   * @param work ends when every patient of whom something is to be decided is tracked
   */
  begin(work: Promise<unknown>): void {
    this.#first = work;
    const forget = (): void => {
      this.#first = undefined;
    };
    work.then(forget, forget);
  }

  /** @param work ends when it is decided, or has failed */
  track(patientId: string, work: Promise<unknown>): void {
    this.#running.set(patientId, work);
    const forget = (): void => {
      if (this.#running.get(patientId) === work) this.#running.delete(patientId);
    };
    work.then(forget, forget);
  }

  isRunning(patientId: string): boolean {
    return this.#running.has(patientId);
  }

  /** Resolves when nothing is under way for the patient, or it takes too long. It never fails. */
  async settled(patientId: string): Promise<void> {
    if (this.#first === undefined && !this.isRunning(patientId)) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs);
    });
    await Promise.race([this.#decided(patientId).catch(() => undefined), patience]);
    clearTimeout(timer);
  }

  async #decided(patientId: string): Promise<void> {
    await this.#first?.catch(() => undefined);
    await this.#running.get(patientId);
  }
}
