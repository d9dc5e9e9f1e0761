/** Which packages of the lockfile a workspace needs to run. */
export interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packages by their folder, as `package-lock.json` (version 3) has them. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * @param packages of the lockfile
 * @param workspace folder of the workspace: `gateway-api`
 * @returns folders of the workspace and of all packages it reaches, links to other workspaces included, sorted
 * @throws Error when the lockfile has no such workspace or misses a dependency
 */
export function productionTree(packages: LockedPackages, workspace: string): readonly string[] {
  const reached = new Set<string>();
  const waiting = [workspace];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (reached.has(folder)) continue;
    reached.add(folder);
    const locked = packages[folder];
    if (locked === undefined) throw new Error(`the lockfile has no ${folder}`);
    if (locked.link === true && locked.resolved !== undefined) waiting.push(locked.resolved);
    for (const name of Object.keys(locked.dependencies ?? {})) {
      const found = resolve(packages, folder, name);
      if (found === undefined) throw new Error(`the lockfile has no ${name} for ${folder}`);
      waiting.push(found);
    }
    for (const name of Object.keys({ ...locked.optionalDependencies, ...locked.peerDependencies })) {
      const found = resolve(packages, folder, name);
      if (found !== undefined) waiting.push(found);
    }
  }
  return [...reached].sort();
}

/** Node's own search: beside the package, then in each folder above. */
function resolve(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (!folder.endsWith('node_modules') && candidate in packages) return candidate;
    if (folder === '') return undefined;
  }
}
