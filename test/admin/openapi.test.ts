import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { ENDPOINTS } from '../../gateway/admin/catalogue';
import { methodsOf } from '../../gateway/admin/endpoint';
import { noonDay } from '../gateway/support/calendar';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { ownDocument, type DocumentFile } from '../gateway/support/policy-file';
import { adminOf, ASK, type Admin } from './support';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: { readonly 'application/json': { readonly schema: object } } }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

let gateway: TestGateway;
let admin: Admin;
let document: Document;
let file: DocumentFile;
beforeAll(async () => {
  file = await ownDocument();
  gateway = await startTestGateway({
    env: { GATEWAY_CONFIG: '', GATEWAY_FIRST_DOCUMENT: file.env.GATEWAY_CONFIG },
  });
  admin = adminOf(gateway);
  document = (await admin('/openapi.json')).json as unknown as Document;
});
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

test('the document names every route of the admin listener, and no other', () => {
  const served = ENDPOINTS.flatMap((endpoint) =>
    endpoint.paths.flatMap((path) => methodsOf(endpoint).map((method) => `${method} ${path}`)),
  );
  const health = ['/health', '/health/readiness', '/health/liveliness', '/health/liveness'];
  const plain = [...health, '/openapi.json', '/metrics'];
  const named = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(named.sort()).toEqual([...served, ...plain.map((path) => `GET ${path}`)].sort());
  expect(document.openapi).toBe('3.1.0');
});

test('everything in it is served, and only to administrators but for health', async () => {
  for (const [path, operations] of Object.entries(document.paths))
    for (const method of Object.keys(operations)) {
      const url = gateway.adminUrl + path.replace(/\{\w+\}/g, 'x');
      const answer = await gateway.request(url, { method: method.toUpperCase() });
      expect([path, answer.status]).toEqual([path, path.startsWith('/health') ? 200 : 401]);
    }
});

