/** Fabric's own sample configuration with our values laid over it. */
type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns `base` with every leaf of `over` in its place; lists and scalars replace, maps merge */
export function overlay(base: Tree, over: Tree): Tree {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isTree(below) && isTree(value) ? overlay(below, value) : value;
  }
  return result;
}
