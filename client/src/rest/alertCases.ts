/** Alerts over REST: reported, found, worked on, counted. */
import type {
  AlertAct,
  AlertReason,
  AlertSeverity,
  AlertSource,
  AlertStatus,
  AlertType,
} from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { gtinOf } from './products.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

/** Names a pack, a lot, a product or a container. */
export interface NewReport {
  readonly type: AlertType;
  readonly scan?: string;
  readonly gtin?: string;
  /** Instead of a GTIN. */
  readonly ndc?: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly sscc?: string;
  /** GLN of who reports; anybody else's is refused. */
  readonly reporter?: string;
  /** In words; it lies sealed off the ledger. */
  readonly description?: string;
  /** Photos and documents, sealed to the regulator, the maker and the own organisation. */
  readonly evidence?: readonly Blob[];
}

/** One of those who are told of an alert. */
export interface AudienceMember {
  readonly mspId: string;
  readonly gln?: string;
  readonly name?: string;
  readonly relation: string;
}

/** A report that was opened, and everybody who is told of it. */
export interface OpenedReport extends Committed {
  readonly alertId: string;
  readonly eventId: string;
  readonly audience: readonly AudienceMember[];
}

export interface AlertCase extends Committed {
  readonly alertId: string;
  readonly type: AlertType;
  readonly severity: AlertSeverity;
  readonly status: AlertStatus;
  readonly source: AlertSource;
  /** `report`, or the rule or refusal that raised it. */
  readonly reason: string;
  readonly gtin?: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly sscc?: string;
  readonly shipmentId?: string;
  readonly gln?: string;
  readonly mspId: string;
  readonly role: string;
  readonly makerMspId?: string;
  readonly descriptionHash?: string;
  /** Content identifiers. */
  readonly evidence: readonly string[];
  readonly eventId: string;
  readonly openedAt: string;
  readonly assigneeMspId?: string;
  readonly assigneeGln?: string;
  readonly changedAt: string;
  readonly isLotQuarantined?: boolean;
}

export interface AlertFilter {
  readonly type?: AlertType;
  readonly severity?: AlertSeverity;
  readonly status?: AlertStatus;
  readonly source?: AlertSource;
  readonly gtin?: string;
  readonly lot?: string;
  readonly serial?: string;
}

/** What happened to an alert: who, when, why. */
export interface AlertStep extends Committed {
  readonly change: string;
  readonly reason?: AlertReason;
  readonly at: string;
  readonly mspId: string;
  readonly role: string;
  readonly gln?: string;
  readonly assignee?: { readonly mspId: string; readonly gln?: string };
  readonly documents?: readonly string[];
  readonly eventId: string;
}

export interface StoredEvidence extends Committed {
  /** Of the sealed bytes. */
  readonly cid: string;
  readonly size: number;
  readonly mediaType: string;
  /** Organisations that can open it. */
  readonly sealedTo: readonly string[];
}

/** Times are RFC 3339 with offset; `endDate` is exclusive. */
export interface StatisticsRequest {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly severity?: AlertSeverity;
  readonly type?: AlertType;
  readonly status?: AlertStatus;
  readonly source?: AlertSource;
  readonly gtin?: string;
  readonly lot?: string;
  /** Region, ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** Actor: organisation, premises. */
  readonly mspId?: string;
  readonly gln?: string;
  readonly interval?: 'day' | 'week' | 'month';
}

export interface CounterfeitStatistics {
  readonly totalAlerts: number;
  readonly bySeverity: Readonly<Record<AlertSeverity, number>>;
  readonly byType: Readonly<Record<AlertType, number>>;
  readonly byStatus: Readonly<Record<AlertStatus, number>>;
  readonly series?: readonly { readonly from: string; readonly totalAlerts: number }[];
}

interface AlertAction extends Committed {
  readonly alertId: string;
  readonly eventId?: string;
}

