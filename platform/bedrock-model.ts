/** A model that Bedrock serves, by the document that the platform's gateways begin with. */
import { readFileSync } from 'node:fs';
import type { DeclaredPlatform } from '../src/run-platform-file';
import { documentFileOf } from './document-file';

interface Document {
  readonly models: readonly {
    readonly deployments: readonly { readonly provider: string; readonly id: string }[];
  }[];
}

/** @returns its id there; nothing when no model of the catalog is to be had there */
export function bedrockModelOf(declared: DeclaredPlatform): string | undefined {
  const { models } = JSON.parse(readFileSync(documentFileOf(declared), 'utf8')) as Document;
  return models.flatMap(({ deployments }) => deployments).find(({ provider }) => provider === 'bedrock')?.id;
}
