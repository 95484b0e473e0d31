import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App } from 'cdktf';
import type * as DocumentCheck from '../gateway/config/document-check';
import type { Catalog } from './catalog';
import { renderGatewayDocument } from './gateway-document';
import type { Policy } from './policy';

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
export function synthesize(options: SynthesizeOptions, declare: (app: App) => unknown): string {
  const outdir = options.outdir ?? process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  const documentFile = join(outdir, 'gateway', 'config.json');
  const document = checkedDocument(options, documentFile);
  // cdktf makes the last folder of the path only.
  mkdirSync(outdir, { recursive: true });
  // Stack traces would put this machine's paths into the manifest.
  const app = new App({ outdir, stackTraces: false });
  declare(app);
  app.synth();
  mkdirSync(dirname(documentFile), { recursive: true });
  writeFileSync(documentFile, document);
  return outdir;
}

/**
 * What the gateway would refuse to load is refused here, before anything is written.
 *
 * @param written where the last synth wrote what it had checked; the same text is not checked again
 */
function checkedDocument({ catalog, policy }: SynthesizeOptions, written: string): string {
  const document = renderGatewayDocument(catalog, policy);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (existsSync(written) && readFileSync(written, 'utf8') === text) return text;
  // Loading and compiling the schema takes a fifth of a synth.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const check = require('../gateway/config/document-check') as typeof DocumentCheck;
  try {
    check.checkDocument('made from catalog and policy', document);
    return text;
  } catch (error) {
    if (!(error instanceof check.DocumentError)) throw error;
    throw new Error([error.message, ...error.faults.map((fault) => `- ${fault}`)].join('\n'));
  }
}
