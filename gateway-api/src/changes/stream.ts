/** Server-sent events (WHATWG HTML §9.2) of what changes about a patient. */
import { waitFor } from '../notifications/eventStream.ts';
import { changesSince } from '../readmodel/queries/changes.ts';
import type { Services } from '../services.ts';

export interface FollowOptions {
  readonly patientId: string;
  /** `since` of the last change seen; absent: from the first one. */
  readonly after: string | undefined;
  readonly ends: AbortSignal;
  readonly heartbeatMs: number;
}

const pageSize = 200;

/** Changes come from the database, woken by each block and by changed demographics: what a stream missed while it was slow is there all the same. */
export async function* changeStream(
  { readModel, demographics }: Pick<Services, 'readModel' | 'demographics'>,
  { patientId, after, ends, heartbeatMs }: FollowOptions,
): AsyncGenerator<string> {
  let isNew = true;
  let wake: (() => void) | undefined;
  const tell = (): void => {
    isNew = true;
    wake?.();
  };
  const endings = [readModel.onBlock(tell), demographics.onChange(tell)];
  try {
    yield 'retry: 3000\n\n';
    let since = after;
    while (!ends.aborted) {
      if (!isNew) {
        const waited = await waitFor(heartbeatMs, ends, (resolve) => (wake = resolve));
        if (waited === 'timeout') yield ': still here\n\n';
        if (!isNew) continue;
      }
      isNew = false;
      for (let isFull = true; isFull;) {
        const changes = await changesSince(readModel.db, patientId, since, pageSize);
        for (const change of changes)
          yield `id: ${change.since}\nevent: ${change.kind}\ndata: ${JSON.stringify(change)}\n\n`;
        since = changes.at(-1)?.since ?? since;
        isFull = changes.length === pageSize;
      }
    }
  } finally {
    for (const end of endings) end();
  }
}
