/** Steps of a start: a line each, with its name and seconds. */
export interface Report {
  /** A line on its own. */
  note(line: string): void;
  /** Runs one named step; the line appears when it ends. */
  step<T>(name: string, work: (progress: (what: string) => void) => Promise<T>): Promise<T>;
}

const second = 1000;

/**
 * @param write where lines go
 * @param live whether the terminal can overwrite a line, to show progress inside a step
 */
export function terminalReport(write: (text: string) => void, live: boolean): Report {
  return {
    note: (line) => write(`${line}\n`),
    step: async (name, work) => {
      const begun = performance.now();
      const progress = (what: string) => {
        if (live) write(`\r\u001B[K  ${name}: ${what.slice(0, 90)}`);
      };
      progress('…');
      let lastLine = 0;
      const told = (what: string) => {
        progress(what);
        if (!live && performance.now() - lastLine > 10 * second && performance.now() - begun > 5 * second) {
          lastLine = performance.now();
          write(`  ${name}: ${what}\n`);
        }
      };
      try {
        const result = await work(told);
        write(`${live ? '\r\u001B[K' : ''}${line('✓', name, begun)}`);
        return result;
      } catch (error) {
        write(`${live ? '\r\u001B[K' : ''}${line('✗', name, begun)}`);
        throw error;
      }
    },
  };
}

/** A report for tests and libraries: says nothing. */
export const silentReport: Report = {
  note: () => undefined,
  step: (_name, work) => work(() => undefined),
};

function line(mark: string, name: string, begun: number): string {
  return `${mark} ${name.padEnd(44)} ${((performance.now() - begun) / second).toFixed(1).padStart(6)} s\n`;
}
