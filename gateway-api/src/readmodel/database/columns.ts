import type { ColumnType } from 'kysely';

/** `timestamptz(3)`: written as RFC 3339, read as Date (milliseconds, so nothing is lost). */
export type Instant = ColumnType<Date, string, string>;

/** `jsonb`: written as JSON text or, by the projection, as plain data. */
export type Json<T> = ColumnType<T, unknown, unknown>;

/** A generated column: never written. */
export type Computed<T> = ColumnType<T, never, never>;
