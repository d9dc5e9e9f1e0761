import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { figureNames } from './figures.ts';
import { Metrics } from './metrics.ts';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

test('every alarm watches metrics that the gateway has', async () => {
  const file = new URL('../../../docs/monitoring/alerts.yaml', import.meta.url);
  const { groups } = parse(await readFile(file, 'utf8')) as Rules;
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(5);
  const own = new Metrics().registry.getMetricsAsArray().map(({ name }) => name);
  const lag = ['gateway_readmodel_lag_blocks', 'gateway_readmodel_pending_private_writes'];
  const known = new Set([...figureNames, ...lag, ...own, ...own.map((name) => `${name}_total`)]);
  for (const { alert, expr } of rules) {
    const named = expr.match(/\b(?:gateway|care|supply|ledger)_\w+/g) ?? [];
    expect([alert, named.length > 0, named.filter((name) => !known.has(name))]).toEqual([alert, true, []]);
  }
});
