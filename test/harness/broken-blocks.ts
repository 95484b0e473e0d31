/** Tables of blocks that a provider must refuse, run through one Terraform command per table. */
import { Terraform } from './terraform';

/** One block of a configuration, in Terraform's JSON form, and what must be said about it. */
export interface BrokenBlock {
  /** "coder_app" or "data.coder_parameter". */
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the diagnostic must hold: its summary and detail. */
  readonly fault: RegExp;
  /** The attribute it must point at, when it can. */
  readonly at?: string;
}

export const REQUIRED_PROVIDERS = {
  terraform: {
    required_providers: {
      coder: { source: 'coder/coder', version: '~> 2.13' },
      docker: { source: 'kreuzwerker/docker', version: '>= 3.6' },
    },
  },
};

/** A block as a file of its own, so that a diagnostic's file name says which block it is about. */
export function blockFile(type: string, name: string, body: object): string {
  const data = type.startsWith('data.');
  const bare = data ? type.slice('data.'.length) : type;
  return JSON.stringify({ [data ? 'data' : 'resource']: { [bare]: { [name]: body } } }, undefined, 1);
}

/** A folder with one file per row, `<row>.tf.json`. */
export function brokenFolder(rows: Readonly<Record<string, Omit<BrokenBlock, 'fault'>>>): Terraform {
  return Terraform.fromFiles({
    'main.tf.json': JSON.stringify(REQUIRED_PROVIDERS),
    ...Object.fromEntries(
      Object.entries(rows).map(([name, { type, body }]) => [`${name}.tf.json`, blockFile(type, name, body)]),
    ),
  });
}
