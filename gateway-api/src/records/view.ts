import type { RecordFact } from '@chain-of-care/chaincode/model';
import type { RecordView } from './dto.ts';

/** The open facts of a record version. */
export function recordView(fact: RecordFact): RecordView {
  const { recordId, patientId, version, category, confidentiality, clinicalDate, authorOrg, authorGroup } = fact;
  const { authorId, recordTime, cid, size, sequence, hash, withdrawn } = fact;
  return {
    id: recordId,
    patientId,
    version,
    category,
    confidentiality,
    clinicalDate,
    authorId,
    authorOrg,
    authorGroup,
    ...(withdrawn === undefined ? {} : { withdrawn }),
    recordTime,
    cid,
    size,
    sequence,
    hash,
  };
}
