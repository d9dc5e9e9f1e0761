/** A figure against its target. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly target: string;
  readonly reached: boolean;
}
