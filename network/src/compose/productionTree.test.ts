import { describe, expect, test } from '@jest/globals';
import { productionTree, type LockedPackages } from './productionTree.ts';

const packages: LockedPackages = {
  '': {},
  gateway: { dependencies: { '@own/client': '1', express: '5' } },
  client: { dependencies: { ajv: '8' } },
  other: { dependencies: { typescript: '7' } },
  'node_modules/@own/client': { resolved: 'client', link: true },
  'client/node_modules/ajv': {},
  'node_modules/ajv': { dependencies: { 'fast-uri': '1' } },
  'node_modules/express': { dependencies: { '@scope/body': '1' }, optionalDependencies: { absent: '1' } },
  'node_modules/@scope/body': { dependencies: { ajv: '6' } },
  'node_modules/fast-uri': {},
  'node_modules/typescript': {},
};

describe('the packages a workspace needs to run', () => {
  test('are those it reaches, each the copy that Node would find from where it is asked for', () => {
    expect(productionTree(packages, 'gateway')).toEqual([
      'client',
      'client/node_modules/ajv',
      'gateway',
      'node_modules/@own/client',
      'node_modules/@scope/body',
      'node_modules/ajv',
      'node_modules/express',
      'node_modules/fast-uri',
    ]);
  });

  test('are refused when the lockfile misses one', () => {
    expect(() => productionTree({ ...packages, gateway: { dependencies: { gone: '1' } } }, 'gateway')).toThrow(
      'no gone for gateway',
    );
    expect(() => productionTree(packages, 'portal')).toThrow('no portal');
  });
});
