/** The store is full, gone or too slow: the operator's to mend, then the same request succeeds. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
