/** An integrity report as a page to read and print: no script, nothing loaded from anywhere. */
import type { IntegrityReport } from './dto.ts';

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733 }
  h1 { font-size: 1.5rem } dt { color: #5a6b7b; font-size: .85rem } dd { margin: 0 0 .75rem; overflow-wrap: anywhere }
  .valid { color: #0b6b3a } .broken { color: #a3132b }
  table { border-collapse: collapse; width: 100% } th, td { text-align: start; padding: .4rem .6rem; border-bottom: 1px solid #d5dde5 }
  code { font-size: .85rem }`;

export function reportPage(report: IntegrityReport): string {
  const { valid, brokenLinks, healed, checkedBy, checkedByRole } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['Report', report.id],
    ['Patient', report.patientId],
    ['Checked at', report.checkedAt],
    ['Checked by', checkedBy === undefined ? 'the gateway, by its schedule' : `${checkedBy} (${checkedByRole ?? ''})`],
    ['Entries in the chain', String(report.totalRecords)],
    ['Ciphertexts hashed', String(report.checkedCiphertexts)],
    ['Head of the chain on the ledger', report.head],
    ['Merkle root over all entries (RFC 9162, SHA-256)', report.merkleRoot],
  ];
  const rows = [
    ...brokenLinks.map((link) => [link.sequence, link.recordId ?? '', link.version ?? '', link.reason]),
    ...healed.map((place) => [place.sequence, place.recordId, place.version, 'restored from the replica']),
  ];
  const table =
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>Entry</th><th>Record</th><th>Version</th><th>Finding</th></tr></thead><tbody>${rows
          .map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`)
          .join('')}</tbody></table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Integrity report</title><style>${style}</style></head><body>
<h1>Integrity report</h1>
<p class="${valid ? 'valid' : 'broken'}"><strong>${
    valid
      ? 'The chart is whole: chain, ledger and content agree.'
      : `The chart is broken in ${brokenLinks.length} places.`
  }</strong></p>
<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd><code>${escaped(value)}</code></dd>`).join('')}</dl>
${table}
</body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
