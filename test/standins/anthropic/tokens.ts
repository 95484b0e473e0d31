/** A deterministic stand-in for the tokenizer: four bytes of JSON are one token, an image is 1600. */
import type { Json } from './call';

const IMAGE_TOKENS = 1600;

export function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens of any part of a request. Base64 data counts as an image, whatever its size. */
export function valueTokens(value: unknown): number {
  let images = 0;
  const text = JSON.stringify(value ?? '', (key, inner: unknown) => {
    if (key !== 'data' || typeof inner !== 'string') return key === 'cache_control' ? undefined : inner;
    images += 1;
    return '';
  });
  return textTokens(text) + images * IMAGE_TOKENS;
}

/** Input tokens of a request: what the model reads. */
export function estimateTokens(body: Json): number {
  return ['system', 'tools', 'messages']
    .filter((field) => body[field] !== undefined)
    .reduce((sum, field) => sum + valueTokens(body[field]), 0);
}
