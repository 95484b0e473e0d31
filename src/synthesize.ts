import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { Catalog } from './catalog';
import { renderGatewayDocument } from './gateway-document';
import type { Policy } from './policy';

const OLDEST_NODE = [20, 18];

export interface SynthesizeOptions {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** Folder for everything that is written. @default - `CDKTF_OUTDIR`, else `cdktf.out` below the working folder */
  readonly outdir?: string;
}

/**
 * Writes every stack to `<outdir>/stacks/<name>/` and the gateway's document to `<outdir>/gateway/config.json`.
 *
 * @param declare adds the stacks to the app
 * @returns the folder written to
 * @throws with one message that lists all faults, when a stack breaks a rule
 */
export function synthesize(options: SynthesizeOptions, declare: (app: App) => void): string {
  const outdir = options.outdir ?? process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  // cdktf makes the last folder of the path only.
  mkdirSync(outdir, { recursive: true });
  // Stack traces would put this machine's paths into the manifest.
  const app = new App({ outdir, stackTraces: false });
  declare(app);
  app.synth();
  mkdirSync(join(outdir, 'gateway'), { recursive: true });
  writeFileSync(
    join(outdir, 'gateway', 'config.json'),
    `${JSON.stringify(renderGatewayDocument(options.catalog, options.policy), null, 2)}\n`,
  );
  return outdir;
}

/** Runs a program's main function: a failure becomes one clear message and exit code 1, never a stack trace. */
export function runProgram(main: () => void | Promise<void>): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    process.stderr.write(
      `Node.js ${process.versions.node} is too old: install ${OLDEST_NODE.join('.')} or newer\n`,
    );
    process.exitCode = 1;
    return;
  }
  const fail = (error: unknown): void => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  };
  try {
    void Promise.resolve(main()).catch(fail);
  } catch (error) {
    fail(error);
  }
}
