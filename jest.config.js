/** One project a kind of test: `unit` lies beside the source, the others under test/ and need a running network. */
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/patience.mjs'],
  modulePathIgnorePatterns: ['/dist/', '/network/.data/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2023',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

const project = (displayName, testMatch) => ({ ...shared, displayName, testMatch });

export default {
  testSequencer: './test/sequencer.mjs',
  projects: [
    project('unit', [
      '<rootDir>/{chaincode,client,gateway-api,network}/src/**/*.test.ts',
      '<rootDir>/test/src/{runner,bench}/**/*.test.ts',
    ]),
    project('conformance', ['<rootDir>/test/src/conformance/**/*.test.ts']),
    project('boundaries', ['<rootDir>/test/src/boundaries/**/*.test.ts']),
    project('e2e', ['<rootDir>/test/src/e2e/**/*.test.ts']),
    project('faults', ['<rootDir>/test/src/faults/**/*.test.ts']),
    project('ipfs', ['<rootDir>/test/src/ipfs/**/*.test.ts']),
    project('attacks', ['<rootDir>/test/src/attacks/**/*.test.ts']),
  ],
};
