import { confidentialities, limits } from '@chain-of-care/chaincode/model';
import { bundleTypes } from '../imports/fhir/bundle.ts';
import { largestEntry } from '../imports/fhir/bundleParts.ts';
import { confidentialityOfCode, sensitivityCodes } from '../imports/fhir/confidentiality.ts';
import { skippedListed, skipReasons } from '../imports/fhir/mapped.ts';
import { indexLimits } from '../imports/fhir/mapResource.ts';
import { lastResortDate, resourceTypes, unknownType, type RecordRow, type Row } from '../imports/fhir/resourceTypes.ts';
import { code, codes, generatedFrom, list, page, table } from './markdown.ts';

/** `docs/fhir-import.md` */
export function fhirImportPage(): string {
  return page(
    '# FHIR R4 import',
    generatedFrom('`gateway-api/src/imports/fhir`'),
    `A Bundle about one patient becomes records of that patient's chain, entries of the directory, and demographics. Every
entry is accounted for: the counts by resource type and destination add up to the number of entries.`,
    '## Where a resource goes',
    table(
      ['resource type', 'goes to', 'title and coding from', 'clinical date from', 'facility from'],
      Object.entries(resourceTypes).map(([type, row]) => [code(type)].concat(cellsOf(row))),
    ),
    `Any other type becomes a record of the category ${code('other')}, so that nothing is lost: title and coding from
${codes(unknownType.codes)}, clinical date from
${codes(unknownType.dates)}.`,
    '## What a record keeps',
    list(
      `**Content** (sealed): the text of the resource as it came, without white space between tokens. It is JSON-equal to what
  was sent, and decimals keep their digits, as FHIR asks (\`1.50\` stays \`1.50\`). References such as \`urn:uuid:…\` are kept.`,
      `**Clinical date** (open inside the collection): the first of the elements above that holds a date, its date part as
  written, in the offset of the place of care; a year or a month stays partial. Otherwise \`${lastResortDate}\`, otherwise the
  date of \`Bundle.timestamp\`, otherwise the latest date of care in the bundle, otherwise 1900.`,
      `**Index** (sealed beside it): title, at most ${indexLimits.codings} codings, texts of at most ${indexLimits.text} characters, exact time, facility, media
  type \`application/fhir+json\`. The content has the whole.`,
      `**Transactions**: at most ${limits.recordsPerCommand} records a command.`,
    ),
    '## Confidentiality',
    `From \`meta.security\`; the strictest label counts, and no entry is less confidential than \`Bundle.meta.security\`. The
ledger knows ${codes(confidentialities)}.`,
    table(
      ['label', 'becomes'],
      [
        ...Object.entries(confidentialityOfCode).map(([label, becomes]) => [
          `${code(label)} of v3-Confidentiality`,
          code(becomes),
        ]),
        [`a sensitivity of v3-ActCode: ${codes(sensitivityCodes)}`, code('R')],
        ['none, or any other', code('N')],
      ],
    ),
    '## What brings nothing into the chart',
    `Such entries are counted under \`skipped\`; the first ${skippedListed} are listed with their place and reason.`,
    table(
      ['reason', 'meaning'],
      Object.entries(skipReasons).map(([reason, meaning]) => [code(reason), meaning]),
    ),
    '## Whose chart',
    `A bundle goes into the chart of the patient it is about. That is shown by an identifier (\`Patient.identifier\`, system and
value, both exact) that the patient has too, or that \`Patient.link.other.identifier\` names: a link says that the other resource
is about the same person. Name and birth date show nothing, strangers share them; a birth date that contradicts the chart's
undoes what an identifier shows, a partial one contradicts no date within it.`,
    `Otherwise the answer is 409 ${code('subject_not_matched')}, with what differs. An author who knows better (a patient from
elsewhere has other identifiers) repeats with \`?subject=confirmed\` and a new Idempotency-Key. The confirmation stands in the patient's
audit (type ${code('demographics')}, interaction ${code('import-confirmed')}); the identifiers of the bundle are the patient's from then on, so
they show the next bundle of that source. An identifier that another patient of the hospital has is refused in any case, 409
${code('already_exists')}: the two registrations are to be linked by a registrar.`,
    '## What is refused',
    'The whole bundle is read once before anything is written, so a bundle that is refused has changed nothing.',
    table(
      ['problem', 'pointer', 'code'],
      [
        ['not JSON, not UTF-8, or cut off', '', code('malformed_json')],
        ['no JSON object, or a member that is there twice', '(the whole)', code('validation_failed')],
        ['another resource than a Bundle', code('/resourceType'), code('validation_failed')],
        [`a type other than ${codes(bundleTypes)}`, code('/type'), code('validation_failed')],
        ['`entry` is no list, or there is no Patient', code('/entry'), code('validation_failed')],
        ['a second Patient', code('/entry/{i}/resource'), code('validation_failed')],
        ['a resource about another patient', code('/entry/{i}/resource/subject'), code('validation_failed')],
        [`an entry of more than ${largestEntry / 1024 / 1024} MiB`, '', code('payload_too_large')],
      ],
    ),
    `\`patient\` and \`beneficiary\` are checked as \`subject\` is. References that cannot be compared (contained, conditional,
without address) are not. Resources are not validated against their profiles.`,
  );
}

function cellsOf(row: Row): readonly string[] {
  if (row.to === 'demographics') return ["demographics, sealed in the home hospital's vault", '', '', ''];
  if (row.to === 'directory') return ['directory', codes(row.names), '', ''];
  return [destination(row), codes(row.codes), codes(row.dates), codes(row.facility ?? [])];
}

function destination({ category }: RecordRow): string {
  if (typeof category === 'string') return code(category);
  const choices = category.of.map(
    (choice) => `${code(choice.category)} if ${code(category.path)} is ${codes(choice.codes)}`,
  );
  return [...choices, `otherwise ${code(category.otherwise)}`].join('; ');
}
