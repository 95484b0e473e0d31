import { ENDPOINTS } from '../../gateway/admin/catalogue';
import { methodsOf } from '../../gateway/admin/endpoint';
import { pathFields } from '../../gateway/admin/openapi';
import type { JsonSchema } from '../../gateway/admin/json-schema';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());

const NUL = '\0';
const HALF = '\ud800';
const has = ({ type }: JsonSchema, name: string): boolean => [type ?? []].flat().includes(name);

/** Values that hold the text, by how the field is described. */
function valuesOf(schema: JsonSchema, text: string): unknown[] {
  if (has(schema, 'string')) return [`a${text}b`];
  if (has(schema, 'array')) return [[`a${text}b`]];
  if (has(schema, 'object')) return [{ a: { b: ['x', `a${text}b`] } }, { [`a${text}b`]: 1 }];
  return [];
}

test.each([
  ['NUL', NUL, /NUL/],
  ['half of a surrogate pair', HALF, /surrogate/],
])('%s is refused by name in every field of every endpoint', async (_, text, words) => {
  let asked = 0;
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.paths.find((each) => !each.includes('{'));
    if (path === undefined || !methodsOf(endpoint).includes('POST')) continue;
    for (const [field, schema] of Object.entries(endpoint.input.properties ?? {}))
      for (const value of valuesOf(schema, text)) {
        const { status, json } = await admin(path, { [field]: value });
        expect([path, status, json.error]).toMatchObject([path, 400, { param: field }]);
        expect(json.error.message).toMatch(words);
        expect(json.error.message.startsWith(field)).toBe(true);
        asked += 1;
      }
  }
  expect(asked).toBeGreaterThan(60);
});

test('NUL is refused in queries, forms and paths as well', async () => {
  for (const [path, field] of [
    ['/key/list?key_alias=a%00b', 'key_alias'],
    ['/user/info?user_id=a%00b', 'user_id'],
  ] as const)
    expect(await admin(path)).toMatchObject({ status: 400, json: { error: { param: field } } });
  const form = await admin('/user/info', 'user_id=a%00b', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(form).toMatchObject({ status: 400, json: { error: { param: 'user_id' } } });
  let asked = 0;
  for (const endpoint of ENDPOINTS)
    for (const path of endpoint.paths.filter((each) => each.includes('{'))) {
      const method = endpoint.method;
      const options = { method };
      const answer = await admin(
        path.replaceAll(/\{\w+\}/g, 'a%00b'),
        method === 'GET' ? undefined : {},
        options,
      );
      expect(answer).toMatchObject({ status: 400, json: { error: { param: pathFields(path)[0] } } });
      asked += 1;
    }
  expect(asked).toBeGreaterThan(0);
});

test('what is nested without end is refused, not a fault', async () => {
  const deep = `{"user_id":"dora","metadata":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  const { status, json } = await admin('/user/update', deep);
  expect([status, json.error.param]).toEqual([400, 'metadata']);
  expect(json.error.message).toMatch(/nested more than 64 levels deep/);
  expect(json.error.message.length).toBeLessThan(200);
});

test('all other text is kept as it was sent', async () => {
  const metadata = { 'ключ 🙂': ['\u0001\u007f\n"\\', { 值: '\ufffd😀' }] };
  const { status } = await admin('/user/update', { user_id: 'dora', metadata });
  expect(status).toBe(200);
  expect((await admin('/user/info?user_id=dora')).json.user_info).toMatchObject({ metadata });
});
