/** Who may act for a patient: on which ground, until when, and who may end it. */
import type { Patient, Representative, RepresentativeRelationship } from '../model/index.ts';

/** Who ends a representation: a registrar of the home hospital always may. */
export type EndingSide = 'registrar' | 'representative' | 'patient';

interface Ground {
  readonly title: string;
  /** Parents act until the child comes of age, guardians as long as a court says: the end is known. */
  readonly end: 'required' | 'optional';
  readonly endedBy: readonly EndingSide[];
}

export const representativeGrounds: Readonly<Record<RepresentativeRelationship, Ground>> = {
  PRN: { title: 'parent', end: 'required', endedBy: ['registrar', 'representative'] },
  GUARD: { title: 'guardian', end: 'required', endedBy: ['registrar', 'representative'] },
  // What a patient gave, a patient takes back.
  HPOWATT: {
    title: 'healthcare power of attorney',
    end: 'optional',
    endedBy: ['registrar', 'representative', 'patient'],
  },
};

/** Whether somebody acts for the patient now: not after the end, nor after an ending, nor after the patient's death. */
export function isRepresenting(
  { endsAt }: Pick<Representative, 'endsAt'>,
  isEnded: boolean,
  patient: Pick<Patient, 'status'>,
  timeMs: number,
): boolean {
  return !isEnded && patient.status === 'active' && (endsAt === undefined || timeMs < Date.parse(endsAt));
}
