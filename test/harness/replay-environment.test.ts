import { createHash } from 'node:crypto';
import {
  describeDiagnostics,
  expectOk,
  plannedValuesOf,
  Terraform,
  workspaceEnv,
  type PlanResult,
  type WorkspaceBuild,
} from './terraform';
import { REQUIRED_PROVIDERS } from './broken-blocks';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const CONFIG = {
  ...REQUIRED_PROVIDERS,
  data: {
    coder_workspace: { me: {} },
    coder_workspace_owner: { me: {} },
    coder_parameter: { model: { name: 'modèle', default: 'a' }, empty: { name: 'empty', default: 'a' } },
    coder_external_auth: { git: { id: 'github' } },
    coder_provisioner: { me: {} },
    coder_secret: {
      env: { env: 'API_KEY', help_message: 'set API_KEY' },
      file: { file: '~/a/b', help_message: 'add ~/a/b' },
    },
    coder_task: { me: {} },
  },
};

describe('environment of a build', () => {
  const tf = Terraform.fromFiles({ 'main.tf.json': JSON.stringify(CONFIG) });
  const plan = (build: WorkspaceBuild, env: Record<string, string> = {}): Promise<PlanResult> =>
    tf.plan({ env: { ...workspaceEnv(build), ...env } });
  const read = async (
    address: string,
    build: WorkspaceBuild,
    env: Record<string, string> = {},
  ): Promise<object> => plannedValuesOf(expectOk(await plan(build, env)).plan, `data.${address}`) ?? {};

  beforeAll(async () => {
    expectOk(await tf.init());
  });
  afterAll(() => tf.dispose());

  it('has the defaults of the real provider when nothing is set', async () => {
    const { plan: unset } = expectOk(await plan({}));
    const values = (address: string): object => plannedValuesOf(unset, `data.${address}`) ?? {};
    expect(values('coder_workspace.me')).toMatchObject({
      access_url: 'https://mydeployment.coder.com',
      access_port: 443,
      id: expect.stringMatching(UUID) as string,
      name: 'default',
      is_prebuild: false,
      is_prebuild_claim: false,
      prebuild_count: 0,
      start_count: 1,
      template_id: '',
      transition: 'start',
    });
    expect(values('coder_workspace_owner.me')).toEqual({
      email: 'default@example.com',
      full_name: 'default',
      groups: [],
      id: expect.stringMatching(UUID) as string,
      login_type: null,
      name: 'default',
      oidc_access_token: '',
      rbac_roles: [],
      session_token: '',
      ssh_private_key: '',
      ssh_public_key: '',
    });
    expect(values('coder_parameter.model')).toMatchObject({ value: 'a' });
    expect(values('coder_external_auth.git')).toMatchObject({ access_token: '', id: 'github' });
    expect(values('coder_secret.env')).toMatchObject({ value: '' });
    expect(values('coder_task.me')).toMatchObject({ enabled: false, prompt: '' });
    expect(values('coder_provisioner.me')).toMatchObject({ os: process.platform });
  });

  it('gives a new workspace id at every read unless it is named or seeded', async () => {
    const ids = [await read('coder_workspace.me', {}), await read('coder_workspace.me', {})] as {
      id: string;
    }[];
    expect(ids[0]?.id).not.toBe(ids[1]?.id);
    const seeded = [
      await read('coder_workspace.me', { seed: 's' }),
      await read('coder_workspace.me', { seed: 's' }),
    ];
    expect(seeded[0]).toEqual(seeded[1]);
  });

  it('names workspace, template and person', async () => {
    const build: WorkspaceBuild = {
      owner: 'ada',
      ownerId: '0f6d6b1e-5c1c-4d3b-9a52-6f1f2f4b7a01',
      ownerFullName: 'Ada L.',
      ownerEmail: 'ada@example.com',
      groups: ['contractors', 'é "x"'],
      roles: [{ name: 'member', org_id: '' }],
      ownerLoginType: 'oidc',
      ownerSessionToken: 'session',
      workspaceId: 'w-1',
      workspaceName: 'dev',
      buildId: 'b-1',
      templateId: 't-1',
      templateName: 'contractor',
      templateVersion: 'v1',
      transition: 'stop',
      accessUrl: 'http://coder.test:8443/base',
      secrets: { API_KEY: 'k' },
      externalAuth: { github: 'gho' },
      parameters: { modèle: 'b', empty: '' },
    };
    const { plan: planned } = expectOk(await plan(build));
    const values = (address: string): object => plannedValuesOf(planned, `data.${address}`) ?? {};
    expect(values('coder_workspace.me')).toMatchObject({
      access_url: 'http://coder.test:8443/base',
      access_port: 8443,
      id: 'w-1',
      name: 'dev',
      start_count: 0,
      template_id: 't-1',
      template_name: 'contractor',
      template_version: 'v1',
      transition: 'stop',
    });
    expect(values('coder_workspace_owner.me')).toMatchObject({
      name: 'ada',
      full_name: 'Ada L.',
      email: 'ada@example.com',
      groups: ['contractors', 'é "x"'],
      rbac_roles: [{ name: 'member', org_id: '' }],
      login_type: 'oidc',
      session_token: 'session',
    });
    expect(values('coder_parameter.model')).toMatchObject({ value: 'b' });
    expect(values('coder_parameter.empty')).toMatchObject({ value: '' });
    expect(values('coder_external_auth.git')).toMatchObject({ access_token: 'gho' });
    expect(values('coder_secret.env')).toMatchObject({ value: 'k' });
  });

  it('hashes parameter names and hex-encodes secret files', async () => {
    const name = `CODER_PARAMETER_${createHash('sha256').update('modèle').digest('hex')}`;
    expect(workspaceEnv({ parameters: { modèle: 'b' } })).toEqual({ [name]: 'b' });
    expect(await read('coder_secret.file', {}, { CODER_SECRET_FILE_7e2f612f62: 'data' })).toMatchObject({
      value: 'data',
    });
  });

  it.each<[string, WorkspaceBuild, object]>([
    ['a prebuild', { prebuild: true }, { is_prebuild: true, prebuild_count: 1, is_prebuild_claim: false }],
    [
      'its claim',
      { prebuild: true, prebuildClaim: true },
      { is_prebuild: false, prebuild_count: 0, is_prebuild_claim: true },
    ],
    ['a deletion', { transition: 'delete' }, { transition: 'delete', start_count: 0 }],
    ['plain http', { accessUrl: 'http://coder.test' }, { access_port: 80 }],
  ])('knows %s', async (_, build, expected) => {
    expect(await read('coder_workspace.me', build)).toMatchObject(expected);
  });

  it('takes TRUE in any case, and a task', async () => {
    expect(await read('coder_workspace.me', {}, { CODER_WORKSPACE_IS_PREBUILD: 'True' })).toMatchObject({
      is_prebuild: true,
    });
    const task = { CODER_TASK_ID: '6f1ed1a2-3b4c-4d5e-8f60-718293a4b5c6', CODER_TASK_PROMPT: 'do it' };
    expect(await read('coder_task.me', {}, task)).toEqual({
      id: task.CODER_TASK_ID,
      enabled: true,
      prompt: 'do it',
    });
  });

  it('drops roles with a key it does not know, without a word', async () => {
    const env = { CODER_WORKSPACE_OWNER_RBAC_ROLES: '[{"name":"a","org_id":"","extra":"x"}]' };
    expect(await read('coder_workspace_owner.me', {}, env)).toMatchObject({ rbac_roles: null });
    expect(
      await read('coder_workspace_owner.me', {}, { CODER_WORKSPACE_OWNER_GROUPS: 'null' }),
    ).toMatchObject({ groups: [] });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['groups that are empty text', { CODER_WORKSPACE_OWNER_GROUPS: '' }, /invalid user groups/],
    ['groups that are no JSON', { CODER_WORKSPACE_OWNER_GROUPS: 'a,b' }, /invalid user groups/],
    [
      'a build without its template',
      { CODER_WORKSPACE_BUILD_ID: 'b' },
      /CODER_WORKSPACE_TEMPLATE_ID" is required/,
    ],
    ['a task id that is none', { CODER_TASK_ID: 'x' }, /invalid task id/],
  ])('fails on %s', async (_, env, fault) => {
    expect(describeDiagnostics((await plan({}, env)).diagnostics)).toMatch(fault);
  });

  it('asks for a missing secret only when a real build starts', async () => {
    const build: WorkspaceBuild = { buildId: 'b', templateId: 't', templateName: 't', templateVersion: 'v' };
    const started = await plan({ ...build, transition: 'start' });
    expect(describeDiagnostics(started.diagnostics)).toMatch(/no secret for env "API_KEY": set API_KEY/);
    expectOk(await plan({ ...build, transition: 'stop' }));
  });
});
