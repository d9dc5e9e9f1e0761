import type { RecordFilter } from '../readmodel/queries/records.ts';
import { soughtCode, type SealedFilter } from './coding.ts';
import type { ListRecords, SearchRecords } from './dto.ts';

/** What a list's query asks of the open facts. */
export function openFilter(query: ListRecords): RecordFilter {
  const { category, confidentiality, date, author, organization, department, status } = query;
  return {
    ...(category === undefined ? {} : { categories: category }),
    ...(confidentiality === undefined ? {} : { confidentialities: confidentiality }),
    ...(date === undefined ? {} : { dates: date }),
    ...(author === undefined ? {} : { author }),
    ...(organization === undefined ? {} : { organization }),
    ...(department === undefined ? {} : { department }),
    ...(status === undefined ? {} : { status }),
  };
}

/** What it asks of what is sealed beside the content. */
export function sealedFilter({ code, facility, title }: SearchRecords): SealedFilter {
  return {
    ...(code === undefined ? {} : { code: soughtCode(code) }),
    ...(facility === undefined ? {} : { facility }),
    ...(title === undefined ? {} : { title }),
  };
}
