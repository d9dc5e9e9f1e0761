/** Status as a table for people. */
import type { NetworkStatus } from './status.ts';

const megabyte = 1024 * 1024;

export function statusTable(status: NetworkStatus): string {
  const rows = status.processes.map(({ name, running, pid, address, memory, height }) => [
    name,
    running ? 'up' : 'DOWN',
    pid === undefined ? '' : String(pid),
    address,
    memory === undefined ? '' : `${(memory / megabyte).toFixed(0)} MB`,
    height === undefined ? '' : `height ${height}`,
  ]);
  const lines = [['process', 'state', 'pid', 'address', 'memory', 'ledger'], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((row) => row[column]!.length)));
  const table = lines.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const { chaincode, firstExpiry } = status;
  return [
    `${status.name}: profile ${status.profile}, base port ${status.basePort}, Fabric ${status.fabric ?? 'not started'}`,
    '',
    ...table,
    '',
    chaincode === undefined
      ? 'chaincode     none committed'
      : `chaincode     ${chaincode.name} sequence ${chaincode.sequence}, digest ${chaincode.digest}`,
    firstExpiry === undefined
      ? 'certificates  none'
      : `certificates  first expiry ${firstExpiry.notAfter.toISOString().slice(0, 10)} (${firstExpiry.file})`,
    `memory        ${(status.memory / megabyte).toFixed(0)} MB in all`,
  ].join('\n');
}
