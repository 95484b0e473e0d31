import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { GatewayDocument } from '../gateway/config/document';
import { checkDocument, DocumentError } from '../gateway/config/document-check';
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
  const document = checkedDocument(options);
  const outdir = options.outdir ?? process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  // cdktf makes the last folder of the path only.
  mkdirSync(outdir, { recursive: true });
  // Stack traces would put this machine's paths into the manifest.
  const app = new App({ outdir, stackTraces: false });
  declare(app);
  app.synth();
  mkdirSync(join(outdir, 'gateway'), { recursive: true });
  writeFileSync(join(outdir, 'gateway', 'config.json'), `${JSON.stringify(document, null, 2)}\n`);
  return outdir;
}

/** What the gateway would refuse to load is refused here, before anything is written. */
function checkedDocument({ catalog, policy }: SynthesizeOptions): GatewayDocument {
  try {
    return checkDocument('made from catalog and policy', renderGatewayDocument(catalog, policy));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Error([error.message, ...error.faults.map((fault) => `- ${fault}`)].join('\n'));
  }
}
