/** Builds the programs of Fabric and Fabric CA from their Go modules, as their go.mod under network/ names them. */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../config/paths.ts';
import { NetworkFailure, messageOf } from '../failure.ts';
import { run } from '../processes/run.ts';
import { fabricCaVersion, fabricSamples, fabricVersion } from './version.ts';

export interface GoModule {
  readonly path: string;
  /** Folder of the go.mod whose `tool` lines name the programs. */
  readonly folder: string;
  /** The linker's variable that a program's `version` prints, with its value. */
  readonly version?: string;
  /** Whether it has parts in C. */
  readonly isPureGo?: true;
}

const fabric: GoModule = {
  path: 'github.com/hyperledger/fabric',
  folder: join(projectRoot, 'network/fabric'),
  version: `github.com/hyperledger/fabric/common/metadata.Version=${fabricVersion}`,
};

/**
 * Apart from Fabric, whose dependencies would raise the CA's configuration library (viper) to a version that writes the
 * names of registrars' attributes in lower case: then nobody may register anybody.
 */
const fabricCa: GoModule = {
  path: 'github.com/hyperledger/fabric-ca',
  folder: join(projectRoot, 'network/fabric-ca'),
  version: `github.com/hyperledger/fabric-ca/lib/metadata.Version=${fabricCaVersion}`,
};

const buildMinutes = 30;

/** @returns whether a Go compiler and the C compiler that SQLite needs are there, else what is missing */
export async function missingCompiler(): Promise<string | undefined> {
  for (const [name, parameters] of [
    ['go', ['version']],
    [process.env['CC'] ?? 'cc', ['--version']],
  ] as const) {
    try {
      await run(name, parameters);
    } catch {
      return name;
    }
  }
  return undefined;
}

/**
 * Builds into `folder`, which gets `bin` and `config`. Go's own caches make an interrupted build go on where it was.
 *
 * @throws NetworkFailure when a module cannot be had or the build fails
 */
export async function buildFabric(folder: string, progress: (what: string) => void): Promise<void> {
  try {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    for (const module of [fabricCa, fabric]) await build(module, bin, progress);
    const source = (await go(fabric, ['list', '-m', '-f', '{{.Dir}}', fabric.path])).trim();
    await mkdir(join(folder, 'config'), { recursive: true });
    for (const sample of fabricSamples) {
      const copy = join(folder, 'config', sample);
      await copyFile(join(source, 'sampleconfig', sample), copy);
      await chmod(copy, 0o644);
    }
  } catch (cause) {
    throw new NetworkFailure(`Fabric's binaries could not be built: ${messageOf(cause)}`, undefined, { cause });
  }
}

/** Builds the module's programs into the folder `bin`. @throws NetworkFailure */
export async function build(module: GoModule, bin: string, progress: (what: string) => void): Promise<void> {
  const named = module.version === undefined ? '' : ` -X ${module.version}`;
  let modules = 0;
  let packages = 0;
  progress('modules');
  await go(module, ['mod', 'download', '-x'], (line) => {
    if (/\.zip: 200/.test(line)) progress(`${(modules += 1)} modules`);
  });
  progress('compiling');
  await go(module, ['build', '-v', '-trimpath', '-ldflags', `-s -w${named}`, '-o', `${bin}/`, 'tool'], () =>
    progress(`compiled ${(packages += 1)} packages`),
  );
}

function go(
  { folder, isPureGo }: GoModule,
  parameters: readonly string[],
  onLine?: (line: string) => void,
): Promise<string> {
  return run('go', parameters, {
    folder,
    environment: { CGO_ENABLED: isPureGo === true ? '0' : '1', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'auto' },
    milliseconds: buildMinutes * 60_000,
    ...(onLine === undefined ? {} : { onLine }),
  });
}
