import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

export const OPENCODE = resolve(__dirname, '..', '..', 'node_modules', '.bin', 'opencode');

/** OpenCode's own schema of its configuration, from the program itself. */
export function openCodeSchema(): ValidateFunction {
  const home = mkdtempSync(join(tmpdir(), 'opencode-schema-'));
  try {
    const openApi = JSON.parse(
      execFileSync(OPENCODE, ['generate'], {
        encoding: 'utf8',
        maxBuffer: 32 * 1024 * 1024,
        env: { PATH: process.env.PATH, HOME: home, OPENCODE_DISABLE_MODELS_FETCH: '1' },
      }),
    ) as { components: { schemas: Record<string, object> } };
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema({ $id: 'openapi', components: openApi.components });
    const validate = ajv.getSchema('openapi#/components/schemas/Config');
    if (!validate) throw new Error('opencode generate has no component "Config"');
    return validate as ValidateFunction;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
