/** Heights of the ledger, as peers and orderers tell Prometheus. */
const heightMetrics = /^(?:ledger_blockchain_height|consensus_BFT_committed_block_number)\{[^}]*\} (\S+)$/m;

/**
 * @param operations host:port of a peer's operations endpoint
 * @returns the number of blocks, undefined when it does not answer
 */
export async function peerHeight(operations: string): Promise<number | undefined> {
  try {
    const response = await fetch(`http://${operations}/metrics`, { signal: AbortSignal.timeout(2000) });
    const height = heightMetrics.exec(await response.text())?.[1];
    return height === undefined ? undefined : Number(height);
  } catch {
    return undefined;
  }
}
