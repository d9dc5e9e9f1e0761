/**
 * Who may call each endpoint, written down a second time and by hand: the gateway's own table says what it does, this one
 * what it must do. An operation of the OpenAPI document without a row here fails the test.
 */
import type { CallerRole } from './callers.fixture.ts';

/** `public`: also without a token. `authenticated`: every role. Otherwise these roles and no others. */
export type ExpectedAudience = 'public' | 'authenticated' | readonly CallerRole[];

const everybody = 'authenticated';
const patient = ['patient'] as const;
const registrars = ['registrar', 'integration'] as const;
const writers = ['clinician', 'nurse', 'pharmacist', 'integration'] as const;
const chart = ['clinician', 'nurse', 'pharmacist', 'privacy-officer', 'integration'] as const;
const readers = ['patient', ...chart] as const;
const traders = ['manufacturer', 'cmo', 'distributor', '3pl', 'carrier', 'repackager', 'destroyer'] as const;
const supply = [...traders, 'pharmacist', 'inspector'] as const;
const administrators = ['administrator'] as const;
const inspectors = ['inspector'] as const;

/** By `operationId`. */
export const expectedAudiences: Readonly<Record<string, ExpectedAudience>> = {
  // service
  isLive: 'public',
  isReady: 'public',
  readMetrics: 'public',
  readProtectedResource: 'public',
  readSmartConfiguration: 'public',
  getOperation: everybody,

  // actors
  listOrganizations: 'public',
  getOrganization: 'public',
  registerPremises: administrators,
  listPremises: everybody,
  getPremises: everybody,
  grantLicence: inspectors,
  listLicences: everybody,
  getLicence: everybody,
  suspendLicence: inspectors,
  reinstateLicence: inspectors,
  revokeLicence: inspectors,
  registerStaff: administrators,
  listStaff: everybody,
  getStaff: everybody,
  suspendStaff: ['administrator', 'inspector'],
  reinstateStaff: ['administrator', 'inspector'],
  publishGroupKey: administrators,

  // patients and their records
  registerPatient: registrars,
  findPatients: [...registrars, ...chart],
  getPatient: ['patient', ...registrars, ...chart],
  getDidDocument: everybody,
  getReferral: patient,
  appendRecord: writers,
  listRecords: patient,
  uploadRecord: writers,
  getRecord: readers,
  listRecordVersions: readers,
  amendRecord: writers,
  amendByUpload: writers,
  enterInError: writers,
  importBundle: writers,
  getDirectoryEntry: chart,
  grantConsent: patient,
  listConsents: patient,
  getConsent: patient,
  revokeConsent: patient,
  openAccess: readers,
  getAccess: readers,
  listAccessedRecords: readers,
  readContent: readers,
  listAuditEvents: patient,
  getAuditEvent: patient,
  listOrganizationAuditEvents: ['privacy-officer', 'inspector'],
  checkAuditCompleteness: ['privacy-officer', 'inspector'],
  investigateAuditEvent: inspectors,
  checkIntegrity: ['patient', 'privacy-officer', 'registrar'],
  listIntegrityReports: ['patient', 'privacy-officer', 'registrar'],
  getIntegrityReport: ['patient', 'privacy-officer', 'registrar'],
  readIntegrityReport: ['patient', 'privacy-officer', 'registrar'],
  checkEveryChart: ['privacy-officer', 'administrator'],

  // the client's own addresses
  uploadMedicalRecord: writers,
  viewMedicalRecord: readers,
  verifyMedicalRecord: readers,
  listPatientRecords: patient,
  getSystemStatus: 'public',
  testPatientWorkflow: ['administrator', 'privacy-officer', ...writers],
  testDoctorWorkflow: writers,
  testContract: ['administrator', 'privacy-officer', ...writers],
  reportOwnIntegrity: patient,

  // goods
  registerProduct: ['manufacturer', 'repackager'],
  listProducts: everybody,
  getProduct: everybody,
  registerLot: ['manufacturer', 'cmo', 'repackager'],
  listLots: everybody,
  getLot: everybody,
  releaseLot: ['manufacturer', 'cmo'],
  extendExpiry: ['manufacturer'],
  getPack: everybody,
  listPackEvents: everybody,
  disputeReceipt: supply,
  settleDispute: supply,
  declareError: supply,
  listClassBalances: supply,
  getCommerce: supply,
  recordCommerce: supply,
  getTransactionInformation: supply,
  getTransactionStatement: supply,
  submitQueuedEvents: supply,
  registerDeviceKey: administrators,
  getContainer: everybody,
  listContainerEvents: everybody,
  listContainerContents: everybody,
  recordSupplyEvents: supply,
  listSupplyEvents: everybody,
  getSupplyEvent: everybody,
  listShipments: supply,
  getShipment: supply,
  voidShipment: supply,
  verifyPack: 'public',
  verifyProduct: 'public',
  getVerificationProof: 'public',
  resolvePack: 'public',
  resolvePackOfLot: 'public',
  resolvePackOfVariant: 'public',
  resolvePackOfVariantAndLot: 'public',
  resolveLot: 'public',
  resolveProduct: 'public',
  resolveContainer: 'public',
  describeResolver: 'public',
  printPackLabel: everybody,
  printContainerLabel: everybody,
  scanPicture: everybody,
  verifyInventory: [...supply, 'administrator'],
  getInventoryResult: [...supply, 'administrator'],
  getUsage: everybody,
  setAccountPlan: administrators,

  // alerts
  reportAlert: supply,
  listAlerts: everybody,
  getAlert: everybody,
  getAlertStatistics: everybody,
  moveAlert: supply,
  assignAlert: supply,
  quarantineGoods: supply,
  releaseGoods: supply,
  addEvidence: supply,
  uploadEvidence: supply,
  getEvidence: supply,
  listAlertAudience: everybody,
  listAlertHistory: everybody,
  reportPublicly: 'public',
  recallLots: ['manufacturer', 'inspector'],
  listRecalls: everybody,

  // notifications
  listNotifications: everybody,
  getNotification: everybody,
  countNotifications: everybody,
  acknowledgeNotification: everybody,
  acknowledgeNotifications: everybody,
  streamNotifications: everybody,
  getNotificationPreferences: everybody,
  putNotificationPreferences: everybody,
  subscribe: everybody,
  listSubscriptions: everybody,
  endSubscription: everybody,
  listNotificationDeliveries: everybody,
  redeliverNotification: everybody,
  listWebhookKeys: 'public',

  // licences asked for, actors and what they hold
  listActors: everybody,
  getGoodsInHand: everybody,
  requestLicence: administrators,
  getLicenceRequest: ['administrator', 'inspector'],
  listLicenceRequests: ['administrator', 'inspector'],
  approveLicenceRequest: inspectors,
  denyLicenceRequest: inspectors,
  withdrawLicenceRequest: administrators,

  // reports, proofs and what the law asks for
  getLotReport: everybody,
  getRecallEffectiveness: ['manufacturer', 'inspector'],
  getSupplyEventProof: everybody,
  getTrustAnchors: 'public',
  notifyIllegitimateProduct: supply,
  listProductNotifications: supply,
  getProductNotificationForm: supply,
  requestTracing: supply,
  listTracingRequests: supply,
  getTracingAnswer: supply,
  answerTracing: supply,
};
