import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { ANTHROPIC_SHAPES } from '../../reconcile/anthropic-export';
import { AWS_SHAPES, usageTypeOf } from '../../reconcile/aws-export';
import { csvLines } from '../../reconcile/csv-lines';
import type { ExportLine, Shape } from '../../reconcile/export-lines';
import { modelKey } from '../../reconcile/model-key';
import { catalog } from '../../src/catalog';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'exports-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function readAll(text: string | Buffer, name = 'file.csv'): Promise<(readonly string[])[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const found: (readonly string[])[] = [];
  for await (const { fields } of csvLines(path)) found.push(fields);
  return found;
}

async function linesOf(shapes: readonly Shape[], text: string): Promise<ExportLine[]> {
  const path = join(folder, 'export.csv');
  writeFileSync(path, text);
  let read: ReturnType<Shape['open']>;
  const found: ExportLine[] = [];
  for await (const line of csvLines(path)) {
    if (read === undefined) for (const shape of shapes) read ??= shape.open(line.fields, path);
    else found.push(...read(line));
  }
  return found;
}

test('what is written as CSV is read as it was', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '☃', ';') });
  const lines = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), fc.boolean(), async (rows, isPacked, hasMark) => {
      const text =
        (hasMark ? '\ufeff' : '') +
        rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      const found = isPacked ? await readAll(gzipSync(text), 'file.csv.gz') : await readAll(text);
      expect(found).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test('a file that is cut, endless or no text is refused with the place', async () => {
  await expect(readAll('a,b\n"c')).rejects.toThrow('ends within quotes that begin in line 2');
  await expect(readAll(`a\n${'x'.repeat(1_100_000)}`)).rejects.toThrow(
    'more than 1048576 characters (line 2)',
  );
  await expect(readAll(','.repeat(6_000))).rejects.toThrow('more than 5000 fields (line 1)');
  await expect(readAll(Buffer.from([0x61, 0xff, 0xfe, 0x2c]))).rejects.toThrow('neither text in UTF-8');
  await expect(readAll('a,b', 'plain.csv.gz')).rejects.toThrow('neither text in UTF-8');
});

test('all names of a model are one model, and no two models of the catalog are', () => {
  const same = [
    'claude-haiku-4-5-20251001',
    'claude-haiku-4-5',
    'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
    'anthropic.claude-haiku-4-5-20251001-v1:0',
    'Claude Haiku 4.5',
    'Claude Haiku 4.5 (Amazon Bedrock Edition)',
    'Claude4.5Haiku',
  ];
  expect([...new Set(same.map(modelKey))]).toEqual(['haiku 4.5']);
  expect(modelKey('Claude 3.5 Sonnet 2024-10-22')).toBe(modelKey('claude-3-5-sonnet-20241022'));
  expect(modelKey('Claude4Sonnet')).toBe(modelKey('claude-sonnet-4-20250514'));
  for (const { deployments, displayName } of catalog.models)
    for (const { provider, id } of deployments)
      if (provider !== 'openai-compatible') expect([id, modelKey(id)]).toEqual([id, modelKey(displayName)]);
  const names = new Set(catalog.models.map(({ displayName }) => displayName.replace(/ \(.*/, '')));
  expect(new Set([...names].map(modelKey)).size).toBe(names.size);
});

test.each([
  ['USE1-Claude4.6Sonnet-input-tokens', 'input', 'Claude4.6Sonnet', 1_000],
  ['USW2-Claude4.5Haiku-output-tokens-cross-region-global', 'output', 'Claude4.5Haiku', 1_000],
  ['USE1-Claude4.5Haiku-cache-read-input-token-count', 'cache read', 'Claude4.5Haiku', 1_000],
  [
    'EUC1-Claude4.5Haiku-cache-write-input-token-count-cross-region-global',
    'cache written',
    'Claude4.5Haiku',
    1_000,
  ],
  [
    'USW2-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard',
    'input',
    'anthropic.claude-opus-4-8',
    1_000,
  ],
  ['USE1-MP:USE1_InputTokenCount_Global-Units', 'input', undefined, 1_000_000],
  ['USE1-MP:USE1_CacheReadInputTokenCount_Global-Units', 'cache read', undefined, 1_000_000],
  ['USW2-MP:USW2_output_tokens_global_standard-Units', 'output', undefined, 1_000_000],
])('%s is billed for %s', (type, kind, model, unit) => {
  expect(usageTypeOf(type)).toEqual({ kind, model, unit });
});

test('what is no token of a model is none', () => {
  for (const type of ['USE1-BoxUsage:c6a.large', 'USE1-ProvisionedThroughput', ''])
    expect(usageTypeOf(type)).toBeUndefined();
});

test("Anthropic's usage and cost", async () => {
  const usage = `usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed
2026-11-03,claude-haiku-4-5-20251001,gateway,Default,standard,≤ 200k,1000,20,3,400,50,0,global,
`;
  const of = { day: '2026-11-03', model: 'claude-haiku-4-5-20251001', slack: 0 };
  expect(await linesOf(ANTHROPIC_SHAPES, usage)).toEqual([
    { ...of, kind: 'input', amount: 1000 },
    { ...of, kind: 'output', amount: 50 },
    { ...of, kind: 'cache written', amount: 23 },
    { ...of, kind: 'cache read', amount: 400 },
  ]);
  const cost = `usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed
2026-11-03,Claude Haiku 4.5,Default,gateway,message,≤ 200k,input_no_cache,"1,234.50",1234.50,token,global,
2026-11-03,,Default,gateway,,,,0.10,0.10,web_search,,
`;
  expect(await linesOf(ANTHROPIC_SHAPES, cost)).toEqual([
    { day: '2026-11-03', model: 'Claude Haiku 4.5', kind: 'cost', amount: 1234.5, slack: 0.005 },
    { day: '2026-11-03', model: 'web_search', kind: 'cost', amount: 0.1, slack: 0.005 },
  ]);
  await expect(linesOf(ANTHROPIC_SHAPES, usage.replace(',1000,', ',many,'))).rejects.toThrow(
    'line 2: "usage_input_tokens_no_cache" is "many", and must be a number',
  );
  await expect(linesOf(ANTHROPIC_SHAPES, usage.replace('2026-11-03', '3.11.2026'))).rejects.toThrow(
    'line 2: "usage_date_utc" is "3.11.2026", and must be a day as YYYY-MM-DD',
  );
});

test("AWS's reports", async () => {
  const report = `identity_line_item_id,line_item_line_item_type,line_item_product_code,line_item_usage_start_date,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,pricing_unit,product
1,Usage,AmazonBedrock,2026-11-03 05:00:00.000,USE1-Claude4.5Haiku-input-tokens,1.25,0.00125,1K tokens,{}
2,Usage,abcdef,2026-11-03T06:00:00Z,USE1-MP:USE1_OutputTokenCount-Units,0.0005,0.0025,Units,"{""product_name"":""Claude Haiku 4.5 (Amazon Bedrock Edition)""}"
3,Usage,AmazonBedrock,2026-11-03T06:00:00Z,USE1-ProvisionedThroughput,1,40,Hrs,{}
4,Tax,AmazonBedrock,2026-11-03T06:00:00Z,USE1-Claude4.5Haiku-input-tokens,1,9,,{}
5,Usage,AmazonEC2,2026-11-03T06:00:00Z,USE1-BoxUsage:c6a.large,1,9,Hrs,{}
`;
  const lines = await linesOf(AWS_SHAPES, report);
  expect(lines.map(({ day, model, kind, amount }) => [day, model, kind, amount])).toEqual([
    ['2026-11-03', 'Claude4.5Haiku', 'input', 1250],
    ['2026-11-03', 'Claude4.5Haiku', 'cost', 0.00125],
    ['2026-11-03', 'Claude Haiku 4.5', 'output', 500],
    ['2026-11-03', 'Claude Haiku 4.5', 'cost', 0.0025],
    ['2026-11-03', 'USE1-ProvisionedThroughput', 'cost', 40],
  ]);
  const legacy = `lineItem/LineItemType,lineItem/ProductCode,lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount,lineItem/UnblendedCost
Usage,AmazonBedrock,2026-11-03T05:00:00Z,USE1-Claude4.5Haiku-cache-read-input-token-count,2,0.1
`;
  expect((await linesOf(AWS_SHAPES, legacy))[0]).toMatchObject({ kind: 'cache read', amount: 2_000 });
  const explorer = `"Usage type","USE1-Claude4.5Haiku-input-tokens($)","USE1-BoxUsage:t3($)","Total costs($)"
"Usage type total","1.5","3","4.5"
"2026-11-03","1.5","","1.5"
`;
  expect(await linesOf(AWS_SHAPES, explorer)).toEqual([
    { day: '2026-11-03', model: 'Claude4.5Haiku', kind: 'cost', amount: 1.5, slack: 1e-9 },
  ]);
});
