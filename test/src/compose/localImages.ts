/**
 * Images under the official names, built from this machine's own binaries where no registry is reached: the program, the
 * shell tools that the official images have, and the libraries they are linked with.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { nodeImage, officialImages } from '@chain-of-care/network';
import { command } from './command.ts';

interface LocalImage {
  readonly name: string;
  /** Paths on this machine. */
  readonly programs: readonly string[];
  readonly start: readonly string[];
}

/** Marks what this file has built, which is built again each time. */
const label = 'chain-of-care.local';

const shellTools = ['bash', 'sh', 'awk', 'cat', 'cp', 'env', 'grep', 'ls', 'mkdir', 'rm', 'sed', 'sleep'];

/**
 * Builds what no registry has brought.
 *
 * @param binaries folder of the Fabric binaries
 * @returns names of the images that were built here
 */
export async function buildLocalImages(binaries: string): Promise<readonly string[]> {
  const fabric = (name: string): string => join(binaries, name);
  const images: readonly LocalImage[] = [
    { name: officialImages.peer, programs: [fabric('peer')], start: ['peer', 'node', 'start'] },
    { name: officialImages.orderer, programs: [fabric('orderer')], start: ['orderer', 'start'] },
    {
      name: officialImages.ca,
      programs: [fabric('fabric-ca-server'), fabric('fabric-ca-client')],
      start: ['fabric-ca-server', 'start'],
    },
    { name: nodeImage, programs: [process.execPath], start: ['node'] },
  ];
  const built: string[] = [];
  for (const image of images) {
    if (await isOfRegistry(image.name)) continue;
    await build(image);
    built.push(image.name);
  }
  return built;
}

async function isOfRegistry(name: string): Promise<boolean> {
  const labels = await command('docker', ['image', 'inspect', '--format', '{{json .Config.Labels}}', name]).catch(
    () => undefined,
  );
  return labels !== undefined && !labels.includes(label);
}

async function build({ name, programs, start }: LocalImage): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'chain-of-care-image-'));
  try {
    for (const folder of ['usr/bin', 'usr/local/bin', 'usr/lib', 'usr/lib64', 'etc', 'tmp', 'var']) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const folder of ['bin', 'lib', 'lib64']) await symlink(`usr/${folder}`, join(root, folder));
    await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
    await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
    const tools = (await command('which', shellTools)).trim().split('\n');
    for (const tool of tools) await copyProgram(tool, root, 'usr/bin');
    for (const program of programs) await copyProgram(program, root, 'usr/local/bin');
    await importImage(root, name, start);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function copyProgram(program: string, root: string, folder: string): Promise<void> {
  await cp(await realpath(program), join(root, folder, basename(program)));
  const libraries = await command('ldd', [program]).catch(() => '');
  for (const [library] of libraries.matchAll(/\/\S+\.so\S*/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await cp(await realpath(library), join(root, library));
  }
}

async function importImage(root: string, name: string, start: readonly string[]): Promise<void> {
  const tar = spawn('tar', ['-C', root, '--owner=0', '--group=0', '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const changes = [
    `CMD ${JSON.stringify(start)}`,
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `LABEL ${label}=true`,
  ];
  const parameters = changes.flatMap((change) => ['--change', change]);
  await command('docker', ['import', ...parameters, '-', name], { input: tar.stdout });
}
