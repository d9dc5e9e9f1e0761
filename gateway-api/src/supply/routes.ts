/** The supply chain: products, lots, packs, events, shipments, alerts, recalls. */
import { join } from 'node:path';
import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { alertCaseRoutes } from './alertCaseRoutes.ts';
import { alertRoutes } from './alertRoutes.ts';
import { AlertWatch } from './alertWatch.ts';
import { eventRoutes } from './eventRoutes.ts';
import { goodsRoutes } from './goodsRoutes.ts';
import { LaterActs } from './laterActs.ts';
import { lotRoutes } from './lotRoutes.ts';
import { productRoutes } from './productRoutes.ts';
import { proofRoutes } from './proofRoutes.ts';
import { queuedRoutes } from './queuedRoutes.ts';
import { RefusalReports } from './refusalReports.ts';
import { regulatoryRoutes } from './regulatoryRoutes.ts';
import { reportRoutes } from './reportRoutes.ts';
import { tradeRoutes } from './tradeRoutes.ts';

export function supplyRoutes(services: Services): Route[] {
  const reports = new RefusalReports(
    join(services.config.dataDirectory, 'refusals'),
    services.ledger,
    services.log,
    services.serviceIdentity,
  );
  void reports.resume().catch((error: unknown) => services.log.error({ err: error }, 'refusal reports cannot be read'));
  const commerceLater = new LaterActs(join(services.config.dataDirectory, 'commerce'), services.ledger, services.log);
  void commerceLater.resume().catch((error: unknown) => services.log.error({ err: error }, 'commerce cannot be read'));
  const supply = { ...services, commerceLater };
  new AlertWatch(services).start();
  return [
    ...productRoutes(services),
    ...lotRoutes(services),
    ...goodsRoutes(services),
    ...eventRoutes(supply, reports),
    ...proofRoutes(services),
    ...reportRoutes(services),
    ...regulatoryRoutes(services),
    ...tradeRoutes(services),
    ...queuedRoutes(services),
    ...alertRoutes(services),
    ...alertCaseRoutes(supply, reports),
  ];
}
