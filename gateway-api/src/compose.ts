/** The composition root: builds every service once, wires them, and starts and stops the whole. */
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { Consortium } from '@chain-of-care/chaincode/model';
import { Origins } from './audit/origins.ts';
import { authenticator, callerFinder, holderFinder } from './auth/authenticate.ts';
import { openIssuers } from './auth/issuers.ts';
import { capabilityRoutes } from './capabilities.ts';
import type { Caller } from './auth/caller.ts';
import type { Config } from './config/config.ts';
import { discoveryRoutes, resourceMetadataUrl } from './discovery/routes.ts';
import { consentEndNotices } from './consents/endNotices.ts';
import { ConsentEndWatch } from './consents/endWatch.ts';
import { EpochWatch } from './consents/epochWatch.ts';
import { EpochsUnderWay } from './custody/epochsUnderWay.ts';
import { CaEnrolment } from './enrolment/enrolment.ts';
import { PeerChannelReader } from './fabric/channelReader.ts';
import { PeerConnections } from './fabric/connection.ts';
import { Endorsers } from './fabric/endorsers.ts';
import { Identities } from './fabric/identities.ts';
import { ledgerHeight } from './fabric/ledgerHeight.ts';
import { BlockListener } from './fabric/listen.ts';
import { Pipeline } from './fabric/pipeline.ts';
import { readProfile } from './fabric/readProfile.ts';
import { serviceIdentity } from './fabric/serviceIdentity.ts';
import { FabricTransactor } from './fabric/transactor.ts';
import { healthRoutes } from './health/routes.ts';
import { createApp } from './http/app.ts';
import { laterRequests } from './http/laterRequests.ts';
import { Problem } from './http/problem.ts';
import type { Route } from './http/route.ts';
import { FirstAnswers } from './idempotency/answers.ts';
import { reviewNotices } from './access-reviews/raise.ts';
import { AnswerTable } from './idempotency/answerTable.ts';
import { MutualTlsClient } from './internal/client.ts';
import { integrityNotices } from './integrity/notices.ts';
import { IntegritySchedule } from './integrity/schedule.ts';
import { InternalServer } from './internal/server.ts';
import { SealedKeyStore } from './keystore/keyStore.ts';
import { masterKeyFrom } from './keystore/masterKey.ts';
import type { Log } from './log.ts';
import { watchFigures } from './metrics/figures.ts';
import { Metrics } from './metrics/metrics.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { careNotices } from './notifications/careNotices.ts';
import { Notifications } from './notifications/notifications.ts';
import { docsRoutes } from './openapi/docsRoutes.ts';
import { openApiDocument } from './openapi/document.ts';
import { RunningOperations } from './operations/operations.ts';
import { OperationTable } from './operations/operationTable.ts';
import { queueLimits } from './operations/requestQueue.ts';
import { operationRoutes } from './operations/routes.ts';
import { SealedPeople, type People } from './people/people.ts';
import { Facts } from './readmodel/facts.ts';
import { ReadModel, WaitTimeout } from './readmodel/index.ts';
import { OpenBatches } from './records/openBatches.ts';
import { licenceNotices } from './registry/licenceNotices.ts';
import { bootstrapAdministrator } from './registry/firstAdministrator.ts';
import type { Services } from './services.ts';
import { firstAdministrator } from './seeding/seedFile.ts';
import { StandingRuleWatch } from './standing-rules/ruleWatch.ts';
import { supplyNotices } from './supply/alertNotices.ts';
import { regulatoryNotices } from './supply/regulatoryNotices.ts';
import { DemographicsVault } from './vault/demographics/index.ts';
import { openStore } from './vault/openStore.ts';

export interface Gateway {
  /** Address of the API. */
  readonly url: string;
  /** Stops taking requests, lets those under way end, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds and starts a gateway.
 *
 * @throws Error when its data or ports cannot be had; an absent peer is waited for instead
 */
export async function startGateway(config: Config, log: Log, clock: () => number = Date.now): Promise<Gateway> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  const inData = (...parts: string[]): string => join(config.dataDirectory, ...parts);
  const profile = readProfile(config.connectionProfile);
  const consortium = new Consortium(profile.members.map(({ mspId, role, name }) => ({ mspId, role, name })));
  const master = config.keystoreKey ?? (await masterKeyFrom(config.keystoreKeyFile ?? inData('keystore.key')));
  const keystore = new SealedKeyStore(inData('keys'), master);
  const metrics = new Metrics();

