/** The direction of imports, as rules of dependency-cruiser: `test/src/boundaries` holds each against a tree that breaks it. */
const testCode = '[.](test|fixture)[.]ts$';
const workspaces = (...names) => `^(${names.join('|')})/`;
const chaincodeExcept = (...parts) => `^chaincode/(src|dist)/(?!(${parts.join('|')}))`;
const fabric = '(^|node_modules/)(fabric-|@hyperledger/)';

const rules = [
  {
    name: 'no-circular',
    comment: 'What imports itself in a ring cannot be understood, loaded or replaced in parts.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'resolvable',
    comment: 'An import that resolves to nothing escapes every other rule here.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'portal-to-client-and-model',
    comment: 'The portal is a client like any other.',
    from: { path: '^portal/' },
    to: { path: [workspaces('gateway-api', 'network', 'test'), chaincodeExcept('model/')] },
  },
  {
    name: 'client-to-model',
    comment: 'What runs on the holder’s side knows the vocabulary and nothing that a member runs.',
    from: { path: '^client/', pathNot: testCode },
    to: { path: [workspaces('portal', 'gateway-api', 'network', 'test'), chaincodeExcept('model/')] },
  },
  {
    name: 'client-runs-in-browsers',
    comment: 'Only client/src/node and client/src/proof may use what browsers lack.',
    from: { path: '^client/src/', pathNot: ['^client/src/(node|proof)/', testCode] },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'gateway-to-client-model-rules',
    comment: 'The gateway re-runs the pure rules, and reaches the ledger through Fabric only.',
    from: { path: '^gateway-api/', pathNot: testCode },
    to: { path: [workspaces('portal', 'network', 'test'), chaincodeExcept('model/', 'rules/')] },
  },
  {
    name: 'network-to-model-and-digest',
    comment: 'The network derives collections and policies from the model and binds packages to the digest.',
    from: { path: '^network/', pathNot: testCode },
    to: { path: [workspaces('portal', 'client', 'gateway-api', 'test'), chaincodeExcept('model/', 'digest[.]')] },
  },
  {
    name: 'nobody-to-gateway',
    comment: 'The gateway is the outermost ring.',
    from: { pathNot: workspaces('gateway-api', 'test') },
    to: { path: '^gateway-api/' },
  },
  {
    name: 'nobody-to-test',
    comment: 'The system is the same with and without its tests.',
    from: { pathNot: '^test/' },
    to: { path: '^test/' },
  },
  {
    name: 'chaincode-alone',
    comment: 'The chaincode imports no other workspace.',
    from: { path: '^chaincode/' },
    to: { path: workspaces('portal', 'client', 'gateway-api', 'network', 'test') },
  },
  {
    name: 'model-pure',
    comment: 'The vocabulary is imported by browsers and peers alike.',
    from: { path: '^chaincode/src/model/', pathNot: testCode },
    to: {
      pathNot: [
        '^chaincode/src/model/',
        'node_modules/(class-transformer|class-validator|class-validator-jsonschema|ajv|reflect-metadata)/',
      ],
    },
  },
  {
    name: 'rules-pure',
    comment:
      'A decision depends on its arguments only; node:crypto is there for hashing (purity.test.ts checks what of it).',
    from: { path: '^chaincode/src/rules/', pathNot: testCode },
    to: { pathNot: ['^chaincode/src/(rules|model)/', '^(node:)?crypto$'] },
  },
  {
    name: 'only-ledger-touches-fabric',
    comment: 'One folder knows the stub; the entry points hand it over.',
    from: {
      path: '^chaincode/src/',
      pathNot: ['^chaincode/src/(ledger/|chaincode[.]ts|contract[.]ts|server[.]ts)', testCode],
    },
    to: { path: [fabric, '^chaincode/src/ledger/shimStub[.]ts'] },
  },
  {
    name: 'ledger-knows-no-contract',
    comment: 'The unit of work serves any contract.',
    from: { path: '^chaincode/src/ledger/', pathNot: testCode },
    to: { path: '^chaincode/src/(registry|care|supply|contracts[.]ts)' },
  },
  {
    name: 'no-test-code-in-sources',
    comment: 'What ships does not lean on fixtures.',
    from: { path: '^[^/]+/src/', pathNot: ['^test/', testCode] },
    to: { path: testCode },
  },
];

export default {
  forbidden: rules.map(({ name, comment, from, to }) => ({ name, comment, severity: 'error', from, to })),
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)(dist|[.]data)/', '[.]d[.]ts$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
