/** Every environment variable of a gateway: one table for reading, checking, `--help` and the documentation. */
import { formats } from '@chain-of-care/chaincode/model';
import { key32 } from '../keystore/masterKey.ts';

export interface Variable<Value> {
  readonly name: string;
  readonly describes: string;
  readonly fallback?: string;
  readonly required?: true;
  /** @throws Error saying what is wrong, without repeating the value of a secret */
  readonly parse: (text: string) => Value;
}

const text = (value: string): string => value;

function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new Error(`must be a whole number from ${min} to ${max}`);
    return number;
  };
}

function webAddress(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error('must be an http or https address');
  return value.replace(/\/+$/, '');
}

function databaseAddress(value: string): string {
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error('must be a postgres:// address');
  return value;
}

function mailServer(value: string): string {
  if (!/^smtps?:\/\/.+/.test(value)) throw new Error('must be an smtp:// or smtps:// address');
  return value;
}

function oneOf<const Choice extends string>(...choices: Choice[]): (value: string) => Choice {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

function sealingKey(value: string): Uint8Array {
  const bytes = key32(value);
  if (bytes === undefined) throw new Error('must be 32 bytes in hex or base64');
  return bytes;
}

function originList(value: string): readonly string[] {
  const origins = value.split(',').map((origin) => origin.trim());
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error('must be origins such as https://portal.example, separated by commas');
  return origins;
}

function secretToken(value: string): string {
  if (!/^[A-Za-z0-9\-._~+/]{32,}=*$/.test(value))
    throw new Error('must be a bearer token (RFC 6750) of at least 32 characters');
  return value;
}

/** `free=10,premium=0`: verifications a month by plan, 0 for no limit. */
function plans(value: string): Readonly<Record<string, number>> {
  const parts = value.split(',').map((part) => /^([a-z][a-z0-9-]*)=(\d{1,9})$/.exec(part.trim()));
  if (parts.some((part) => part === null)) throw new Error('must be plans such as free=10,premium=0');
  return Object.fromEntries(parts.map((part) => [part![1]!, Number(part![2])]));
}

function gln(value: string): string {
  if (!formats.gln(value)) throw new Error('must be a GLN: 13 digits with a right check digit');
  return value;
}

const yesOrNo = (value: string): boolean => oneOf('yes', 'no')(value) === 'yes';

export const variables = {
  nodeEnv: {
    name: 'NODE_ENV',
    describes: '`production` refuses the embedded development issuer',
    fallback: 'development',
    parse: oneOf('development', 'test', 'production'),
  },
  connectionProfile: {
    name: 'CONNECTION_PROFILE',
    describes: 'path of the connection profile that the network wrote for this organisation',
    required: true,
    parse: text,
  },
  dataDirectory: {
    name: 'DATA_DIR',
    describes: 'folder of the read model, key store and ciphertext',
    required: true,
    parse: text,
  },
  host: { name: 'HOST', describes: 'address to listen on', fallback: '127.0.0.1', parse: text },
  port: { name: 'PORT', describes: 'port of the API', fallback: '8081', parse: wholeNumber(0, 65_535) },
  internalPort: {
    name: 'INTERNAL_PORT',
    describes: 'port between gateways (mutual TLS); without it there is none',
    parse: wholeNumber(0, 65_535),
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    describes: 'address under which clients reach this gateway; the audience of its access tokens',
    required: true,
    parse: webAddress,
  },
  tlsCertificate: {
    name: 'TLS_CERT',
    describes: 'path of a certificate (PEM) to serve HTTPS; without it plain HTTP, for loopback or behind a proxy',
    parse: text,
  },
  tlsKey: { name: 'TLS_KEY', describes: 'path of the private key of TLS_CERT', parse: text },
  oidcIssuer: {
    name: 'OIDC_ISSUER',
    describes: 'issuer of access tokens; without it the embedded development issuer at PUBLIC_URL/oidc',
    parse: webAddress,
  },
  oidcAudience: {
    name: 'OIDC_AUDIENCE',
    describes: 'audience that access tokens must name; PUBLIC_URL without it',
    parse: text,
  },
  developmentUsers: {
    name: 'DEV_USERS',
    describes: 'file of the users of the embedded development issuer, made by cli/users; in DATA_DIR without it',
    parse: text,
  },
  firstAdministrator: {
    name: 'FIRST_ADMINISTRATOR',
    describes: '`sub` of the person whom the MSP administrator registers first; `admin` with the embedded issuer',
    parse: text,
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    describes: 'PostgreSQL of the read model; without it PGlite in DATA_DIR/readmodel',
    parse: databaseAddress,
  },
  keystoreKey: {
    name: 'KEYSTORE_KEY',
    describes: 'key that seals the custodial key store: 32 bytes in hex or base64',
    parse: sealingKey,
  },
  keystoreKeyFile: {
    name: 'KEYSTORE_KEY_FILE',
    describes: 'file that holds that key instead, 0600; made when it does not exist (default DATA_DIR/keystore.key)',
    parse: text,
  },
  metricsToken: {
    name: 'METRICS_TOKEN',
    describes:
      'bearer token of whoever reads /metrics; without it they are for this machine only, and for nobody in production',
    parse: secretToken,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    describes: 'trace, debug, info, warn, error, fatal or silent',
    fallback: 'info',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  },
  coalesceWindowMs: {
    name: 'COALESCE_WINDOW_MS',
    describes: 'how long a busy lane gathers acts before the next transaction',
    fallback: '4',
    parse: wholeNumber(0, 1000),
  },
  maxBatchCommands: {
    name: 'MAX_BATCH_COMMANDS',
    describes: 'acts in one transaction at the most',
    fallback: '100',
    parse: wholeNumber(1, 500),
  },
  maxTransactionsInFlight: {
    name: 'MAX_TRANSACTIONS_IN_FLIGHT',
    describes: 'transactions of one lane under way at the same time',
    fallback: '4',
    parse: wholeNumber(1, 64),
  },
  maxQueuedActs: {
    name: 'MAX_QUEUED_ACTS',
    describes: 'acts waiting in the submit pipeline; more are answered 503',
    fallback: '20000',
    parse: wholeNumber(1, 1_000_000),
  },
  queuedOperationsPerCaller: {
    name: 'QUEUED_OPERATIONS_PER_CALLER',
    describes: 'requests with `Prefer: respond-async` that one caller may have waiting; more are answered 429',
    fallback: '100',
    parse: wholeNumber(1, 5_000),
  },
  queuedOperationMinutes: {
    name: 'QUEUED_OPERATION_MINUTES',
    describes: 'how long such a request is tried before it fails',
    fallback: '1440',
    parse: wholeNumber(1, 10_080),
  },
  endorseTimeoutMs: {
    name: 'ENDORSE_TIMEOUT_MS',
    describes: 'longest wait for endorsements',
    fallback: '15000',
    parse: wholeNumber(100, 120_000),
  },
  commitTimeoutMs: {
    name: 'COMMIT_TIMEOUT_MS',
    describes: 'longest wait for a commit status',
    fallback: '30000',
    parse: wholeNumber(100, 300_000),
  },
  maxBodyBytes: {
    name: 'MAX_BODY_BYTES',
    describes: 'largest JSON body where a resource names no other limit',
    fallback: '1048576',
    parse: wholeNumber(1024, 1_073_741_824),
  },
  rateLimitPerMinute: {
    name: 'RATE_LIMIT_PER_MINUTE',
    describes: 'requests a minute and caller; 0 for no limit',
    fallback: '60000',
    parse: wholeNumber(0, 10_000_000),
  },
  publicRateLimitPerMinute: {
    name: 'PUBLIC_RATE_LIMIT_PER_MINUTE',
    describes: 'requests a minute and address without a token; 0 for no limit',
    fallback: '6000',
    parse: wholeNumber(0, 10_000_000),
  },
  publicVerifications: {
    name: 'PUBLIC_VERIFICATIONS',
    describes: 'verifications in 15 minutes and address without a token; 0 for no limit',
    fallback: '300',
    parse: wholeNumber(0, 10_000_000),
  },
  verificationPlans: {
    name: 'VERIFICATION_PLANS',
    describes:
      'verifications a month by plan of an account, 0 for no limit; patients have `free` at first, staff `enterprise`',
    fallback: 'free=10,premium=0,premium-plus=0,enterprise=0',
    parse: plans,
  },
  verificationGuesses: {
    name: 'VERIFICATION_GUESSES',
    describes:
      'failed verifications of a product in ten minutes, by one organisation or the public, that raise an alert',
    fallback: '20',
    parse: wholeNumber(1, 1_000_000),
  },
  verificationAnchorMinutes: {
    name: 'VERIFICATION_ANCHOR_MINUTES',
    describes: 'how often the root of the log of verifications goes onto the ledger',
    fallback: '60',
    parse: wholeNumber(1, 1440),
  },
  responderGln: {
    name: 'RESPONDER_GLN',
    describes: 'GLN named in answers of the verification service about products that nobody registered',
    parse: gln,
  },
  contentStore: {
    name: 'CONTENT_STORE',
    describes: 'RPC of the IPFS node (Kubo) that keeps ciphertext; without it a folder in DATA_DIR',
    parse: webAddress,
  },
  contentStoreToken: {
    name: 'CONTENT_STORE_TOKEN',
    describes: 'bearer token for CONTENT_STORE (`API.Authorizations` of the node)',
    parse: secretToken,
  },
  contentReplica: {
    name: 'CONTENT_REPLICA',
    describes: 'RPC of another IPFS node, with a copy of all ciphertext to heal from',
    parse: webAddress,
  },
  contentReplicaToken: {
    name: 'CONTENT_REPLICA_TOKEN',
    describes: 'bearer token for CONTENT_REPLICA',
    parse: secretToken,
  },
  contentReplicaDirectory: {
    name: 'CONTENT_REPLICA_DIR',
    describes: 'that copy as a folder instead, on another disk; without either there is none',
    parse: text,
  },
  contentTimeoutMs: {
    name: 'CONTENT_TIMEOUT_MS',
    describes: 'how long an IPFS node may do nothing before it counts as lost',
    fallback: '10000',
    parse: wholeNumber(100, 600_000),
  },
  integrityCheckMinutes: {
    name: 'INTEGRITY_CHECK_MINUTES',
    describes: 'how often every chart of this hospital is verified, content included; 0 for never',
    fallback: '1440',
    parse: wholeNumber(0, 525_600),
  },
  consentNoticeDays: {
    name: 'CONSENT_NOTICE_DAYS',
    describes:
      'how many days before a consent expires people are told, or the last quarter of its time if that is less; 0 for never',
    fallback: '7',
    parse: wholeNumber(0, 365),
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    describes: 'origins allowed to call from a browser, separated by commas; none without it',
    parse: originList,
  },
  trustProxy: {
    name: 'TRUST_PROXY',
    describes: 'yes when a proxy in front sets X-Forwarded-For',
    fallback: 'no',
    parse: yesOrNo,
  },
  smtpServer: {
    name: 'SMTP_URL',
    describes: 'mail server for notifications, smtp:// or smtps:// with user and password; without it no mail is sent',
    parse: mailServer,
  },
  mailFrom: { name: 'MAIL_FROM', describes: 'sender of notification mail; needed with SMTP_URL', parse: text },
  smsGateway: {
    name: 'SMS_GATEWAY_URL',
    describes: 'address that takes short messages by POST {to, text, reference}; without it none are sent',
    parse: webAddress,
  },
  smsGatewayToken: { name: 'SMS_GATEWAY_TOKEN', describes: 'bearer token for SMS_GATEWAY_URL', parse: text },
  webhookPrivateAddresses: {
    name: 'WEBHOOK_PRIVATE_ADDRESSES',
    describes: 'yes takes webhook addresses of the own network and plain HTTP, for development',
    fallback: 'no',
    parse: yesOrNo,
  },
  drainTimeoutMs: {
    name: 'DRAIN_TIMEOUT_MS',
    describes: 'longest wait for requests under way when the gateway stops',
    fallback: '20000',
    parse: wholeNumber(0, 600_000),
  },
} as const satisfies Record<string, Variable<unknown>>;
