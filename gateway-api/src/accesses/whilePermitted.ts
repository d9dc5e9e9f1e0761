/** Answers that flow for a while end with the right to them: a revocation closes what is being sent, not only what comes. */
import type { Readable } from 'node:stream';
import type { Reply } from '../http/route.ts';
import type { ProjectedBlock } from '../readmodel/readModel.ts';
import type { Services } from '../services.ts';

/** Whose right to what is served. */
export interface Served {
  readonly patientId: string;
  readonly accessorId: string;
}

export interface Flowing {
  readonly reply: Reply & Required<Pick<Reply, 'stream'>>;
  /** Decides again. @throws when it is permitted no more, or nobody can say */
  readonly decide: () => Promise<unknown>;
}

type Written = ProjectedBlock['changes'][number];

/** What may take away a right that a person has to a patient's records. */
const ofPatient: ReadonlySet<string | undefined> = new Set([
  'consent',
  'consent-stops',
  'care-team-removal',
  'representative-ending',
  'record-withdrawal',
  'patient',
]);
const ofAccessor: ReadonlySet<string | undefined> = new Set(['staff', 'licences', 'care-team-removal']);

/**
 * @param prepare decides, and makes the answer
 * @returns the answer, whose stream breaks off when a block takes the right away; also while it was prepared
 * @throws as `prepare` and `decide`
 */
export async function whilePermitted(
  { readModel }: Pick<Services, 'readModel'>,
  served: Served,
  prepare: () => Promise<Flowing>,
): Promise<Reply> {
  let isDoubtful = false;
  let doubt = (): void => {
    isDoubtful = true;
  };
  const unlisten = readModel.onBlock(({ changes }) => {
    if (changes.some((change) => mayNarrow(change, served))) doubt();
  });
  try {
    const { reply, decide } = await prepare();
    const { stream } = reply;
    stream.once('close', unlisten);
    doubt = () => void decide().catch((error: unknown) => stream.destroy(error as Error));
    if (isDoubtful) await decide().catch((error: unknown) => breakOff(stream, error));
    return reply;
  } catch (error) {
    unlisten();
    throw error;
  }
}

/** @throws error; what the stream holds is given back */
function breakOff(stream: Readable, error: unknown): never {
  stream.destroy();
  throw error;
}

function mayNarrow({ type, value = {} }: Written, { patientId, accessorId }: Served): boolean {
  if (ofPatient.has(type) && value['patientId'] === patientId)
    return type !== 'consent' || value['decision'] === 'deny';
  return ofAccessor.has(type) && [value['staffId'], value['holder']].includes(accessorId);
}
