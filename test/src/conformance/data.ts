/** Public test vectors and samples. They lie beside the project, never in it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const besideTheProject = join(import.meta.dirname, '../../../../shared/data');

/**
 * Folder of the conformance data: the environment variable CONFORMANCE_DATA, or `../shared/data` beside the project.
 *
 * @throws Error that names both when there is no such folder: a suite without its vectors must not pass
 */
export function conformanceFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const folder = environment['CONFORMANCE_DATA'] ?? besideTheProject;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new Error(`no conformance data in ${folder}: set CONFORMANCE_DATA to the folder that holds crypto/, fhir/, …`);
}

/** @param path inside the folder, e.g. `crypto/xwing.json` */
export function conformanceFile(path: string): Buffer {
  return readFileSync(join(conformanceFolder(), path));
}

/**
 * @param path inside the folder
 * @returns the parsed JSON; the caller says what it is
 */
export function conformanceJson(path: string): unknown {
  return JSON.parse(conformanceFile(path).toString('utf8')) as unknown;
}
