import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { ContractorWorkspaceProps } from '../../constructs/workspace/contractor-workspace';
import { catalog } from '../../src/catalog';
import { policy, type Policy } from '../../src/policy';
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { synthesize } from '../../src/synthesize';
import { readyForHost } from '../harness/docker-host';
import {
  expectOk,
  Terraform,
  usesRealProviders,
  workspaceEnv,
  type WorkspaceBuild,
} from '../harness/terraform';

export const CLAIM_SECRET = 'a-claim-secret-of-more-than-32-characters';

/** A build as Coder starts it; every test says only what it is about. */
export const ADA: WorkspaceBuild = {
  owner: 'ada',
  ownerId: '0f6d6b1e-5c1c-4d3b-9a52-6f1f2f4b7a01',
  ownerEmail: 'ada@example.com',
  workspaceId: 'c0a8a1f4-2f0b-4f7e-8d0e-5b9b1c2d3e4f',
  workspaceName: 'dev',
  buildId: 'b0000000-0000-4000-8000-000000000001',
  templateId: '7f3a2c19-88d1-4b1f-a0e6-2f6f0c6b9d10',
  templateName: 'contractor-workspace',
  templateVersion: 'v1',
  accessUrl: 'https://coder.example.com',
  agentScripts: { linux_amd64: 'curl ${ACCESS_URL}bin/coder', linux_arm64: 'curl ${ACCESS_URL}bin/coder' },
};

/**
 * Waits for the clock's next second. A claim says when it was made to the second, so of two builds within one second
 * the later one changes nothing.
 */
export async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await delay(1000 - (Date.now() % 1000));
}

/** The template in a folder of its own, ready to be planned. */
export class TemplateUnderTest {
  private constructor(
    private readonly folder: string,
    readonly terraform: Terraform,
  ) {}

  /** @param changes to the policy @param props of the workspace */
  static async synthesize(
    changes: Partial<Policy> = {},
    props: Partial<ContractorWorkspaceProps> = {},
  ): Promise<TemplateUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'template-'));
    const changed = { ...policy, ...changes };
    synthesize({ catalog, policy: changed, outdir: folder }, (app) => {
      new ContractorWorkspaceStack(app, 'contractor-workspace', { policy: changed, ...props });
    });
    const terraform = new Terraform(join(folder, 'stacks', 'contractor-workspace'));
    if (usesRealProviders()) await readyForHost(terraform.dir);
    expectOk(await terraform.init());
    return new TemplateUnderTest(folder, terraform);
  }

  plan(build: WorkspaceBuild): ReturnType<Terraform['plan']> {
    return this.terraform.plan({ env: workspaceEnv(build), vars: { workspace_claim_secret: CLAIM_SECRET } });
  }

  async apply(build: WorkspaceBuild): Promise<void> {
    expectOk(
      await this.terraform.apply({
        env: workspaceEnv(build),
        vars: { workspace_claim_secret: CLAIM_SECRET },
      }),
    );
    await nextSecond();
  }

  async dispose(): Promise<void> {
    await this.terraform.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A provider that is replayed says null for an empty list, the real one an empty list. */
export const capabilitiesOf = (
  container: Readonly<Record<string, unknown>> | undefined,
): { add: string[]; drop: string[] }[] =>
  ((container?.capabilities ?? []) as { add: string[] | null; drop: string[] | null }[]).map(
    ({ add, drop }) => ({ add: add ?? [], drop: drop ?? [] }),
  );

/** The claim inside a start-up script, decoded; nothing when the build carries none. */
export function claimIn(script: unknown): { wire: string; claim: Record<string, unknown> } | undefined {
  const wire = /^claim='(.*)'$/m.exec(String(script))?.[1];
  if (!wire) return undefined;
  const text = Buffer.from(wire.split('.')[1] ?? '', 'base64').toString('utf8');
  return { wire, claim: JSON.parse(text) as Record<string, unknown> };
}

/** The files a start-up script writes: text by path below the home. */
export function filesIn(script: unknown): Record<string, string> {
  const words = /^files='(.*)'$/m.exec(String(script))?.[1] ?? '';
  return Object.fromEntries(
    words
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        const [path = '', base64 = ''] = word.split(/=(.*)/s);
        return [path, gunzipSync(Buffer.from(base64, 'base64')).toString('utf8')];
      }),
  );
}
