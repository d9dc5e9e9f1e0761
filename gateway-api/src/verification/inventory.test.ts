import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseScan } from '@chain-of-care/chaincode/model';
import { gtin } from '../supply/story.fixture.ts';
import { openVerificationApp, type VerificationApp } from './verificationApp.fixture.ts';

let opened: VerificationApp;
beforeAll(async () => {
  opened = await openVerificationApp();
}, 120_000);
afterAll(() => opened.close());

async function operation(type: string, text: string, as = 'pharmacist') {
  const headers = { 'content-type': type };
  const { status, body } = await opened.app.request('POST', '/v1/inventory-verifications', { as, headers, text });
  if (status !== 202) return { status, body, id: '' };
  const id = String(body['id']);
  for (;;) {
    const asked = await opened.app.request('GET', `/v1/operations/${id}`, { as });
    if (asked.body['status'] !== 'running') return { status, body: asked.body, id };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const result = async (id: string, format = 'ndjson', as = 'pharmacist') =>
  opened.app.request('GET', `/v1/inventory-verifications/${id}/result?format=${format}`, { as });
const lines = async (id: string) =>
  String((await result(id)).body['text'])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('an inventory', () => {
  const csv = `scan,gtin,serial,lot,expiry\n"(01)${gtin}(21)S0(10)L(17)270331",,,,\n,${gtin},S1,L,270331\n,${gtin},NONE,,\n,123,X,,\n`;

  test('as CSV: a result a line, counts at the end, the file as CSV too', async () => {
    const { id, body } = await operation('text/csv', csv);
    expect(body).toMatchObject({
      status: 'succeeded',
      progress: { done: 4 },
      result: {
        lines: 4,
        authentic: 2,
        notAuthentic: 1,
        unreadable: 1,
        result: `/v1/inventory-verifications/${id}/result`,
      },
    });
    const [first, supplied, unknown, wrong] = await lines(id);
    expect(first).toMatchObject({ line: 1, isAuthentic: true });
    expect(supplied).toMatchObject({ line: 2, riskScore: 95, state: 'supplied' });
    expect(unknown).toMatchObject({ line: 3, isAuthentic: false, riskScore: 100 });
    expect(wrong).toMatchObject({ line: 4, problem: expect.any(String) });
    const text = String((await result(id, 'csv')).body['text']);
    expect(text.split('\r\n')[0]).toBe('line,isAuthentic,riskScore,riskBand,state,findings,problem,verificationId');
    expect(text.split('\r\n')[2]).toMatch(/^2,true,95,reject,supplied,/);
  });

  test('as JSON array and as lines of JSON', async () => {
    const items = [{ gtin, serial: 'S0' }, { gtin, serial: 'S1' }, { sscc: 'nothing' }, 5];
    for (const [type, text] of [
      ['application/json', JSON.stringify(items)],
      ['application/x-ndjson', items.map((item) => JSON.stringify(item)).join('\n')],
    ] as const)
      expect([type, (await operation(type, text)).body['result']]).toEqual([
        type,
        expect.objectContaining({ lines: 4, authentic: 2, unreadable: 2 }),
      ]);
  });

  test('of another is not found; what is no inventory fails with its code', async () => {
    const { id } = await operation('text/csv', csv);
    expect((await result(id, 'csv', 'maker')).status).toBe(404);
    for (const [type, text] of [
      ['application/json', '{"a":1}'],
      ['application/json', '[{"gtin":'],
      ['text/csv', 'serial,colour\nS0,red\n'],
      ['text/csv', 'serial\n"S0\n'],
    ] as const)
      expect([text, ((await operation(type, text)).body['error'] as { code: string }).code]).toEqual([
        text,
        'malformed_request',
      ]);
    expect((await operation('text/plain', 'x')).status).toBe(415);
  });

  test('has up to 100,000 lines', async () => {
    const { body } = await operation('text/csv', `sscc\n${'x\n'.repeat(100_001)}`);
    expect(body['error']).toMatchObject({ code: 'payload_too_large' });
  }, 60_000);
});

describe('labels', () => {
  test('a printed pack scans as what it is, from either symbology', async () => {
    for (const symbology of ['datamatrix', 'qr']) {
      const label = await fetch(`${opened.app.url}/v1/packs/${gtin}/S0/label?symbology=${symbology}&format=png`, {
        headers: { authorization: 'Bearer maker' },
      });
      expect(label.headers.get('content-type')).toBe('image/png');
      const scan = await fetch(`${opened.app.url}/v1/scans`, {
        method: 'POST',
        headers: { authorization: 'Bearer pharmacist', 'content-type': 'image/png' },
        body: await label.arrayBuffer(),
      });
      const { symbols } = (await scan.json()) as { symbols: { text: string }[] };
      expect(symbols).toEqual([expect.objectContaining({ gtin, serial: 'S0', lot: 'L', expiry: '270331' })]);
      expect(parseScan(symbols[0]!.text)).toMatchObject({ gtin, serial: 'S0' });
    }
  }, 30_000);

  test('as SVG; of a pack that nobody made there is none', async () => {
    const get = (path: string) => opened.app.request('GET', path, { as: 'maker' });
    expect(String((await get(`/v1/packs/${gtin}/S0/label`)).body['text'])).toMatch(/^<svg/);
    expect((await get(`/v1/packs/${gtin}/NONE/label`)).status).toBe(404);
  });

  test('are for who may see the goods: 403 outside the supply chain, 404 to other traders', async () => {
    const statusFor = async (as: string) =>
      (await opened.app.request('GET', `/v1/packs/${gtin}/S0/label`, { as })).status;
    expect([await statusFor('patient'), await statusFor('outsider'), await statusFor('maker')]).toEqual([
      403, 404, 200,
    ]);
  });
});