  const peers = new PeerConnections(profile, clock);
  const identities = new Identities(keystore);
  const endorsers = new Endorsers(consortium, profile.mspId, clock);
  const { channel, chaincode, mspId } = profile;
  const { endorseTimeoutMs, commitTimeoutMs } = config;
  const transactor = new FabricTransactor(
    peers,
    identities,
    { channel, chaincode, mspId, endorseTimeoutMs, commitTimeoutMs },
    metrics,
  );
  const readModel = await ReadModel.open({
    ...(config.databaseUrl === undefined ? { directory: inData('readmodel') } : { databaseUrl: config.databaseUrl }),
    consortium,
    mspId,
    chaincode,
    log,
  });
  const facts = new Facts(readModel);
  const pipeline = new Pipeline(transactor, endorsers, pipelineLimits(config), metrics, clock, ({ blockNumber }) =>
    readModel.acknowledge(blockNumber),
  );
  const service = await serviceIdentity(mspId, profile.service, keystore);
  readModel.start(new BlockListener(peers, identities, service, channel, log));

  const issuers = await openIssuers(config, mspId, keystore, clock, log);
  const people = withLogins(new SealedPeople(inData('people'), master), issuers.development?.users);
  const internalServer = new InternalServer(profile, log);
  const internalClient = new MutualTlsClient(profile);
  const enrolment = new CaEnrolment(profile, keystore);
  const operations = new RunningOperations(
    new OperationTable(readModel.db, keystore.derived('operations'), clock),
    {
      ...queueLimits,
      withinMs: config.queuedOperationMinutes * 60_000,
      perCaller: config.queuedOperationsPerCaller,
    },
    clock,
    log,
  );
  const answerTable = new AnswerTable(readModel.db, keystore.derived('kept answers'), clock, log);
  const answers = new FirstAnswers(keystore.derived('answers'), answerTable, clock);
  await answers.recover();
  const consentEnds = { mspId, clock, noticeDays: config.consentNoticeDays };
  const notifications = await Notifications.open({
    readModel,
    keystore,
    sources: [
      supplyNotices({ mspId, regulator: consortium.regulator }),
      regulatoryNotices({ mspId, regulator: consortium.regulator }),
      licenceNotices({ mspId, regulator: consortium.regulator }),
      careNotices(mspId),
      consentEndNotices(consentEnds),
      integrityNotices(mspId),
      reviewNotices(mspId),
    ],
    config,
    clock,
    log,
  });
  const services: Services = {
    config: { ...config, issuer: issuers.issuer },
    log,
    clock,
    profile,
    consortium,
    ledger: pipeline,
    readModel,
    channelReader: new PeerChannelReader(peers, identities, service, {
      channel,
      chaincode,
      consortium,
      mspId,
      timeoutMs: endorseTimeoutMs,
    }),
    store: await openStore(config, metrics, log),
    origins: new Origins(readModel.db, keystore.derived('audit origins'), clock),
    demographics: new DemographicsVault(readModel.db, keystore.derived('demographics'), clock),
    facts,
    openBatches: new OpenBatches(clock),
    epochsUnderWay: new EpochsUnderWay(),
    keystore,
    people,
    enrolment,
    operations,
    internalRoutes: internalServer,
    internalClient,
    serviceIdentity: service,
    metrics,
    notifications,
  };

  let draining = false;
  const readiness = {
    peer: () => peers.isConnected,
    readModel: () => readModel.failure === undefined && readModel.height !== undefined,
    database: () => readModel.answers(),
  };
  const routes = [
    ...capabilityRoutes(services),
    ...operationRoutes(operations),
    ...healthRoutes(readiness, () => draining),
    ...metricsRoutes(metrics, { token: config.metricsToken, isProduction: config.nodeEnv === 'production' }),
    ...discoveryRoutes({ publicUrl: config.publicUrl, issuer: issuers.issuer, metadata: issuers.metadata }),
  ];
  const findCaller = callerFinder(people, async (staffId) => (await facts.staff(staffId))?.status === 'suspended');
  const requests = {
    seeAcknowledgedWrites: async () =>
      readModel.waitForAcknowledged().catch((error: unknown) => behindTheLedger(error, readModel)),
    answers,
    keepOrigin: (transactionId: string, caller: Caller) => services.origins.keep(transactionId, caller),
    idempotencySecret: keystore.derived('idempotency'),
  };
  const app = createApp({
    ...requests,
    routes: [...routes, ...docsRoutes(() => documentOf(routes, config, issuers.issuer))],
    authenticate: authenticator(issuers.verifier, findCaller),
    holderOf: holderFinder(issuers.verifier),
    operations,
    resourceMetadata: resourceMetadataUrl(config.publicUrl),
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins ?? [],
    trustProxy: config.trustProxy,
    rateLimitPerMinute: config.rateLimitPerMinute,
    publicRateLimitPerMinute: config.publicRateLimitPerMinute,
    isDraining: () => draining,
    metrics,
    log,
    ...(issuers.development === undefined ? {} : { mounts: { '/oidc': issuers.development.mount } }),
  });
  // An earlier process acknowledged writes of which this one has not heard yet.
  const expectWholeLedger = onceDone(async () => {
    const height = await ledgerHeight(peers, identities, service, channel).catch(peerIsAway);
    readModel.acknowledge(height - 1n);
  });
  const seeAcknowledgedWrites = async (): Promise<void> => {
    await expectWholeLedger();
    await requests.seeAcknowledgedWrites();
  };
  await operations.recover(laterRequests(routes, { ...requests, seeAcknowledgedWrites, findCaller }));
  watchLag(readModel, metrics);
  watchFigures(readModel, metrics);
  if (config.internalPort !== undefined) await internalServer.start(config.host, config.internalPort);
  const isHospital = consortium.roleOf(mspId) === 'hospital';
  const epochs = new EpochWatch(services);
  if (isHospital) epochs.start(seeAcknowledgedWrites);
  const server = await listen(config, app);
  notifications.start();
  const integrity = new IntegritySchedule(services, config.integrityCheckMinutes * 60_000);
  const standingRules = new StandingRuleWatch(services);
  if (isHospital) {
    integrity.start();
    standingRules.start();
    new ConsentEndWatch(services, consentEnds).start();
  }
  log.info({ mspId, url: config.publicUrl, issuer: issuers.issuer }, 'gateway listens');

