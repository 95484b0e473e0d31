import { isDeepStrictEqual } from 'node:util';
import { App } from 'cdktf';
import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import type { TemplateStack } from '../../synth/template-stack';
import { expectOk, Terraform, workspaceEnv, type PlanJson } from '../harness/terraform';
import { declareEverything } from './support/everything-stack';
import { normaliseHcl, normaliseJson } from './support/normalise';
import { bothForms, newStack, temporaryFolder } from './support/synthesize';

interface Tested {
  readonly stack: () => TemplateStack;
  readonly vars: Readonly<Record<string, string>>;
}

const STACKS: Readonly<Record<string, Tested>> = {
  'a stack of everything': { stack: () => newStack(declareEverything), vars: {} },
  'the contractor workspace': {
    stack: () =>
      new ContractorWorkspaceStack(new App({ outdir: temporaryFolder() }), 'contractor-workspace', {
        catalog,
        policy,
      }),
    vars: { workspace_claim_secret: 'a-claim-secret-of-more-than-32-characters' },
  },
};

/** Every identifier given, so that two plans have the same ones. */
const env = workspaceEnv({
  owner: 'ada',
  ownerId: '0f6d6b1e-5c1c-4d3b-9a52-6f1f2f4b7a01',
  workspaceId: 'c0a8a1f4-2f0b-4f7e-8d0e-5b9b1c2d3e4f',
  workspaceName: 'dev',
  buildId: 'b0000000-0000-4000-8000-000000000001',
  templateId: '7f3a2c19-88d1-4b1f-a0e6-2f6f0c6b9d10',
  templateName: 'contractor-workspace',
  templateVersion: 'v1',
});

/** A claim holds the time of its plan. */
function timelessClaim(_whole: string, claim: string): string {
  return Buffer.from(claim, 'base64').toString().replace(/[\\"]/g, "'");
}

/**
 * What differs between any two runs: times, identifiers made at a plan, the order of a list that has none. And one thing that
 * is Terraform's: for JSON it shows the source of an expression as a constant.
 */
function comparable(plan: PlanJson): unknown {
  const text = JSON.stringify({ ...plan, timestamp: undefined }, (key, value: unknown) =>
    key === 'constant_value' ? undefined : value,
  );
  const { relevant_attributes: relevant, ...rest } = JSON.parse(
    text
      .replace(/v1\.([A-Za-z0-9+/=]+)\.[0-9a-f]{64}/g, timelessClaim)
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>'),
    (key, value: unknown) =>
      key.endsWith('_expression') && isDeepStrictEqual(value, {}) ? undefined : value,
  ) as Record<string, unknown> & { readonly relevant_attributes?: readonly unknown[] };
  return { ...rest, relevant: new Set(relevant?.map((entry) => JSON.stringify(entry))) };
}

async function planOf(files: Readonly<Record<string, string>>, vars: Tested['vars']): Promise<unknown> {
  const terraform = Terraform.fromFiles(files);
  try {
    expectOk(await terraform.init());
    expectOk(await terraform.validate());
    return comparable(expectOk(await terraform.plan({ env, vars })).plan);
  } finally {
    terraform.dispose();
  }
}

describe.each(Object.entries(STACKS))('%s', (_name, { stack, vars }) => {
  const { hcl, json, configuration } = bothForms(stack());

  test('plans the same as HCL and as JSON', async () => {
    const [fromHcl, fromJson] = await Promise.all([planOf(hcl, vars), planOf(json, vars)]);
    expect(fromHcl).toEqual(fromJson);
  });

  test('is read back from HCL as the JSON it came from', async () => {
    expect(await normaliseHcl(hcl)).toEqual(await normaliseJson(configuration));
  });

  test('leaves terraform fmt nothing to do', async () => {
    const terraform = Terraform.fromFiles(hcl);
    expect(await terraform.fmtCheck()).toEqual({ ok: true, files: [] });
    terraform.dispose();
  });
});
