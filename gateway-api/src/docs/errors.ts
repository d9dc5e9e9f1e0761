import { errorCatalogue } from '@chain-of-care/chaincode/model';
import { gatewayCatalogue, problemCodes } from '../http/problem.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

/** `docs/errors.md` */
export function errorsPage(): string {
  return page(
    '# Errors',
    generatedFrom('`chaincode/src/model/core/errors.ts`', '`gateway-api/src/http/problem.ts`'),
    `Every error is a problem document (RFC 9457, \`application/problem+json\`) with a \`code\` of this closed list. Codes are
stable; texts are not. \`errors[]\` names wrong members by RFC 6901 pointer. What the ledger refuses keeps its code and status
on the way through peer, gateway service and client.`,
    ...statuses().flatMap((status) => [`## ${status}`, table(['code', 'from', 'meaning'], rowsOf(status))]),
    `A 409 \`conflict\` and every 5xx except \`internal_error\` and \`not_implemented\` may be repeated with the same
\`Idempotency-Key\`: the act is applied once.`,
  );
}

function statuses(): readonly number[] {
  return [...new Set(Object.values(problemCodes).map(([status]) => status))].sort((a, b) => a - b);
}

function rowsOf(status: number): readonly (readonly string[])[] {
  return Object.entries(problemCodes)
    .filter(([, [own]]) => own === status)
    .map(([name, [, title]]) => [code(name), origin(name), title]);
}

function origin(name: string): string {
  const inLedger = Object.hasOwn(errorCatalogue, name);
  return inLedger && Object.hasOwn(gatewayCatalogue, name) ? 'both' : inLedger ? 'rules' : 'gateway';
}
