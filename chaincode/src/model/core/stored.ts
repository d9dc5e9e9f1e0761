/** What every stored value has. The type name lets the read model project from write sets alone (keys may be HMACs). */
export interface Stored {
  /** Type name. */
  readonly t: string;
  /** Schema version of the type; older ones are raised by upcasters when read. */
  readonly v: number;
  /** Private values only: 128 bits, base64url, so that the value's hash in the block tells nothing. */
  readonly salt?: string;
}

/** Raises a value of version `v` to version `v + 1`. */
export type Upcaster = (value: Record<string, unknown>) => Record<string, unknown>;

/**
 * A stored type: its name, current version, and one upcaster per older version, `upcasters[0]` raising 1 to 2.
 * `Fields` are the domain fields, without {@link Stored}'s.
 */
export interface StoredType<Fields extends object> {
  readonly name: string;
  readonly version: number;
  readonly upcasters: readonly Upcaster[];
  /** Only for the type checker: carries Fields. */
  readonly _fields?: Fields;
}

/** Declares a stored type at its current version; `upcasters.length + 1` is that version. */
export function storedType<Fields extends object>(name: string, ...upcasters: Upcaster[]): StoredType<Fields> {
  return { name, version: upcasters.length + 1, upcasters };
}

/**
 * Raises a stored value to the type's current version.
 *
 * @throws RangeError when the value is of another type or of a version newer than this code knows
 */
export function upcast<Fields extends object>(type: StoredType<Fields>, value: Stored): Fields & Stored {
  if (value.t !== type.name) throw new RangeError(`expected ${type.name}, found ${value.t}`);
  if (value.v > type.version) throw new RangeError(`${value.t} has version ${value.v}, newer than ${type.version}`);
  let raised: Record<string, unknown> = { ...value };
  for (let version = value.v; version < type.version; version += 1) {
    raised = { ...type.upcasters[version - 1]!(raised), v: version + 1 };
  }
  return raised as Fields & Stored;
}
