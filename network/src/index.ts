/** The network as a library, for tests and benchmarks: start, look, kill, stop. */
export { Network, openNetwork, startNetwork, stopNetwork, type NetworkChoice } from './network.ts';
export { benchStartup, startupTable, type StartupBench, type StartupFigures } from './benchStartup.ts';
export { outliveReader } from './cli/closedPipe.ts';
export { kuboVersion, obtainKubo } from './binaries/kubo.ts';
export { obtainBinaries } from './binaries/obtain.ts';
export { nodeImage, officialImages } from './compose/officialImages.ts';
export { fabricVersion } from './binaries/version.ts';
export type { OtherChaincode } from './chaincode/other.ts';
export type { ConfiguredMember, ConsortiumConfig } from './config/consortium.ts';
export { NetworkFailure } from './failure.ts';
export type { ConnectionProfile } from './gateways/profile.ts';
export { memoryOf } from './status/memory.ts';
export type { NetworkStatus, ProcessStatus } from './status/status.ts';
export { silentReport, terminalReport, type Report } from './steps/step.ts';
