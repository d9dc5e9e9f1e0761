/** What a command does when nobody reads its output any more, as in `npm run demo | head`. */

/**
 * Whoever read the standard output may leave: the work goes on unheard, and its exit status stays true.
 *
 * @returns a signal that is aborted when the reader has left, for what only shows something
 */
export function outliveReader(): AbortSignal {
  const left = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    left.abort();
  });
  return left.signal;
}
