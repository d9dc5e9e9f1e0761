/** Every capability's routes: a capability adds its one line here. */
import { accessRequestRoutes } from './access-requests/routes.ts';
import { accessReviewRoutes } from './access-reviews/routes.ts';
import { accessRoutes } from './accesses/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { careTeamRoutes } from './care-team/routes.ts';
import { clientAddressRoutes } from './client-addresses/routes.ts';
import { changeRoutes } from './changes/routes.ts';
import { consentRoutes } from './consents/routes.ts';
import type { Route } from './http/route.ts';
import { importRoutes } from './imports/routes.ts';
import { integrityRoutes } from './integrity/routes.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { labelRoutes } from './labels/routes.ts';
import { patientRoutes } from './patients/routes.ts';
import { recordRoutes } from './records/routes.ts';
import { registryRoutes } from './registry/routes.ts';
import { representativeRoutes } from './representatives/routes.ts';
import type { Services } from './services.ts';
import { sharingTokenRoutes } from './sharing-tokens/routes.ts';
import { standingRuleRoutes } from './standing-rules/routes.ts';
import { supplyRoutes } from './supply/routes.ts';
import { verificationRoutes } from './verification/routes.ts';

const capabilities: readonly ((services: Services) => Route[])[] = [
  registryRoutes,
  patientRoutes,
  representativeRoutes,
  recordRoutes,
  changeRoutes,
  importRoutes,
  consentRoutes,
  standingRuleRoutes,
  careTeamRoutes,
  accessRequestRoutes,
  accessRoutes,
  sharingTokenRoutes,
  auditRoutes,
  accessReviewRoutes,
  integrityRoutes,
  supplyRoutes,
  notificationRoutes,
  verificationRoutes,
  labelRoutes,
  clientAddressRoutes,
];

export function capabilityRoutes(services: Services): Route[] {
  return capabilities.flatMap((routesOf) => routesOf(services));
}
