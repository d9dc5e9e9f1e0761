import type { RecordFact } from '@chain-of-care/chaincode/model';
import type { RecordView } from './dto.ts';

/** The open facts of a record version. */
export function recordView(fact: RecordFact): RecordView {
  const { recordId, patientId, version, category, confidentiality, clinicalDate, authorOrg, authorGroup } = fact;
  const { recordTime, cid, size, sequence, hash } = fact;
  return {
    id: recordId,
    patientId,
    version,
    category,
    confidentiality,
    clinicalDate,
    authorOrg,
    authorGroup,
    recordTime,
    cid,
    size,
    sequence,
    hash,
  };
}
