/** A gateway with another text in its built program: how tests let a day pass in seconds. */

export interface TextChange {
  /** Of what is built, from its `dist`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * @returns environment for a gateway: its process changes these texts as it loads them, and ends at once where a text is
 * not there
 */
export function changedGateway(changes: readonly TextChange[]): Readonly<Record<string, string>> {
  const source = `
    import { registerHooks } from 'node:module';
    const changes = ${JSON.stringify(changes)};
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        const own = changes.filter(({ file }) => url.endsWith('/gateway-api/dist/' + file));
        if (own.length === 0) return loaded;
        let text = String(loaded.source);
        for (const { file, from, to } of own) {
          if (!text.includes(from)) throw new Error('nothing to change in ' + file);
          text = text.replace(from, to);
        }
        return { ...loaded, source: text };
      },
    });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}
