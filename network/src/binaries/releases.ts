/** The official release archives and the SHA-256 they must have: network/fabric/releases.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../config/paths.ts';

export interface PinnedArchive {
  readonly url: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

interface ReleaseFile {
  readonly [platform: string]: readonly { readonly url: string; readonly sha256: string | null }[];
}

const goNames: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * @param platform as in `process.platform`
 * @param architecture as in `process.arch`
 * @returns the archives of this platform, none when one of them has no pinned hash: what cannot be checked is not used
 */
export function pinnedArchives(
  platform: string,
  architecture: string,
  file: string = join(projectRoot, 'network/fabric/releases.json'),
): readonly PinnedArchive[] {
  const releases = JSON.parse(readFileSync(file, 'utf8')) as ReleaseFile;
  const archives = releases[`${platform}-${goNames[architecture] ?? architecture}`] ?? [];
  return archives.every((archive): archive is PinnedArchive => archive.sha256 !== null) ? archives : [];
}
