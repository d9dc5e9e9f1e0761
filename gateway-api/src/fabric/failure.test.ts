import { describe, expect, it } from '@jest/globals';
import { Metadata, status as grpc, type ServiceError } from '@grpc/grpc-js';
import { CommitError, CommitStatusError, EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { failureOf, problemOfFailure, type Failure } from './failure.ts';

function cause(code: grpc, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

function endorseError(code: grpc, details: string, peers: [mspId: string, message: string][] = []): EndorseError {
  return new EndorseError({
    code,
    transactionId: 't',
    cause: cause(code, details),
    details: peers.map(([mspId, message]) => ({ mspId, message, address: '' })),
  });
}

const aborted = 'failed to endorse transaction, see attached details for more info';
const refused = 'chaincode response 404, {"code":"record_not_found","pointer":"/recordId"}';

const table: readonly [name: string, error: unknown, expected: Partial<Failure>, httpStatus: number][] = [
  [
    'a refusal of the chaincode',
    endorseError(grpc.ABORTED, aborted, [['HospitalMSP', refused]]),
    { kind: 'refused' },
    404,
  ],
  [
    'a refusal of a query',
    new GatewayError({
      code: grpc.UNKNOWN,
      details: [],
      cause: cause(grpc.UNKNOWN, `evaluate call to endorser returned error: ${refused}`),
    }),
    { kind: 'refused' },
    404,
  ],
  [
    'a chaincode that failed',
    endorseError(grpc.ABORTED, aborted, [['HospitalMSP', 'chaincode response 500, the chaincode failed']]),
    { kind: 'chaincode' },
    500,
  ],
  [
    'a member without answer',
    endorseError(grpc.ABORTED, aborted, [['RegulatorMSP', 'rpc error: code = Unavailable desc = connection refused']]),
    { kind: 'unavailable', members: ['RegulatorMSP'] },
    503,
  ],
  [
    'a member that discovery does not know',
    endorseError(grpc.UNAVAILABLE, 'failed to find any endorsing peers for org(s): RegulatorMSP'),
    { kind: 'unavailable', members: ['RegulatorMSP'] },
    503,
  ],
  [
    'the own peer without answer',
    endorseError(grpc.UNAVAILABLE, 'No connection established'),
    { kind: 'unavailable', members: [] },
    503,
  ],
  [
    'a member whose peer has just died and should have kept private data',
    endorseError(grpc.ABORTED, aborted, [
      [
        'RegulatorMSP',
        'error in simulation: failed to distribute private collection, txID t, channel consortium: Failed disseminating 1 out of 1 private dissemination plans',
      ],
    ]),
    { kind: 'undelivered' },
    503,
  ],
  [
    'endorsers that disagree',
    endorseError(grpc.ABORTED, 'ProposalResponsePayloads do not match'),
    { kind: 'conflict' },
    409,
  ],
  [
    'a lost commit status',
    new CommitStatusError({
      code: grpc.DEADLINE_EXCEEDED,
      transactionId: 't',
      details: [],
      cause: cause(grpc.DEADLINE_EXCEEDED, ''),
    }),
    { kind: 'unknown' },
    504,
  ],
  [
    'an MVCC conflict',
    new CommitError({ code: StatusCode.MVCC_READ_CONFLICT, transactionId: 't' }),
    { kind: 'conflict' },
    409,
  ],
  ['a bad transaction', new CommitError({ code: StatusCode.BAD_RWSET, transactionId: 't' }), { kind: 'invalid' }, 502],
];

describe('errors of the ledger', () => {
  it.each(table)('%s', (_name, error, expected, httpStatus) => {
    const failure = failureOf(error);
    expect(failure).toMatchObject(expected);
    expect(problemOfFailure(failure!).status).toBe(httpStatus);
  });

  it('keep the code, pointer and status of a refusal', () => {
    const failure = failureOf(endorseError(grpc.ABORTED, aborted, [['HospitalMSP', refused]]));
    expect(failure).toMatchObject({ refusal: { code: 'record_not_found', pointer: '/recordId', status: 404 } });
  });

  it('are nothing but the ledger’s: a defect of ours is not mapped', () => {
    expect(failureOf(new TypeError('x'))).toBeUndefined();
  });
});