test('every answer is as it says, and so is every refusal', async () => {
  const ajv = new Ajv2020({ allowUnionTypes: true, strictTypes: false, strict: false });
  addFormats(ajv);
  ajv.addSchema({ $id: 'document', ...document });
  const seen = new Set<string>();
  const hold = async (method: 'GET' | 'POST', path: string, body?: unknown, at = path) => {
    const answer = await admin(at, method === 'POST' ? (body ?? {}) : undefined, { method });
    const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
    const named = String(answer.status) in responses ? String(answer.status) : 'default';
    const pointer = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      named,
      'content',
      'application/json',
      'schema',
    ]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.compile({ $ref: `document#/${pointer}` });
    const isValid = validate(answer.json);
    expect({ path, status: answer.status, faults: validate.errors ?? [] }).toEqual({
      path,
      status: answer.status,
      faults: [],
    });
    expect(isValid).toBe(true);
    seen.add(`${method} ${path} ${answer.status < 400 ? 'answer' : 'refusal'}`);
    return answer;
  };

  await gateway.workspaceKey({ owner: { id: 'id-of-zoe', name: 'zoe', groups: [] } });
  const shown = await hold('POST', '/key/generate', { scope: 'ci:openapi', metadata: { a: 1 } });
  const { key } = shown.json;
  await hold('POST', '/key/generate', { nonsense: 1 });
  await gateway.chat(key, ASK);
  await gateway.ledger(1);
  const noted = async () => (await gateway.store.query('select from admin_audit')).length;
  const today = noonDay();
  const inForce = gateway.gateway.services.documents.current.document;
  const user = { user_id: 'ann', max_budget: 3, temp_budget_increase: 1, temp_budget_expiry: '1h' };
  const calls: [method: 'GET' | 'POST', path: string, body?: Record<string, unknown>, query?: string][] = [
    ['POST', '/user/new', { ...user, temp_budget_increase: undefined, temp_budget_expiry: undefined }],
    ['POST', '/user/update', user],
    ['GET', '/user/info', undefined, '?user_id=ann'],
    ['GET', '/v2/user/info', undefined, '?user_id=ann'],
    ['GET', '/user/list'],
    ['GET', '/user/daily/activity'],
    ['POST', '/budget/new', { budget_id: 'small', max_budget: 1 }],
    ['POST', '/budget/update', { budget_id: 'small', rpm_limit: 3 }],
    ['POST', '/budget/info', { budgets: ['small', 'none'] }],
    ['GET', '/budget/list'],
    ['GET', '/budget/settings', undefined, '?budget_id=small'],
    ['POST', '/budget/delete', { id: 'small' }],
    ['POST', '/key/update', { key, ...user, user_id: undefined }],
    ['POST', '/key/bulk_update', { keys: [{ key, rpm_limit: 5 }, { key: 'none' }] }],
    ['POST', '/key/health'],
    ['GET', '/key/info', undefined, `?key=${key}`],
    ['POST', '/v2/key/info', { keys: [key, 'none'] }],
    ['GET', '/key/list', undefined, '?return_full_object=true'],
    ['GET', '/key/aliases'],
    ['POST', '/key/block', { key }],
    ['POST', '/key/unblock', { key }],
    ['POST', '/key/{key}/reset_spend', { reset_to: 0 }],
    ['POST', '/key/{key}/regenerate', {}],
    ['POST', '/key/regenerate', { key: 'ci-openapi', grace_period: '1h' }],
    ['POST', '/key/delete', { keys: ['ci-openapi'] }],
    ['GET', '/spend/logs'],
    ['GET', '/spend/logs', undefined, `?start_date=${today}&end_date=${today}`],
    ['GET', '/spend/report', undefined, '?group_by=key'],
    ['GET', '/spend/keys'],
    ['GET', '/spend/users'],
    ['GET', '/customer/info', undefined, '?end_user_id=ann'],
    ['GET', '/end_user/info', undefined, '?end_user_id=ann'],
    ['GET', '/customer/list'],
    ['GET', '/end_user/list'],
    ['GET', '/team/list'],
    ['GET', '/team/info', undefined, '?team_id=contractor-workspace'],
    ['GET', '/global/activity'],
    ['GET', '/global/spend'],
    ['GET', '/global/spend/logs'],
    ['GET', '/global/spend/keys'],
    ['GET', '/global/spend/models'],
    ['GET', '/global/spend/teams'],
    ['POST', '/global/spend/reset'],
    ['GET', '/global/spend/report'],
    ['GET', '/global/spend/report', undefined, '?group_by=customer'],
    ['GET', '/global/spend/report', undefined, `?api_key=${key}`],
    ['POST', '/global/spend/end_users'],
    ['GET', '/spend/verify'],
    ['GET', '/spend/provider-days', undefined, '?month=2026-11&provider=anthropic'],
    ['GET', '/insights', undefined, '?team=t'],
    ['GET', '/model/info'],
    ['GET', '/v1/model/info'],
    ['GET', '/get/config/callbacks'],
    ['GET', '/site/state'],
    ['GET', '/site/deployments'],
    ['GET', '/site/exporters'],
    ['POST', '/admin/key/new', { name: 'eve', role: 'viewer' }],
    ['GET', '/admin/key/list'],
    ['POST', '/admin/key/rotate', { name: 'eve', grace_period: '1h' }],
    ['GET', '/secrets'],
    ['POST', '/admin/key/revoke', { name: 'eve' }],
    ['GET', '/audit'],
    ['GET', '/content-logging'],
    ['POST', '/content-logging/set', { on: false }],
    ['GET', '/log/level'],
    ['POST', '/log/level/set', { level: 'warn', minutes: 5 }],
    ['POST', '/alerts/test'],
    ['GET', '/spend/month'],
    ['GET', '/spend/months'],
    ['GET', '/spend/month/schedule'],
    ['POST', '/spend/month/schedule/set', { day: null }],
    ['POST', '/spend/month/send', { month: '2026-01' }],
    ['POST', '/spend/verify/rebuild'],
    ['POST', '/alerts/silence', { kind: 'budget_step', duration: '2h' }],
    ['GET', '/alerts/list'],
    ['POST', '/alerts/unsilence', { id: 1 }],
    ['GET', '/document'],
    ['POST', '/document/publish', { document: { ...inForce, claim_max_age_days: 3 } }],
    ['GET', '/document/list'],
    ['GET', '/document/info', undefined, '?id=1'],
    ['POST', '/document/take-back', {}],
    ['POST', '/user/delete', { user_ids: ['ann'] }],
    ['POST', '/user/new', { user_id: 'bob', auto_create_key: false }],
    ['GET', '/user/export', undefined, '?user_id=bob'],
    ['POST', '/user/forget', { user_id: 'bob' }],
  ];
  for (const [method, path, body, query = ''] of calls) {
    const at = path.replace('{key}', path.includes('{') ? 'ci-openapi' : '') + query;
    const before = await noted();
    const answer = await hold(method, path, body, at);
    // Every change is in the trail, and nothing else.
    const isChange = ENDPOINTS.some(
      (endpoint) => endpoint.paths.includes(path) && endpoint.role === 'admin' && endpoint.method === 'POST',
    );
    expect([path, (await noted()) > before]).toEqual([path, isChange]);
    expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, '']);
    await hold(method === 'GET' ? 'POST' : method, path, { nonsense: 1 }, path.replace('{key}', 'x'));
  }
  for (const endpoint of ENDPOINTS)
    for (const path of endpoint.paths) {
      expect([...seen]).toContain(`${endpoint.method} ${path} answer`);
      expect([...seen]).toContain(`POST ${path} refusal`);
    }
});