export class AlertCases {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /**
   * Opens an alert, after its files were sealed and stored, and tells who is told of it.
   *
   * @throws Refusal invalid_identifier for an NDC that is none; GatewayProblem
   */
  async report(
    { evidence = [], ndc, reporter: actor, ...report }: NewReport,
    options: Omit<PostOptions, 'query' | 'headers'> = {},
  ): Promise<OpenedReport> {
    const gtin = ndc === undefined ? report.gtin : gtinOf({ ndc });
    const product = gtin === undefined ? {} : { gtin };
    const cids: string[] = [];
    for (const file of evidence) {
      const stored = await this.#rest.upload('/v1/evidence-files', file, mediaTypeOf(file), { query: product });
      cids.push((stored as StoredEvidence).cid);
    }
    const said = actor === undefined ? {} : { actor };
    const body = { ...report, ...product, ...said, ...(cids.length === 0 ? {} : { evidence: cids }) };
    const opened = (await this.#rest.post('/v1/alerts', body, options)) as Omit<OpenedReport, 'audience'>;
    return { ...opened, audience: await this.listAudience(opened.alertId) };
  }

  /** Those that concern the own organisation, newest first; the regulator's gateway has all. @throws GatewayProblem */
  async *list(filter: AlertFilter = {}): AsyncGenerator<AlertCase, void, void> {
    for await (const alert of this.#rest.list('/v1/alerts', { ...filter })) yield alert as AlertCase;
  }

  /** @throws GatewayProblem alert_not_found */
  async get(alertId: string): Promise<AlertCase> {
    return (await this.#rest.get(path`/v1/alerts/${alertId}`)) as AlertCase;
  }

  /** Who is told of it. @throws GatewayProblem */
  async listAudience(alertId: string): Promise<readonly AudienceMember[]> {
    const { items } = (await this.#rest.get(path`/v1/alerts/${alertId}/audience`)) as {
      readonly items: readonly AudienceMember[];
    };
    return items;
  }

  /** Oldest first. @throws GatewayProblem */
  async *listHistory(alertId: string): AsyncGenerator<AlertStep, void, void> {
    for await (const step of this.#rest.list(path`/v1/alerts/${alertId}/history`)) yield step as AlertStep;
  }

  /**
   * Moves it on: investigate, confirm, dismiss, resolve.
   *
   * @param decision its note is sealed to the parties of the case
   * @throws GatewayProblem
   */
  async move(
    alertId: string,
    decision: { readonly act: AlertAct; readonly reason: AlertReason; readonly note?: string },
    options: PostOptions = {},
  ): Promise<AlertAction & { readonly status: AlertStatus }> {
    const moved = await this.#rest.post(path`/v1/alerts/${alertId}/transitions`, decision, options);
    return moved as AlertAction & { readonly status: AlertStatus };
  }

  /** Makes an organisation, or one of its premises, responsible. By the regulator. @throws GatewayProblem */
  async assign(
    alertId: string,
    assignee: { readonly mspId: string; readonly gln?: string },
    options: PostOptions = {},
  ): Promise<AlertAction> {
    return (await this.#rest.post(path`/v1/alerts/${alertId}/assignment`, assignee, options)) as AlertAction;
  }

  /** Adds a file, sealed to the parties. @throws GatewayProblem */
  async addEvidence(alertId: string, file: Blob, options: PostOptions = {}): Promise<StoredEvidence> {
    const at = path`/v1/alerts/${alertId}/evidence`;
    return (await this.#rest.upload(at, file, mediaTypeOf(file), options)) as StoredEvidence;
  }

  /** A file or note, for an organisation it is sealed to. @throws GatewayProblem */
  async getEvidence(alertId: string, cid: string): Promise<Blob> {
    return (await this.#rest.content(path`/v1/alerts/${alertId}/evidence/${cid}`)).blob();
  }

  /**
   * Locks what the alert is about.
   *
   * @param scope `lot`: its whole lot, by one write; `goods`: the pack or container that it names
   * @throws GatewayProblem
   */
  async quarantine(alertId: string, scope: 'lot' | 'goods', options: PostOptions = {}): Promise<AlertAction> {
    return (await this.#rest.post(path`/v1/alerts/${alertId}/quarantine`, { scope }, options)) as AlertAction;
  }

  /** Lets it go again. @throws GatewayProblem */
  async release(alertId: string, scope: 'lot' | 'goods', options: PostOptions = {}): Promise<AlertAction> {
    return (await this.#rest.post(path`/v1/alerts/${alertId}/release`, { scope }, options)) as AlertAction;
  }

  /** Alerts of a period by severity, type and status, over all members. @throws GatewayProblem */
  async getStatistics({ startDate, endDate, ...filter }: StatisticsRequest = {}): Promise<CounterfeitStatistics> {
    const query = { ...filter, since: startDate, until: endDate };
    return (await this.#rest.get('/v1/alert-statistics', query)) as CounterfeitStatistics;
  }
}

function mediaTypeOf({ type }: Blob): string {
  return type === '' ? 'application/octet-stream' : type;
}
