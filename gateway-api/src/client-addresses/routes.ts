/** The client's own addresses under `/api`: thin faces over the same services. */
import { OpenedAccesses } from '../accesses/openedAccesses.ts';
import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { accessRequestAddressRoutes } from './accessRequests.ts';
import { medicalRecordRoutes } from './medicalRecords.ts';
import { systemRoutes } from './system.ts';

export function clientAddressRoutes(services: Services): Route[] {
  const accesses = new OpenedAccesses(services);
  return [
    ...medicalRecordRoutes(services, accesses),
    ...accessRequestAddressRoutes(services),
    ...systemRoutes(services, accesses),
  ];
}
