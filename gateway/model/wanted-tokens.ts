/** How long an answer may become, before a budget says otherwise. */
import type { ModelDocument } from '../config/document';
import type { ModelRequest } from './request';

/** Output tokens of a call that names none, under a document that names none either: what coding agents ask for. */
export const DEFAULT_OUTPUT_TOKENS = 32_000;

/** Output tokens, at most what the model can write. */
export const wantedTokens = (
  { maxTokens }: Pick<ModelRequest, 'maxTokens'>,
  { max_output_tokens: most }: Pick<ModelDocument, 'max_output_tokens'>,
): number => Math.min(maxTokens ?? DEFAULT_OUTPUT_TOKENS, most);
