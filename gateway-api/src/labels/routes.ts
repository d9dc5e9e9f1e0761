/** Labels of packs and containers as pictures, and what stands on a picture of a label. */
import { Readable } from 'node:stream';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import type { ScannedSymbol, Symbology } from '@chain-of-care/client/barcodes';
import { parseScan, readElement, Refusal, type Element } from '@chain-of-care/chaincode/model';
import { route, type Reply, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { ContainerParams, PackParams } from '../supply/dto.ts';
import { supplyRoles } from '../supply/roles.ts';
import { findContainer, findPack } from '../supply/findGoods.ts';
import { scanPicture } from './scanner.ts';

const maxPictureBytes = 8 * 1024 * 1024;
const pictures = ['image/png', 'image/jpeg', 'image/bmp', 'image/gif'] as const;
const formats = { svg: 'image/svg+xml', png: 'image/png' } as const;
const scansAMinute = 60;

/** Loaded when a label is first asked for: the libraries behind it would be a tenth of the gateway's start. */
const barcodes = () => import('@chain-of-care/client/barcodes');

export class LabelQuery {
  /** `datamatrix` when not told; `qr` holds a Digital Link. */
  @IsOptional() @IsIn(['datamatrix', 'qr']) symbology?: 'datamatrix' | 'qr';
  @IsOptional() @IsIn(['svg', 'png']) format?: 'svg' | 'png';
  /** Pixels or units a module. */
  @IsOptional() @IsInt() @Min(1) @Max(20) scale?: number;
}

export class ContainerLabelQuery {
  @IsOptional() @IsIn(['svg', 'png']) format?: 'svg' | 'png';
  @IsOptional() @IsInt() @Min(1) @Max(20) scale?: number;
}

export class ElementView {
  @IsString() ai!: string;
  @IsString() value!: string;
  /** False for an AI that is not in the GS1 table. */
  @IsBoolean() known!: boolean;
}

export class SymbolView {
  /** Such as DataMatrix, QRCode, Code128. */
  @IsString() symbology!: string;
  /** As a scanner transmits it; may be sent on as `scan`. */
  @IsString() text!: string;
  @IsOptional() @IsString() gtin?: string;
  @IsOptional() @IsString() serial?: string;
  @IsOptional() @IsString() lot?: string;
  /** YYMMDD as printed. */
  @IsOptional() @IsString() expiry?: string;
  @IsOptional() @IsString() sscc?: string;
  @IsOptional() @IsString() ndc?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ElementView) elements!: ElementView[];
  /** Why it is no GS1 code of goods. */
  @IsOptional() @IsString() problem?: string;
}

export class ScanView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SymbolView) symbols!: SymbolView[];
}

export function labelRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'get',
      path: '/v1/packs/:gtin/:serial/label',
      operationId: 'printPackLabel',
      tag: 'packs',
      summary: 'The label of a pack: GS1 DataMatrix, or QR with its Digital Link',
      audience: supplyRoles,
      params: PackParams,
      query: LabelQuery,
      responses: { 200: { description: 'SVG or PNG', contentType: '*/*' } },
      async handler({ params, query: { symbology = 'datamatrix', format = 'svg', scale }, caller }) {
        const { gtin, lot, serial } = (await findPack(services, params, caller)).pack;
        const row = await db
          .selectFrom('lots')
          .select('expiry')
          .where('gtin', '=', gtin)
          .where('lot', '=', lot)
          .executeTakeFirst();
        const { elementsOfPack } = await barcodes();
        const elements = elementsOfPack({ gtin, serial, lot, ...(row === undefined ? {} : { expiry: row.expiry }) });
        return picture(elements, symbology, format, scale);
      },
    }),
    route({
      method: 'get',
      path: '/v1/containers/:sscc/label',
      operationId: 'printContainerLabel',
      tag: 'packs',
      summary: 'The SSCC of a container as GS1-128',
      audience: supplyRoles,
      params: ContainerParams,
      query: ContainerLabelQuery,
      responses: { 200: { description: 'SVG or PNG', contentType: '*/*' } },
      async handler({ params: { sscc }, query: { format = 'svg', scale }, caller }) {
        await findContainer(services, sscc, caller);
        return picture([readElement('00', sscc)], 'gs1-128', format, scale);
      },
    }),
    route({
      method: 'post',
      path: '/v1/scans',
      operationId: 'scanPicture',
      tag: 'verification',
      summary: 'Reads the barcodes in a picture of up to 8 MiB',
      audience: 'authenticated',
      body: { stream: pictures, maxBytes: maxPictureBytes },
      idempotent: false,
      rateLimit: { windowMs: 60_000, limit: scansAMinute },
      responses: { 200: { description: 'the symbols found, none when there is none', body: ScanView } },
      async handler({ stream }) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of stream) chunks.push(chunk as Uint8Array);
        const symbols = await scanPicture(Buffer.concat(chunks));
        return { status: 200, body: { symbols: symbols.map(symbolView) } };
      },
    }),
  ];
}

async function picture(
  elements: readonly Element[],
  symbology: Symbology,
  format: keyof typeof formats,
  scale: number | undefined,
): Promise<Reply> {
  const { labelSvg } = await barcodes();
  const bytes =
    format === 'svg' ? Buffer.from(labelSvg(elements, symbology, scale)) : await png(elements, symbology, scale);
  return {
    status: 200,
    stream: Readable.from([bytes]),
    headers: { 'content-type': formats[format], 'content-length': String(bytes.length) },
  };
}

async function png(elements: readonly Element[], symbology: Symbology, scale: number | undefined): Promise<Buffer> {
  const [{ symbolOptions }, { default: bwip }] = await Promise.all([barcodes(), import('bwip-js/node')]);
  const options = { ...symbolOptions(elements, symbology, scale), backgroundcolor: 'FFFFFF' };
  return bwip.toBuffer(options);
}

function symbolView({ symbology, text }: ScannedSymbol): SymbolView {
  try {
    const { elements, ...code } = parseScan(text);
    return { symbology, text, ...code, elements: elements.map((element) => ({ ...element })) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { symbology, text, elements: [], problem: error.detail ?? error.code };
  }
}