  const stopping = new AbortController();
  const administrator =
    config.firstAdministrator ?? (issuers.development === undefined ? undefined : firstAdministrator);
  const bootstrap =
    administrator === undefined ? undefined : bootstrapAdministrator(services, administrator, stopping.signal);

  return {
    url: config.publicUrl,
    async stop() {
      draining = true;
      stopping.abort();
      epochs.stop();
      await standingRules.stop();
      await integrity.stop();
      await notifications.stop();
      await bootstrap;
      await closeServer(server, config.drainTimeoutMs);
      await internalServer.stop();
      await Promise.race([Promise.all([operations.stop(), pipeline.drain()]), timeout(config.drainTimeoutMs)]);
      await answerTable.flush();
      await readModel.close();
      internalClient.close();
      enrolment.close();
      peers.close();
    },
  };
}

async function behindTheLedger(error: unknown, readModel: ReadModel): Promise<never> {
  if (!(error instanceof WaitTimeout)) throw error;
  const options = { headers: { 'retry-after': '5' }, cause: error };
  if (!(await readModel.answers())) throw new Problem('database_unavailable', options);
  throw new Problem('unavailable', { ...options, detail: 'the read model is behind the ledger' });
}

function peerIsAway(cause: unknown): never {
  throw new Problem('unavailable', { detail: 'the own peer does not answer', headers: { 'retry-after': '5' }, cause });
}

/** Runs until it succeeded once. */
function onceDone(run: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    await run();
    isDone = true;
  };
}

function pipelineLimits(config: Config) {
  return {
    windowMs: config.coalesceWindowMs,
    maxBatch: config.maxBatchCommands,
    maxBytes: 1024 * 1024,
    maxInFlight: config.maxTransactionsInFlight,
    maxQueued: config.maxQueuedActs,
    // With their pauses some 13 s: longer than a peer stays behind an orderer that has fallen behind.
    maxAttempts: 12,
    repeatWithinMs: 20_000,
    backoffMs: 100,
  };
}

/** With the development issuer, a person who is put into the directory can log in: a secret is made in its users file. */
function withLogins(people: People, users: { add(...names: string[]): Promise<void> } | undefined): People {
  if (users === undefined) return people;
  return {
    find: (issuer, subject) => people.find(issuer, subject),
    async put(person) {
      await people.put(person);
      await users.add(person.subject);
    },
  };
}

function documentOf(routes: readonly Route[], { publicUrl }: Config, issuer: string): unknown {
  return openApiDocument(routes, { title: 'Chain of Care', version: '0.1.0', publicUrl, issuer });
}

function watchLag(readModel: ReadModel, metrics: Metrics): void {
  metrics.gauge('gateway_readmodel_height', 'Number of the last projected block', () => readModel.height);
  const gauge = (
    name: string,
    help: string,
    read: (lag: Awaited<ReturnType<ReadModel['lag']>>) => number | undefined,
  ): void => metrics.asyncGauge(name, help, async () => read(await readModel.lag()));
  gauge('gateway_readmodel_lag_blocks', 'Blocks delivered and not projected yet', ({ blocks }) => blocks);
  gauge(
    'gateway_readmodel_pending_private_writes',
    'Private writes awaited',
    ({ pendingPrivateWrites }) => pendingPrivateWrites,
  );
}

async function listen(config: Config, app: Parameters<typeof createServer>[1]): Promise<Server> {
  const { tlsCertificate, tlsKey } = config;
  const options = { requestTimeout: 600_000, headersTimeout: 30_000, keepAliveTimeout: 65_000 };
  const server =
    tlsCertificate === undefined || tlsKey === undefined
      ? createServer(options, app)
      : createTlsServer({ ...options, cert: await readFile(tlsCertificate), key: await readFile(tlsKey) }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

async function closeServer(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await Promise.race([closed, timeout(withinMs)]);
  server.closeAllConnections();
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
