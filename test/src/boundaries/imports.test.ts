import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import dependencyCruiser from '../../../.dependency-cruiser.mjs';
import { cruise, projectRoot, tree } from './cruise.fixture.ts';

const nothing = 'export {};\n';
const model = { 'chaincode/src/model/index.ts': nothing };

/** For each rule the smallest trees that break it. */
const broken: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'no-circular': [
    { 'client/src/a.ts': "export * from './b.ts';", 'client/src/b.ts': "export * from './a.ts';" },
    {
      'client/src/a.ts': "import type { B } from './b.ts'; export type A = B;",
      'client/src/b.ts': "import type { A } from './a.ts'; export type B = A;",
    },
  ],
  resolvable: [{ 'client/src/a.ts': "export * from './absent.ts';" }],
  'portal-to-client-and-model': [
    { 'portal/src/a.ts': "import '../../gateway-api/src/b.ts';", 'gateway-api/src/b.ts': nothing },
    { 'portal/src/a.ts': "import '../../chaincode/src/rules/b.ts';", 'chaincode/src/rules/b.ts': nothing },
  ],
  'client-to-model': [
    { 'client/src/a.ts': "import '@chain-of-care/chaincode/rules';", 'chaincode/src/rules/index.ts': nothing },
    { 'client/src/a.ts': "import '../../network/src/b.ts';", 'network/src/b.ts': nothing },
  ],
  'client-runs-in-browsers': [
    { 'client/src/a.ts': "import { readFile } from 'node:fs/promises'; export { readFile };" },
  ],
  'gateway-to-client-model-rules': [
    { 'gateway-api/src/a.ts': "import '../../chaincode/src/ledger/b.ts';", 'chaincode/src/ledger/b.ts': nothing },
    {
      'gateway-api/src/a.ts': "import type { B } from '@chain-of-care/network'; export type A = B;",
      'network/src/index.ts': 'export type B = 1;',
    },
  ],
  'network-to-model-and-digest': [
    { 'network/src/a.ts': "import '@chain-of-care/chaincode/rules';", 'chaincode/src/rules/index.ts': nothing },
    { 'network/src/a.ts': "import '@chain-of-care/client';", 'client/src/index.ts': nothing },
  ],
  'nobody-to-gateway': [
    { 'network/src/a.ts': "import '@chain-of-care/gateway-api';", 'gateway-api/src/index.ts': nothing },
    { 'client/src/a.ts': "import '../../gateway-api/src/b.ts';", 'gateway-api/src/b.ts': nothing },
  ],
  'nobody-to-test': [{ 'network/src/a.ts': "import '../../test/src/b.ts';", 'test/src/b.ts': nothing }],
  'chaincode-alone': [{ 'chaincode/src/a.ts': "import '@chain-of-care/client';", 'client/src/index.ts': nothing }],
  'model-pure': [
    { 'chaincode/src/model/a.ts': "import type { ChaincodeStub } from 'fabric-shim'; export type S = ChaincodeStub;" },
    { 'chaincode/src/model/a.ts': "import { createHash } from 'node:crypto'; export { createHash };" },
    { 'chaincode/src/model/a.ts': "export * from '../rules/b.ts';", 'chaincode/src/rules/b.ts': nothing },
  ],
  'rules-pure': [
    { 'chaincode/src/rules/a.ts': "import { readFileSync } from 'node:fs'; export { readFileSync };" },
    { 'chaincode/src/rules/a.ts': "export * from '../ledger/b.ts';", 'chaincode/src/ledger/b.ts': nothing },
  ],
  'only-ledger-touches-fabric': [
    { 'chaincode/src/care/a.ts': "import type { ChaincodeStub } from 'fabric-shim'; export type S = ChaincodeStub;" },
    {
      'chaincode/src/care/a.ts': "export * from '../ledger/shimStub.ts';",
      'chaincode/src/ledger/shimStub.ts': nothing,
    },
  ],
  'ledger-knows-no-contract': [
    { 'chaincode/src/ledger/a.ts': "export * from '../care/b.ts';", 'chaincode/src/care/b.ts': nothing },
  ],
  'no-test-code-in-sources': [
    { 'client/src/a.ts': "export * from './b.fixture.ts';", 'client/src/b.fixture.ts': nothing },
  ],
};

/** Imports that the design allows. */
const allowed: Readonly<Record<string, string>> = {
  ...model,
  'chaincode/src/rules/index.ts':
    "import '../model/index.ts'; import { createHash } from 'node:crypto'; export { createHash };",
  'chaincode/src/digest.ts': "import 'node:fs';",
  'chaincode/src/ledger/a.ts': "import 'fabric-shim'; import '../model/index.ts';",
  'client/src/index.ts': "import '@chain-of-care/chaincode/model';",
  'client/src/node/index.ts': "import 'node:crypto';",
  'portal/src/a.ts': "import '@chain-of-care/client'; import '@chain-of-care/chaincode/model';",
  'gateway-api/src/index.ts':
    "import '@chain-of-care/client'; import '@chain-of-care/chaincode/model'; import '@chain-of-care/chaincode/rules'; import '@hyperledger/fabric-gateway';",
  'network/src/index.ts': "import '@chain-of-care/chaincode/model'; import '@chain-of-care/chaincode/digest';",
  'test/src/a.ts':
    "import '@chain-of-care/gateway-api'; import '@chain-of-care/network'; import '@chain-of-care/client';",
};

describe('the direction of imports', () => {
  const trees: string[] = [];
  const violated = async (files: Readonly<Record<string, string>>) => {
    const root = await tree(files);
    trees.push(root);
    return (await cruise(root)).violations;
  };
  afterAll(() => Promise.all(trees.map((root) => rm(root, { recursive: true }))));

  test('holds in the whole project', async () => {
    const { modules, violations } = await cruise(projectRoot);
    expect(modules).toBeGreaterThan(50);
    expect(violations).toEqual([]);
  });

  test('allows what the design allows', async () => {
    expect(await violated(allowed)).toEqual([]);
  });

  test('has a broken tree for every rule', () => {
    expect(Object.keys(broken).sort()).toEqual(dependencyCruiser.forbidden.map(({ name }) => name).sort());
  });

  test.each(Object.entries(broken).flatMap(([rule, cases]) => cases.map((files, index) => ({ rule, index, files }))))(
    'is broken in the sense of $rule ($index)',
    async ({ rule, files }) => {
      expect((await violated(files)).map((violation) => violation.rule)).toContain(rule);
    },
  );
});
