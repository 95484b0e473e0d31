import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { App } from 'cdktf';
import { checkTypes, isRefused, report, typedAt, withAllFaults } from '../constructs/common/validation';
import type * as DocumentCheck from '../gateway/config/document-check';
import type { Catalog } from './catalog';
import { documentFault } from './document-faults';
import { renderGatewayDocument } from './gateway-document';
import type { Policy } from './policy';

export interface SynthesizeOptions {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** Folder for everything that is written. @default - `CDKTF_OUTDIR`, else `cdktf.out` below the working folder */
  readonly outdir?: string;
}

/** An app that is fit to be written, and what goes beside it. */
export interface Declared {
  readonly outdir: string;
  readonly write: () => void;
}

const GATEWAY_DOCUMENT = join('gateway', 'config.json');

export const outdirOf = (outdir?: string): string => outdir ?? process.env.CDKTF_OUTDIR ?? 'cdktf.out';

/** Where the gateway's document is written. */
export const gatewayDocumentIn = (outdir: string): string => join(outdir, GATEWAY_DOCUMENT);

/**
 * Writes every stack to `<outdir>/stacks/<name>/` and the gateway's document to `<outdir>/gateway/config.json`.
 *
 * @param declare adds the stacks to the app
 * @returns the folder written to
 * @throws ValidationError that lists all faults, when catalog, policy or a stack breaks a rule
 */
export function synthesize(options: SynthesizeOptions, declare: (app: App) => unknown): string {
  const title = 'the template';
  const { outdir, write } = withAllFaults({ title }, () => {
    const catalog = checkTypes<Catalog>(title, 'Catalog', options.catalog, { at: 'catalog' });
    const policy = checkTypes<Policy>(title, 'Policy', options.policy, { at: 'policy' });
    return declareApp({ ...options, catalog, policy }, declare);
  });
  write();
  return outdir;
}

/**
 * Makes everything that can be refused; writes nothing yet.
 *
 * @param options whose types have been checked
 */
export function declareApp(options: SynthesizeOptions, declare: (app: App) => unknown): Declared {
  const outdir = outdirOf(options.outdir);
  const documentFile = gatewayDocumentIn(outdir);
  const document = checkedDocument(options, documentFile);
  const app = newApp(outdir, declare);
  const write = (): void => {
    app.synth();
    mkdirSync(dirname(documentFile), { recursive: true });
    writeFileSync(documentFile, document);
  };
  return { outdir, write };
}

/** An app makes its folders at once; of one that is refused those that are new go again. */
function newApp(outdir: string, declare: (app: App) => unknown): App {
  const stacks = join(outdir, 'stacks');
  const hadStacks = existsSync(stacks);
  // cdktf makes the last folder of the path only.
  const first = mkdirSync(outdir, { recursive: true });
  let isDeclared = false;
  try {
    // Stack traces would put this machine's paths into the manifest.
    const app = new App({ outdir, stackTraces: false });
    declare(app);
    isDeclared = !isRefused();
    return app;
  } finally {
    if (!isDeclared && !hadStacks) removeEmpty(stacks, first ?? stacks);
  }
}

/** Removes a folder and those above it, up to one of them, as far as nobody has put anything into them. */
function removeEmpty(folder: string, last: string): void {
  try {
    for (let at = resolve(folder); at.length >= resolve(last).length; at = dirname(at)) rmdirSync(at);
  } catch {
    // Somebody else's from here on.
  }
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
  } catch (error) {
    if (!(error instanceof check.DocumentError)) throw error;
    const faults = error.faults.map((fault) => documentFault(fault, document, typedAt));
    report(
      'the gateway document',
      faults.map((fault) => ({ ...fault, isTyped: true })),
    );
  }
  return text;
}
